"""Ready-made filters for those who do not type operators: each action's data is the term that it adds."""

from collections.abc import Iterable
from typing import Final

from PySide6.QtWidgets import QMenu

from patchgui.ui.runs.operators import PHASES, STATUSES, TIMES, Choices, term

PERIOD: Final = "period"
"""The data of the action that asks for two dates."""
_VALUES: Final = 25


def fill_filter_menu(menu: QMenu, choices: Choices) -> None:
    """Fill ``menu`` with what the archive and the connections know."""
    menu.clear()
    times = menu.addMenu("Time")
    for value, words in TIMES:
        times.addAction(words).setData(term("since:", value))
    times.addSeparator()
    times.addAction("From – to…").setData(PERIOD)
    _add(menu, "Status", "status:", STATUSES)
    _add(menu, "Failed in", "phase:", [(phase.value.replace("_", "-"), phase.label) for phase in PHASES])
    _add(menu, "Connection", "connection:", _same(choices.connections))
    _add(menu, "Document", "doc:", _same(choices.documents))
    _add(menu, "Started by", "by:", _same(choices.operators))


def _add(menu: QMenu, title: str, operator: str, values: Iterable[tuple[str, str]]) -> None:
    part = menu.addMenu(title)
    for value, words in values:
        part.addAction(words.replace("&", "&&")).setData(term(operator, value))
    part.setEnabled(not part.isEmpty())


def _same(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name) for name in names[:_VALUES]]
