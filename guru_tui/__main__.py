"""`python -m guru_tui`, the same as the console script `guru`."""

import sys

from guru_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
