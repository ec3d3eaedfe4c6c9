"""`python -m autoenc`: see autoenc/cli.py."""

import os
import sys

# Threads that wait sleep instead of spinning: a run survives company on its cores. PyTorch reads it once.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

try:
    from autoenc.cli import main
except KeyboardInterrupt:  # importing PyTorch takes seconds
    sys.exit("autoenc: stopped before it began")

if __name__ == "__main__":
    sys.exit(main())
