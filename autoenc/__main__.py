"""`python -m autoenc`: see autoenc/cli/."""

import sys

try:
    from autoenc.cli import main
except KeyboardInterrupt:  # importing PyTorch takes seconds
    sys.exit("autoenc: stopped before it began")

if __name__ == "__main__":
    sys.exit(main())
