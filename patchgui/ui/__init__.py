"""The window: shell, pages, widgets, item models, theme. Qt lives here and in the composition root only."""

import builtins

# PySide takes Python's import over, and from then on reads the source of each module that is imported, to see whether
# the module wants other spellings of Qt's names. None of ours does, and it costs a fifth of a millisecond and the whole
# text in memory for each of several hundred modules: the HTTP client's and the data models' too.
_python_import = builtins.__import__
import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _python_import
