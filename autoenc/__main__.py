"""`python -m autoenc`: see autoenc/cli/."""

import sys

from autoenc import streams


def main() -> int:
    streams.prepare()
    try:
        from autoenc import cli
    except KeyboardInterrupt:
        print("autoenc: stopped before it started", file=sys.stderr)
        return 1
    return cli.main()


# The worker processes import this file again under another name.
if __name__ == "__main__":
    sys.exit(main())
