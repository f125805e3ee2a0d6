"""``python -m patchgui`` is the same as ``patchgui``."""

import sys

from patchgui.cli import main

if __name__ == "__main__":
    sys.exit(main())
