"""How the parts of the page stand: frozen values that the presenter tells and the views show."""

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from patchgui.ui.errors import Trouble

if TYPE_CHECKING:
    # Loads the plan, and with it pydantic: not before the first paint.
    from patchgui.patching.forecast import Forecast


_REFRESH_UP_TO = 2000
_REFRESH_S_PER_NODE = 0.12
"""A node costs up to one call, for the tags of one outside EC2: so this is some eight calls a second at the most."""


class Loading(Enum):
    """How the list of nodes stands."""

    WAITING = auto()
    """No connection yet."""
    FIRST = auto()
    """Being read for the first time: nothing to show but a skeleton."""
    PARTIAL = auto()
    """Some pages are here, more are coming."""
    FILLING = auto()
    """All nodes are here; what is known of them elsewhere is still coming."""
    DONE = auto()
    FAILED = auto()
    """Could not be read; rows from before, if any, are still shown."""


class NodesState(NamedTuple):
    """How the list of nodes stands, with what went wrong, and when it was last read whole.

    ``lacks`` are sentences on what is not shown because the profile may not read it.
    """

    loading: Loading
    trouble: Trouble | None = None
    read_at: datetime | None = None
    lacks: tuple[str, ...] = ()

    def is_due(self, node_count: int, now: datetime) -> bool:
        """Return whether the nodes may be read again unasked: the rarer the more of them there are."""
        if self.read_at is None or node_count > _REFRESH_UP_TO:
            return False
        return now - self.read_at >= timedelta(seconds=node_count * _REFRESH_S_PER_NODE)


class ForecastState(NamedTuple):
    """The third column: the newest forecast (None: nothing chosen yet), and whether a newer one is on its way."""

    forecast: "Forecast | None" = None
    is_stale: bool = False
    trouble: Trouble | None = None
    problems: tuple[str, ...] = ()
