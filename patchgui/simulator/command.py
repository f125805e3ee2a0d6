"""One command on its nodes. Nothing happens in between: asked for, it goes from end to end of what has come due."""

import heapq
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from patchgui.agent.commands import outcome as o
from patchgui.agent.commands.outcome import Outcome, of_command
from patchgui.agent.commands.spread import Spread, Stage
from patchgui.agent.stored_document import StoredDocument
from patchgui.simulator.script import Script
from patchgui.simulator.story import Patches, Story

_STAGES = (Stage.WAITING, Stage.SENT, Stage.RUNNING, Stage.OVER)
_STAGE_NUMBER = {stage: number for number, stage in enumerate(_STAGES)}
_OUTCOMES = (
    *(o.PENDING, o.IN_PROGRESS, o.CANCELLING, o.SUCCESS, o.FAILED, o.CANCELLED, o.TERMINATED),
    *(o.EXECUTION_TIMED_OUT, o.DELIVERY_TIMED_OUT, o.UNDELIVERABLE, o.INVALID_PLATFORM),
)
_OUTCOME_NUMBER = {outcome: number for number, outcome in enumerate(_OUTCOMES)}
_DELAYED_AFTER_S = 10.0
_CANCEL_TAKES_S = 3.0
_NOT_YET = -1.0


class _Due(IntEnum):
    """What comes due; the order decides what comes first at one moment."""

    REACHED = 0
    ACKNOWLEDGED = 1
    STOPPED = 2
    ENDED = 3
    UNDELIVERED = 4
    EXPIRED = 5


@dataclass(frozen=True)
class Sent:
    """A command as it was taken in. Moments are the fleet's; ``request`` is SendCommand's own, in SSM's spelling."""

    command_id: str
    number: int
    request: Mapping[str, Any]
    document: StoredDocument
    script: Script
    requested_at: float
    deliver_until: float
    expires_at: float
    lanes: int
    max_errors: int


class Field(Protocol):
    """The nodes as a command meets them, by number."""

    def reachable_at(self, index: int, at: float) -> float:
        """Return from when on a node can be reached; infinity for never."""

    def is_gone(self, index: int) -> bool:
        """Whether a node does not exist any more."""

    def delay_s(self, index: int, command: int) -> float:
        """Return how long a node takes to acknowledge a command."""

    def began(self, command: "FleetCommand", position: int) -> None:
        """Take note that a node begins with a command."""

    def story(self, command: "FleetCommand", position: int) -> Story:
        """Return what a command does on a node that has begun."""

    def ended(self, command: "FleetCommand", position: int) -> None:
        """Take note that a node has ended a command."""


