"""Ready-made filters out of what the nodes really have."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from patchgui.console.rows import NodeRow

_TAG_KEYS = 12
_VALUES = 20
_READY = (
    ("Online", "status:online"),
    ("Not online", "-status:online"),
    ("Patches missing", "is:missing"),
    ("Security patches missing", "is:security"),
    ("Waiting for a restart", "is:pending"),
    ("Never scanned", "is:unscanned"),
)


def fill_filter_menu(menu: QMenu, rows: "Sequence[NodeRow]") -> None:
    """Fill ``menu``: each action's data is the term to add to the filter."""
    menu.clear()
    for words, term in _READY:
        menu.addAction(words).setData(term)
    menu.addSeparator()
    _add_values(menu, "Platform", "platform", Counter(row.platform for row in rows))
    _add_values(menu, "Patch group", "group", Counter(row.patch_group for row in rows if row.patch_group))
    tags: dict[str, Counter[str]] = {}
    for row in rows:
        for key, value in row.tags.items():
            tags.setdefault(key, Counter())[value] += 1
    for key in sorted(tags)[:_TAG_KEYS]:
        _add_values(menu, f"Tag {key}", f"tag:{key}", tags[key], joint="=")


def _add_values(menu: QMenu, title: str, key: str, counts: Counter[str], joint: str = ":") -> None:
    if not counts:
        return
    part = menu.addMenu(title)
    for value, count in counts.most_common(_VALUES):
        term = f"{key}{joint}{value}"
        part.addAction(f"{value or '(empty)'}\t{count:,}").setData(_quoted(key, joint, value) if " " in term else term)


def _quoted(key: str, joint: str, value: str) -> str:
    """Return a term that holds together though it has blanks in it: ``tag:"Patch Group=Prod"``."""
    name, _, rest = f"{key}{joint}{value}".partition(":")
    return f'{name}:"{rest}"'
