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


def _unpack(packed: bytes) -> Iterator[datetime]:
    if not packed:
        return iter(())
    number, first = _HEAD.unpack_from(packed)
    unit, form, _ = _SCALES[number]
    count = (len(packed) - _HEAD.size) // struct.calcsize(f"<{form}")
    distances = struct.unpack_from(f"<{count}{form}", packed, _HEAD.size)
    return iter([_EPOCH + timedelta(microseconds=first + distance * unit) for distance in distances])


class NodeShape:
    """One shape, ready to make nodes of; parts without moments are made once and shared."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._phases = [_PhaseShape(phase) for phase in told[6]]

    @classmethod
    def read(cls, text: str) -> "NodeShape":
        """Return the shape that :func:`written` wrote."""
        return cls(json.loads(text))

    def node(self, instance_id: str, name: str, moments: bytes, words: str) -> NodeProgress:
        """Put a node together again: equal to the one that was taken apart."""
        return self._node(instance_id, name, _unpack(moments), json.loads(words) if words else None)

    def _node(self, instance_id: str, name: str, moments: Iterator[datetime], words: list[str] | None) -> NodeProgress:
        status, details, is_final, away, started, ended, _ = self._told
        own = iter(words) if words else iter(())
        headline = next(own, "")
        away_since = next(moments) if away else None
        started_at = next(moments) if started == _OWN else None
        ended_at = next(moments) if ended == _OWN else None
        phases = tuple([phase.made(moments, own) for phase in self._phases])
        if started == _DERIVED:
            started_at = min(phase.started_at for phase in phases if phase.started_at)
        if ended == _DERIVED:
            ended_at = max(phase.ended_at for phase in phases if phase.ended_at)
        return NodeProgress(
            instance_id, name, status, details, phases, headline, away_since, is_final, started_at, ended_at
        )


def decode_moving(instance_id: str, name: str, moments: bytes) -> NodeProgress:
    """Put a node together that still moved when it was last seen."""
    told, values, words = json.loads(zlib.decompress(moments))
    own = iter([_EPOCH + timedelta(microseconds=value) for value in values])
    return NodeShape(told)._node(instance_id, name, own, words)  # noqa: SLF001 - the same thing, from another form


def written(told: Told) -> str:
    """Return a shape as it is stored."""
    return json.dumps(told, separators=(",", ":"))


class _PhaseShape:
    def __init__(self, told: Told) -> None:
        phase, state, self._text, self._reason, self._exit_code, self._document = told[:6]
        self._start, self._end, steps, *later = told[6:]
        self._phase, self._state = Phase(phase), PhaseState(state)
        # Shapes of the first archives end before it: only the output tells what a phase failed with.
        self._said = later[0] if later else None if self._state in TROUBLE else ""
        self._steps = [_StepShape(step) for step in steps]
        has_moments = bool(self._start or self._end) or any(step.has_moments for step in self._steps)
        self._shared: PhaseProgress | None = None
        if not has_moments and self._reason is not None:
            self._shared = self.made(iter(()), iter(()))

    def made(self, moments: Iterator[datetime], words: Iterator[str]) -> PhaseProgress:
        if self._shared is not None:
            return self._shared
        reason = self._reason if self._reason is not None else next(words, "")
        said = next(words) if self._said == _OWN else self._said
        started_at = next(moments) if self._start == _OWN else None
        ended_at = next(moments) if self._end == _OWN else None
        steps = tuple([step.shared or step.made(moments) for step in self._steps])
        if self._start == _DERIVED:
            started_at = min(step.started_at for step in steps if step.started_at)
        if self._end == _DERIVED:
            ended_at = max(step.ended_at for step in steps if step.ended_at)
        text = between(started_at, ended_at) if self._text is None else self._text
        return PhaseProgress(
            *(self._phase, self._state, text, reason, self._exit_code),
            *(started_at, ended_at, steps, self._document, said),
        )


class _StepShape:
    def __init__(self, told: Told) -> None:
        self._name, status, self._exit_code, self._start, self._end, self._skipped = told
        self._status = PhaseState(status)
        self.has_moments = bool(self._start or self._end)
        self.shared = None if self.has_moments else self.made(iter(()))

    def made(self, moments: Iterator[datetime]) -> StepProgress:
        started_at = next(moments) if self._start else None
        ended_at = next(moments) if self._end else None
        return StepProgress(self._name, self._status, self._exit_code, started_at, ended_at, self._skipped)
