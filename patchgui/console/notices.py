"""Which changes of runs somebody should be told of who is not looking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from patchgui.console.rows import RunSummary
from patchgui.patching.wording import counted


class Occasion(StrEnum):
    """Why somebody is told."""

    NEEDS_A_LOOK = "needs_a_look"
    """The first of its nodes failed, and it goes on."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message on one run: ``title`` in a few words, ``text`` in a sentence. ``status`` is SSM's own."""

    occasion: Occasion
    run_id: str
    title: str
    text: str
    status: str
    node_count: int
    error_count: int
    place: str = ""
    """What the connection is called; empty where there is only one."""

    @property
    def is_trouble(self) -> bool:
        """Whether something went wrong."""
        return self.occasion is Occasion.NEEDS_A_LOOK or self.status != "Success" or self.error_count > 0


@dataclass(slots=True)
class _Seen:
    is_final: bool
    is_in_trouble: bool


class RunNotices:
    """Compares each list of runs with the one before. What was over when the first list came is no news.

    Neither is what started before ``began_at`` and is listed later: a connection may answer late, or be opened later.
    """

    def __init__(self, began_at: datetime | None = None) -> None:
        self._began_at = began_at or datetime.now(UTC)
        self._seen: dict[str, _Seen] = {}
        self._has_begun = False

    def take(self, runs: Iterable[RunSummary]) -> tuple[Notice, ...]:
        """Return what is news in a list of runs; each thing is told once."""
        found = [notice for run in runs for notice in self._of(run)]
        self._has_begun = True
        return tuple(found)

    def _of(self, run: RunSummary) -> Iterable[Notice]:
        before = self._seen.get(run.run_id)
        if before is None:
            # A short run of our own may be over before it was ever listed; old ones come in as lists grow longer.
            is_ours = self._has_begun and run.is_ours
            is_news = is_ours and run.started_at is not None and run.started_at >= self._began_at
            before = _Seen(is_final=not is_news and run.is_final, is_in_trouble=not is_news and run.error_count > 0)
        self._seen[run.run_id] = _Seen(
            is_final=before.is_final or run.is_final, is_in_trouble=before.is_in_trouble or run.error_count > 0
        )
        if run.is_final and not before.is_final and run.status != "Unknown":
            yield _ended(run)
        elif not run.is_final and run.error_count > 0 and not before.is_in_trouble:
            yield _needs_a_look(run)


def _ended(run: RunSummary) -> Notice:
    nodes = counted(run.node_count, "node")
    if run.error_count:
        text = f"{run.error_count:,} of {nodes} did not succeed."
    elif run.status == "Success":
        text = f"{nodes}, no failure."
    else:
        text = f"{run.completed_count:,} of {nodes} had come to their end."
    word = {"Success": "ended", "TimedOut": "timed out", "Cancelled": "was cancelled"}.get(run.status, "failed")
    return _notice(run, Occasion.ENDED, f"{_name(run)} {word}", text)


def _needs_a_look(run: RunSummary) -> Notice:
    text = f"{run.error_count:,} of {counted(run.node_count, 'node')} failed so far; the run goes on."
    return _notice(run, Occasion.NEEDS_A_LOOK, f"{_name(run)} needs a look", text)


def _notice(run: RunSummary, occasion: Occasion, title: str, text: str) -> Notice:
    place = run.connection.label if run.connection is not None else ""
    return Notice(
        occasion=occasion,
        run_id=run.run_id,
        title=f"{place}: {title}" if place else title,
        text=text,
        status=run.status,
        node_count=run.node_count,
        error_count=run.error_count,
        place=place,
    )


def _name(run: RunSummary) -> str:
    return run.title.partition(",")[0]
