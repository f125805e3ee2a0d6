"""The rows of the timeline: what the matrix shows, in an order of the timeline's own."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from patchgui.patching.progress import NodeProgress
from patchgui.ui.run.matrix_model import MatrixModel
from patchgui.ui.run.spans import utc_now


class Order(StrEnum):
    """What the rows of the timeline are sorted by."""

    RUN = "run"
    NAME = "name"
    START = "start"
    DURATION = "duration"
    END = "end"

    @property
    def label(self) -> str:
        """The words in the menu."""
        return {
            Order.RUN: "As in Nodes × phases",
            Order.NAME: "Node",
            Order.START: "Start",
            Order.DURATION: "Duration",
            Order.END: "End",
        }[self]


class TimelineRows:
    """The nodes that the filter keeps, in an order that holds while the run moves; who comes late stands last."""

    def __init__(self, model: MatrixModel) -> None:
        self._model = model
        self._order, self._descending = Order.RUN, False
        self._rows: Sequence[int] = ()
        self._places: dict[str, int] | None = None

    @property
    def order(self) -> tuple[Order, bool]:
        """What rows are sorted by, and whether the other way round."""
        return self._order, self._descending

    def sort(self, order: Order, *, descending: bool = False) -> None:
        """Sort anew, by the states of now."""
        self._order, self._descending = order, descending
        self._rows = ()
        self.refresh()

    def refresh(self) -> None:
        """Take over which nodes there are."""
        kept = self._model.kept_rows()
        self._places = None
        if self._order is Order.RUN:
            self._rows = kept
            return
        wanted, known = set(kept), set(self._rows)
        held = [row for row in self._rows if row in wanted]
        fresh = [row for row in kept if row not in known]
        self._rows = [*held, *(fresh if held else self._sorted(fresh))]

    def _sorted(self, rows: Sequence[int]) -> list[int]:
        value = _value(self._order, utc_now())
        keyed = [(value(self._model.node_of(row)), row) for row in rows]
        known = [(key, row) for key, row in keyed if key is not None]
        known.sort(key=lambda pair: pair[0], reverse=self._descending)
        # Whatever has no such moment yet stands last, either way round.
        return [row for _key, row in known] + [row for key, row in keyed if key is None]

    def __len__(self) -> int:
        return len(self._rows)

    def node(self, place: int) -> NodeProgress:
        """Return the node in the ``place``-th row."""
        return self._model.node_of(self._rows[place])

    def place_of(self, instance_id: str) -> int | None:
        """Return the row of a node, or None while the filter hides it."""
        if self._places is None:
            self._places = {self.node(place).instance_id: place for place in range(len(self._rows))}
        return self._places.get(instance_id)


def _value(order: Order, now: datetime) -> Callable[[NodeProgress], str | float | None]:
    def start(node: NodeProgress) -> float | None:
        return node.started_at.timestamp() if node.started_at else None

    def end(node: NodeProgress) -> float | None:
        return node.ended_at.timestamp() if node.ended_at else None

    def duration(node: NodeProgress) -> float | None:
        return ((node.ended_at or now) - node.started_at).total_seconds() if node.started_at else None

    def name(node: NodeProgress) -> str:
        return (node.name or node.instance_id).lower()

    return {Order.START: start, Order.END: end, Order.DURATION: duration}.get(order, name)
