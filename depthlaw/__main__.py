"""``python -m depthlaw`` is the command ``depthlaw``."""

import sys

from depthlaw.main import main

if __name__ == "__main__":
    sys.exit(main())
