"""`python -m autoenc.examples`: train and measure the examples anew; takes minutes."""

import sys

from autoenc.examples import making

if __name__ == "__main__":
    sys.exit(making.main())
