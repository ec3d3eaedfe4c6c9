"""`python -m autoenc`: see autoenc/cli.py."""

import os
import sys

# Threads that wait sleep instead of spinning: a run survives company on its cores. PyTorch reads it once.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from autoenc.cli import main

if __name__ == "__main__":
    sys.exit(main())
