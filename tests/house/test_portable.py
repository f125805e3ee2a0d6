"""The console runs on Linux, Windows and macOS: only the agent may need what POSIX alone has."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "patchgui"
_POSIX_ONLY = {"fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "agent" not in path.relative_to(PACKAGE).parts]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_of_the_console_can_be_imported_anywhere(module: Path) -> None:
    """What is imported under a test of the platform is not at the top of the module."""
    needed: set[str] = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            needed |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            needed.add(node.module.split(".")[0])
    assert not needed & _POSIX_ONLY
