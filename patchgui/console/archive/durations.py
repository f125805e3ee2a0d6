"""How long phases took before: from the archive, for a run that goes on now."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from patchgui.console.archive.reading import Reader
from patchgui.patching.estimates import NodeDurations
from patchgui.patching.phases import Phase

_RUNS: Final = 8
"""So many earlier runs are looked at."""
_OTHERS: Final = 200
"""So many durations of other nodes stand in for a node that was never patched."""


def durations_of(
    db: sqlite3.Connection, reader: Reader, instance_ids: Sequence[str], document: str, operation: str
) -> NodeDurations:
    """Return how long each phase took on these nodes, the newest first."""
    query = (
        "SELECT no FROM run WHERE operation = ? AND (documents = ? OR instr(documents, ?) = 1)"
        " AND status IN ('Success', 'Failed', 'TimedOut') ORDER BY no LIMIT ?"
    )
    folded = document.casefold()
    numbers = [row[0] for row in db.execute(query, (operation, folded, f"{folded}\n", _RUNS))]
    wanted = set(instance_ids)
    of_node: dict[str, dict[Phase, list[float]]] = {}
    of_others: dict[Phase, list[float]] = {}
    for number in numbers:
        nodes = reader.nodes(number)
        for place, instance_id in enumerate(nodes.instance_ids()):
            if instance_id in wanted:
                _add(of_node.setdefault(instance_id, {}), nodes.seconds(place))
            elif all(len(seconds) < _OTHERS for seconds in of_others.values()):
                _add(of_others, nodes.seconds(place))
    return NodeDurations(
        {
            instance_id: {phase: tuple(seconds) for phase, seconds in phases.items()}
            for instance_id, phases in of_node.items()
            if phases
        },
        {phase: tuple(seconds) for phase, seconds in of_others.items()},
    )


def _add(phases: dict[Phase, list[float]], taken: Iterable[tuple[Phase, float]]) -> None:
    for phase, seconds in taken:
        phases.setdefault(phase, []).append(seconds)
