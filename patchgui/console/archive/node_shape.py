"""How a node's progress lies in the file: its *shape*, shared by all nodes that went the same way, and its own moments.

Thousands of nodes of a run differ only in when things happened. What is the same – phases, states, steps, exit codes,
sentences – is written once; a node's row holds its moments (4 bytes each as a rule) and its own words: the headline,
why a phase went wrong, and the line that it failed with. A node that still moves changes with each look, so it is
written whole.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import gcd
from typing import Any

from patchgui.patching.phases import Phase
from patchgui.patching.progress import TROUBLE, NodeProgress, PhaseProgress, PhaseState, StepProgress
from patchgui.patching.wording import between

_EPOCH = datetime.fromtimestamp(0, UTC)
_MICROSECOND = timedelta(microseconds=1)
_plain = str.__str__
"""The text of an enum's member: much faster than ``value``, and nothing but text (comparing members is slow)."""
_NONE, _OWN, _DERIVED = 0, 1, 2
"""Where a moment comes from: there is none; it is in the row; it is the first (or last) of the parts."""
_SCALES = ((1_000_000, "H", 1 << 16), (1_000_000, "I", 1 << 32), (1000, "I", 1 << 32), (1, "Q", 1 << 64))
"""Ways to write moments as distances from the first: microseconds in one unit, format of a number, its end."""
_HEAD = struct.Struct("<Bq")
_NOWHERE = -1
"""The place of a moment that is not in the row."""

Told = tuple[Any, ...]
"""A shape as nested tuples of plain values: it can be compared, and written as JSON."""


@dataclass(frozen=True, slots=True)
class EncodedNode:
    """One node, taken apart. ``told`` is None for a node that still moves: ``moments`` then hold all of it."""

    told: Told | None
    moments: bytes
    words: str


def encode(node: NodeProgress) -> EncodedNode:
    """Take a node apart into what it shares with others and what is its own."""
    moments: list[datetime] = []
    words: list[str] = [node.headline]
    told = _told_node(node, moments, words)
    if not node.is_final:
        whole = json.dumps([told, [_us(each) for each in moments], words])
        return EncodedNode(None, zlib.compress(whole.encode(), 1), "")
    return EncodedNode(told, _pack(moments), json.dumps(words) if any(words) else "")


def _told_node(node: NodeProgress, moments: list[datetime], words: list[str]) -> Told:
    phases = node.phases
    starts = [phase.started_at for phase in phases if phase.started_at is not None]
    ends = [phase.ended_at for phase in phases if phase.ended_at is not None]
    return (
        node.status,
        node.status_details,
        node.is_final,
        _source(node.away_since, (), moments),
        _source(node.started_at, starts and min(starts), moments),
        _source(node.ended_at, ends and max(ends), moments),
        tuple([_told_phase(phase, moments, words) for phase in phases]),
    )


def _told_phase(phase: PhaseProgress, moments: list[datetime], words: list[str]) -> Told:
    steps = phase.steps
    starts = [step.started_at for step in steps if step.started_at is not None]
    ends = [step.ended_at for step in steps if step.ended_at is not None]
    text: str | None = phase.text
    if phase.started_at is not None and phase.ended_at is not None:
        text = None if text == between(phase.started_at, phase.ended_at) else text
    reason: str | None = phase.reason
    if phase.state in TROUBLE:
        words.append(phase.reason)
        reason = None
    said: str | int | None = phase.said
    if phase.said and phase.state in TROUBLE:
        words.append(phase.said)
        said = _OWN
    return (
        _plain(phase.phase),
        _plain(phase.state),
        text,
        reason,
        phase.exit_code,
        phase.document,
        _source(phase.started_at, starts and min(starts), moments),
        _source(phase.ended_at, ends and max(ends), moments),
        tuple([_told_step(step, moments) for step in steps]),
        said,
    )


def _told_step(step: StepProgress, moments: list[datetime]) -> Told:
    started_at, ended_at = step.started_at, step.ended_at
    if started_at is not None:
        moments.append(started_at)
    if ended_at is not None:
        moments.append(ended_at)
    return (
        step.name,
        _plain(step.status),
        step.exit_code,
        _OWN if started_at is not None else _NONE,
        _OWN if ended_at is not None else _NONE,
        step.skipped_reason,
    )


