"""How a script on a node calls the patch program."""

import shlex
import sys
from pathlib import Path


def command_line(baseline: Path | None = None) -> str:
    """Return the words that start the patch program, quoted for a shell; scripts find them in ``PATCHGUI_PATCH``.

    ``-I -S``: the program needs no package beside the standard library, and starts in half the time without them.

    Args:
        baseline: the file with the node's patch baseline, as the node sees it; without it, the default one holds.
    """
    program = Path(__file__).resolve().parent / "__main__.py"
    words = [sys.executable, "-I", "-S", str(program)]
    return shlex.join(words if baseline is None else [*words, "--baseline", str(baseline)])