class FleetCommand:
    """A command and where each of its nodes stands: a few dozen bytes a node."""

    def __init__(self, sent: Sent, members: Sequence[int], unfit: Sequence[int], field: Field) -> None:
        """Begin with the first node; ``unfit`` are positions of nodes whose platform the document is not for."""
        count = len(members)
        self.sent = sent
        self.members = array("L", members)
        self.began_at = array("d", [_NOT_YET]) * count
        self.ended_at = array("d", [_NOT_YET]) * count
        self.missing = array("H", bytes(2 * count))
        self.pending = array("H", bytes(2 * count))
        self._left = array("H", bytes(6 * count))
        self._fate = bytearray(count)
        self._unreached = 0
        self._errors = 0
        self.is_cancelled = False
        self._field = field
        self._stage = bytearray(count)
        self._outcome = bytearray(count)
        self._stages: Counter[str] = Counter({Stage.WAITING: count})
        self._outcomes = Counter({o.PENDING: count})
        self._due: list[tuple[float, _Due, int]] = []
        self._ready: deque[int] = deque()
        self._away: set[int] = set()
        for position in unfit:
            self._end(position, o.INVALID_PLATFORM, sent.requested_at)
        self._call_up(sent.requested_at)
        self._expect(sent.deliver_until, _Due.UNDELIVERED, 0)
        self._expect(sent.expires_at, _Due.EXPIRED, 0)
        self._send_more(sent.requested_at)

    def __len__(self) -> int:
        return len(self.members)

    @property
    def is_over(self) -> bool:
        """Whether every node has ended."""
        return self._stages[Stage.OVER] == len(self)

    @property
    def outcome(self) -> Outcome:
        """How the command stands as a whole."""
        return of_command(self._outcomes, max_errors=self.sent.max_errors, is_cancelled=self.is_cancelled)

    @property
    def completed_count(self) -> int:
        """How many nodes have ended, however."""
        return self._stages[Stage.OVER]

    @property
    def error_count(self) -> int:
        """How many nodes count against MaxErrors."""
        return self._errors

    @property
    def delivery_timed_out_count(self) -> int:
        """How many nodes were not reached in time."""
        return self._outcomes[o.DELIVERY_TIMED_OUT]

    def stage(self, position: int) -> Stage:
        """Return where one node stands with the command."""
        return _STAGES[self._stage[position]]

    def outcome_of(self, position: int, now: float) -> Outcome:
        """Return how the service shows one node."""
        outcome = _OUTCOMES[self._outcome[position]]
        is_late = position in self._away and now > self.sent.requested_at + _DELAYED_AFTER_S
        return o.DELAYED if is_late and outcome == o.PENDING else outcome

    def with_status(self, positions: Iterable[int], wanted: str, now: float) -> list[int]:
        """Return those positions whose status, or its details, is ``wanted``."""
        fitting = {number for number, outcome in enumerate(_OUTCOMES) if wanted in (outcome.status, outcome.details)}

        def fits(position: int) -> bool:
            if position in self._away:
                outcome = self.outcome_of(position, now)
                return wanted in (outcome.status, outcome.details)
            return self._outcome[position] in fitting

        return [position for position in positions if fits(position)]

    def found(self, position: int) -> Patches:
        """Return the patches that a node had when it began."""
        return Patches(self.missing[position], self.pending[position], 0)

    def left(self, position: int) -> Patches | None:
        """Return the patches that a node had when it came to its own end; None while it has not."""
        if self._outcome[position] != self._fate[position]:
            return None
        return Patches(*self._left[3 * position : 3 * position + 3])

    def advance(self, now: float) -> None:
        """Let happen what has come due."""
        while self._due and self._due[0][0] <= now:
            at, due, position = heapq.heappop(self._due)
            if self.is_over:
                self._due.clear()
                return
            self._happen(at, due, position)
            self._send_more(at)

    def cancel(self, positions: Sequence[int], now: float) -> None:
        """Stop the command on nodes: where it waits it never begins, where it runs it ends soon."""
        unended = self._stages.total() - self._stages[Stage.OVER]
        chosen = [position for position in positions if self.stage(position) is not Stage.OVER]
        self.is_cancelled = self.is_cancelled or 0 < len(chosen) == unended
        for position in chosen:
            match self.stage(position):
                case Stage.WAITING:
                    self._end(position, o.CANCELLED, now)
                case Stage.SENT | Stage.RUNNING:
                    self._show(position, o.CANCELLING)
                    self._expect(now + _CANCEL_TAKES_S, _Due.STOPPED, position)
                case _:
                    pass
        self._send_more(now)

    def _happen(self, at: float, due: _Due, position: int) -> None:
        match due:
            case _Due.REACHED:
                self._away.discard(position)
                self._ready.append(position)
            case _Due.ACKNOWLEDGED if self.stage(position) is Stage.SENT:
                self._begin(position, at)
            case _Due.ENDED | _Due.STOPPED if self.stage(position) is not Stage.OVER:
                self._end(position, o.CANCELLED if due is _Due.STOPPED else _OUTCOMES[self._fate[position]], at)
            case _Due.UNDELIVERED:
                for late in sorted(self._away):
                    self._end(late, o.DELIVERY_TIMED_OUT, at)
            case _Due.EXPIRED:
                for late in range(len(self)):
                    self._end(late, o.DELIVERY_TIMED_OUT, at)

    def _call_up(self, at: float) -> None:
        """Line the nodes up; those that are away come when they can be reached."""
        for position, index in enumerate(self.members):
            if self._stage[position]:
                continue
            reachable_at = self._field.reachable_at(index, at)
            if reachable_at <= at:
                self._ready.append(position)
                continue
            self._away.add(position)
            if reachable_at < self.sent.deliver_until:
                self._expect(reachable_at, _Due.REACHED, position)

    def _send_more(self, at: float) -> None:
        spread = Spread(self._stages, self.sent.lanes, self.sent.max_errors, self.error_count, self._unreached)
        if spread.is_stopped:
            for position in [*self._ready, *sorted(self._away)]:
                self._end(position, o.TERMINATED, at)
            self._ready.clear()
            return
        room = spread.room()
        while room and self._ready:
            position = self._ready.popleft()
            if self.stage(position) is Stage.WAITING:
                self._move(position, Stage.SENT)
                delay_s = self._field.delay_s(self.members[position], self.sent.number)
                self._expect(at + delay_s, _Due.ACKNOWLEDGED, position)
                room -= 1

    def _begin(self, position: int, at: float) -> None:
        if self._field.is_gone(self.members[position]):
            self._end(position, o.UNDELIVERABLE, at)
            return
        self._move(position, Stage.RUNNING)
        self.began_at[position] = at
        if _OUTCOMES[self._outcome[position]] == o.PENDING:
            self._show(position, o.IN_PROGRESS)
        self._field.began(self, position)
        story = self._field.story(self, position)
        # Its end is kept: a story is long, and is told anew where somebody asks for the steps.
        self._fate[position] = _OUTCOME_NUMBER[story.outcome]
        left = story.patches
        self._left[3 * position : 3 * position + 3] = array("H", (left.missing, left.pending, left.failed))
        self._expect(at + story.ends_s, _Due.ENDED, position)

    def _end(self, position: int, outcome: Outcome, at: float) -> None:
        stage = self.stage(position)
        if stage is Stage.OVER:
            return
        self._away.discard(position)
        self._unreached += stage is not Stage.RUNNING
        self._move(position, Stage.OVER)
        self._show(position, outcome)
        self.ended_at[position] = at
        if stage is Stage.RUNNING:
            self._field.ended(self, position)

    def _move(self, position: int, stage: Stage) -> None:
        self._stages[self.stage(position)] -= 1
        self._stages[stage] += 1
        self._stage[position] = _STAGE_NUMBER[stage]

    def _show(self, position: int, outcome: Outcome) -> None:
        self._outcomes[_OUTCOMES[self._outcome[position]]] -= 1
        self._outcomes[outcome] += 1
        # A node fails once and stays failed, so there is nothing to take back.
        self._errors += outcome.is_error
        self._outcome[position] = _OUTCOME_NUMBER[outcome]

    def _expect(self, at: float, due: _Due, position: int) -> None:
        heapq.heappush(self._due, (at, due, position))
