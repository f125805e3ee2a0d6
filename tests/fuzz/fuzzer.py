"""A small fuzzer that keeps what reaches new lines; pure Python, so that it runs wherever the agent does."""

import copy
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.fuzz.targets import Target

CORPUS = Path(__file__).with_name("corpus")
PRODUCT = str(Path(__file__).parents[2] / "patchgui")

SLOW_S = 5.0
"""How long an input of a few kilobytes may take; far more than any does, on a busy machine."""

LONGEST = 16 * 1024

_TOKENS = (
    *(
        b"{{ p }}",
        b"{{",
        b"}}",
        b"$$",
        b"{{ssm:x}}",
        b"&a ",
        b"*a",
        b"<<: ",
        b"!!int ",
        b"? ",
        b"- ",
        b"\n",
        b": ",
        b"|\n",
    ),
    *(
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'""',
        b"-1",
        b"1e999",
        b"9" * 40,
        b"9" * 5000,
        b"0x",
        b"NaN",
        b"\\ud800",
        b"\xff",
    ),
    *(b"schemaVersion", b"mainSteps", b"runtimeConfig", b"parameters", b"precondition", b"StringEquals", b"inputs"),
    *(b"aws:runShellScript", b"aws:runDocument", b"settings", b"default", b"allowedPattern", b"(a", b"[" * 200, b"\0"),
    *(
        b'"type"',
        b'"step_ended"',
        b'"accepted"',
        b'"n"',
        b'"at"',
        b'"result"',
        b"platformType",
        b"ENV_VAR",
        b"\xe2\x80\xa8",
    ),
)


_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**53 + 1,
        2**63,
        1e300,
        "",
        "x",
        "{{ p }}",
        "{{p}} $$",
        "{{ssm:x}}",
        "\ud800",
        "\0",
    ),
    *(
        [],
        [None],
        [[]],
        {},
        {"x": None},
        ["{{ p }}"],
        "platformType",
        "exit",
        "194",
        "aws:runDocument",
        "a(b",
        "2.0",
        "1.2",
    ),
)
_NAMES = (
    *(
        "schemaVersion",
        "mainSteps",
        "runtimeConfig",
        "parameters",
        "precondition",
        "StringEquals",
        "inputs",
        "settings",
    ),
    *(
        "name",
        "action",
        "type",
        "default",
        "allowedPattern",
        "allowedValues",
        "interpolationType",
        "properties",
        "a(b",
        "a.b",
    ),
    *("n", "at", "result", "command", "p", "", "{{ p }}", "documentParameters", "runCommand", "id", "finallyStep"),
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every list or object inside a value, with each of its keys."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


class Crash(Exception):
    """A target raised what it must not, or took too long; ``data`` is the input."""

    def __init__(self, data: bytes, reason: str) -> None:
        super().__init__(f"{reason}\ninput: {data[:2000]!r}")
        self.data = data


class Fuzzer:
    """One target, a growing pool of inputs, and the lines that they have reached."""

    def __init__(self, target: Target, pool: Sequence[bytes], chance: random.Random) -> None:
        self._target = target
        self._pool = [data for data in pool if len(data) <= LONGEST] or [b""]
        self._chance = chance
        self._lines: set[tuple[CodeType, int]] = set()
        self._is_new = False
        for data in self._pool:
            self.run(data)

    @property
    def reached(self) -> int:
        """How many lines of the product have been reached."""
        return len(self._lines)

    def step(self) -> None:
        """Try one more input.

        Raises:
            Crash: the target did what it must not.
        """
        data = self._mutated()
        if self.run(data):
            self._pool.append(data)

    def walk(self, steps: int) -> None:
        """Try so many inputs.

        Raises:
            Crash: the target did what it must not.
        """
        for _ in range(steps):
            self.step()

    def run(self, data: bytes) -> bool:
        """Give an input to the target and return whether it reached something new.

        Raises:
            Crash: the target did what it must not.
        """
        self._is_new = False
        begun = time.monotonic()
        before = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            self._target(data)
        except Exception as error:
            raise Crash(data, f"{type(error).__name__}: {error}") from error
        finally:
            sys.settrace(before)
        if time.monotonic() - begun > SLOW_S:
            raise Crash(data, f"took {time.monotonic() - begun:.1f} s")
        return self._is_new

    def _on_call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        return self._on_line if frame.f_code.co_filename.startswith(PRODUCT) else None

    def _on_line(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and (place := (frame.f_code, frame.f_lineno)) not in self._lines:
            self._lines.add(place)
            self._is_new = True
        return self._on_line

    def _mutated(self) -> bytes:
        data = bytearray(self._chance.choice(self._pool))
        if self._chance.randrange(2):
            for _ in range(self._chance.choice((1, 1, 2, 4))):
                data = bytearray(self._restructured(bytes(data)))
            return bytes(data[:LONGEST])
        for _ in range(self._chance.choice((1, 1, 2, 3, 8))):
            self._mutate(data)
        return bytes(data[:LONGEST])

    def _restructured(self, data: bytes) -> bytes:
        """Change a value inside one line that is JSON; bytes alone seldom leave it so."""
        lines = data.split(b"\n")
        at = self._chance.randrange(len(lines))
        try:
            value = json.loads(lines[at])
        except (ValueError, RecursionError):
            return data
        places = list(_places(value))
        if places:
            holder, key = self._chance.choice(places)
            new = self._chance.choice([*_VALUES, *(inside[place] for inside, place in places)])
            self._change(holder, key, new)
        lines[at] = json.dumps(value).encode()
        return b"\n".join(lines)

    def _change(self, holder: Any, key: Any, new: Any) -> None:
        match self._chance.randrange(4):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[self._chance.choice(_NAMES)] = holder.pop(key)
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(new))
            case _:
                holder[key] = copy.deepcopy(new)

    def _mutate(self, data: bytearray) -> None:
        chance = self._chance
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 8, 40)))
        match chance.randrange(7):
            case 0:
                data[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case 3:
                data[at:at] = chance.choice(_TOKENS)
            case 4:
                data[at:end] = chance.choice(_TOKENS)
            case 5:
                other = chance.choice(self._pool)
                start = chance.randrange(len(other) + 1)
                data[at:end] = other[start : start + chance.choice((4, 40, 400))]
            case _:
                if end > at:
                    data[at] ^= 1 << chance.randrange(8)


def seeds(target: str) -> list[bytes]:
    """Return the corpus of a target."""
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