def _source(moment: datetime | None, of_parts: object, moments: list[datetime]) -> int:
    if moment is None:
        return _NONE
    if moment == of_parts:
        return _DERIVED
    moments.append(moment)
    return _OWN


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _pack(moments: list[datetime]) -> bytes:
    if not moments:
        return b""
    first = min(moments)
    distances = [(moment - first) // _MICROSECOND for moment in moments]
    farthest, common = max(distances), gcd(*distances)
    for number, (unit, form, end) in enumerate(_SCALES):
        if farthest // unit < end and common % unit == 0:
            scaled = [each // unit for each in distances]
            return _HEAD.pack(number, _us(first)) + struct.pack(f"<{len(scaled)}{form}", *scaled)
    raise AssertionError(farthest)  # 64 bits of microseconds hold every datetime


def _unpack(packed: bytes) -> list[int]:
    """Return moments in microseconds since 1970."""
    if not packed:
        return []
    number, first = _HEAD.unpack_from(packed)
    unit, form, _ = _SCALES[number]
    count = (len(packed) - _HEAD.size) // struct.calcsize(f"<{form}")
    distances = struct.unpack_from(f"<{count}{form}", packed, _HEAD.size)
    return [first + distance * unit for distance in distances]


def _datetimes(values: list[int]) -> list[datetime | None]:
    """Return these moments, and None after the last: what is at place ``_NOWHERE``."""
    return [*[_EPOCH + timedelta(microseconds=value) for value in values], None]


class NodeShape:
    """One shape, ready to make nodes of."""

    def __init__(self, told: Told) -> None:
        self._status, self._details, self._is_final, away, started, ended, phases = told
        places = _Places()
        self._away = places.of(away)
        self._start, self._end = (places.of(each) for each in (started, ended))
        self._phases = [_PhaseShape(phase, places) for phase in phases]
        self._derives_start, self._derives_end = started == _DERIVED, ended == _DERIVED

    @classmethod
    def read(cls, text: str) -> "NodeShape":
        """Return the shape that :func:`written` wrote."""
        return cls(json.loads(text))

    def node(self, instance_id: str, name: str, moments: bytes, words: str) -> NodeProgress:
        """Put a node together again: equal to the one that was taken apart."""
        return self.made(instance_id, name, _unpack(moments), json.loads(words) if words else [])

    def made(self, instance_id: str, name: str, values: list[int], words: list[str]) -> NodeProgress:
        """Put a node together of its moments in microseconds since 1970 and its own words."""
        moments = _datetimes(values)
        own = iter(words)
        headline = next(own, "")
        phases = tuple([phase.made(moments, own) for phase in self._phases])
        started_at, ended_at = moments[self._start], moments[self._end]
        if self._derives_start:
            started_at = min([phase.started_at for phase in phases if phase.started_at is not None])
        if self._derives_end:
            ended_at = max([phase.ended_at for phase in phases if phase.ended_at is not None])
        return NodeProgress(
            *(instance_id, name, self._status, self._details, phases, headline),
            *(moments[self._away], self._is_final, started_at, ended_at),
        )

    def seconds(self, moments: bytes) -> list[tuple[Phase, float]]:
        """Return how long each phase took that succeeded: a fraction of what making the whole node takes."""
        values = _unpack(moments)
        return [(phase.phase, phase.took_us(values) / 1_000_000) for phase in self._phases if phase.took_time]


def decode_moving(instance_id: str, name: str, moments: bytes) -> NodeProgress:
    """Put a node together that still moved when it was last seen."""
    told, values, words = json.loads(zlib.decompress(moments))
    return NodeShape(told).made(instance_id, name, values, words)


def written(told: Told) -> str:
    """Return a shape as it is stored."""
    return json.dumps(told, separators=(",", ":"))


class _Places:
    """Gives out the places of a row's moments, in the order in which they were written."""

    def __init__(self) -> None:
        self._next = 0

    def of(self, source: int) -> int:
        if source != _OWN:
            return _NOWHERE
        self._next += 1
        return self._next - 1


class _PhaseShape:
    def __init__(self, told: Told, places: _Places) -> None:
        phase, state, self._text, self._reason, self._exit_code, self._document = told[:6]
        start, end, steps, *later = told[6:]
        self.phase, self._state = Phase(phase), PhaseState(state)
        # Shapes of the first archives end before it: only the output tells what a phase failed with.
        self._said = later[0] if later else None if self._state in TROUBLE else ""
        own = places.of(start), places.of(end)
        self._steps = [
            (name, PhaseState(status), code, places.of(first), places.of(last), skipped)
            for name, status, code, first, last, skipped in steps
        ]
        # A moment that is that of the steps: where theirs are.
        self._starts = [step[3] for step in self._steps if step[3] >= 0] if start == _DERIVED else [own[0]]
        self._ends = [step[4] for step in self._steps if step[4] >= 0] if end == _DERIVED else [own[1]]
        self.took_time = self._state is PhaseState.SUCCESS and start != _NONE and end != _NONE
        self._shared: PhaseProgress | None = None
        has_moments = start or end or any(step[3] >= 0 or step[4] >= 0 for step in self._steps)
        if not has_moments and self._reason is not None:
            self._shared = self.made([None], iter(()))

    def took_us(self, values: list[int]) -> int:
        return max([values[place] for place in self._ends]) - min([values[place] for place in self._starts])

    def made(self, moments: list[datetime | None], words: Iterator[str]) -> PhaseProgress:
        if self._shared is not None:
            return self._shared
        reason = self._reason if self._reason is not None else next(words, "")
        said = next(words) if self._said == _OWN else self._said
        steps = tuple([StepProgress(n, s, c, moments[a], moments[b], k) for n, s, c, a, b, k in self._steps])
        started_at = _least(moments, self._starts)
        ended_at = _most(moments, self._ends)
        text = between(started_at, ended_at) if self._text is None else self._text
        return PhaseProgress(
            *(self.phase, self._state, text, reason, self._exit_code),
            *(started_at, ended_at, steps, self._document, said),
        )


def _least(moments: list[datetime | None], places: list[int]) -> datetime | None:
    if len(places) == 1:
        return moments[places[0]]
    return min([moment for place in places if (moment := moments[place]) is not None])


def _most(moments: list[datetime | None], places: list[int]) -> datetime | None:
    if len(places) == 1:
        return moments[places[0]]
    return max([moment for place in places if (moment := moments[place]) is not None])
