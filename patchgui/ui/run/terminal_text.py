"""Reads text as a terminal shows it: colours, carriage returns, backspaces; in whatever pieces it comes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

Colour = int | tuple[int, int, int]
"""An index of the 256 colours, or red, green and blue from 0 to 255."""
_BASE: Final = 16
_CUBE: Final = (0, 95, 135, 175, 215, 255)
_STANDARD: Final = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255)),
    (255, 255, 255),
)
"""What xterm paints the first sixteen with."""
_MOST_PENDING: Final = 4096
"""An escape that has not ended by then is none."""


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look; None is the colour of text, or of the ground."""

    fg: Colour | None = None
    bg: Colour | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False


PLAIN: Final = Style()
Run = tuple[str, Style]
Line = tuple[Run, ...]

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<args>[0-?]*)[ -/]*(?P<end>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[ -/]*[0-~]"
    r"|(?P<move>[\r\b])|(?P<drop>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029])"
)
_PENDING: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)?$")
_SPECIAL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def rgb_of(colour: Colour) -> tuple[int, int, int]:
    """Return red, green and blue of a colour as xterm paints it."""
    if isinstance(colour, tuple):
        return colour
    if colour < _BASE:
        return _STANDARD[colour]
    if colour >= 232:
        grey = 8 + 10 * (colour - 232)
        return grey, grey, grey
    place = colour - _BASE
    return _CUBE[place // 36], _CUBE[place // 6 % 6], _CUBE[place % 6]


class TerminalReader:
    """One stream of text: :meth:`feed` gives the lines that have ended, :attr:`open_line` the one that has not."""

    def __init__(self) -> None:
        self._pending = ""
        self._style = PLAIN
        self._runs: list[Run] = []
        self._cells: list[Run] | None = None
        """Character by character, from the moment on that one is written over."""
        self._column = 0

    @property
    def open_line(self) -> Line:
        """The line that is being written."""
        return tuple(self._runs) if self._cells is None else _joined(self._cells)

    def feed(self, text: str) -> list[Line]:
        """Take more text; return the lines that ended with it."""
        text = self._pending + text
        pending = _PENDING.search(text, max(0, len(text) - _MOST_PENDING))
        # A carriage return at the very end may be half of a line's end.
        cut = pending.start() if pending else len(text) - 1 if text.endswith("\r") else len(text)
        text, self._pending = text[:cut], text[cut:]
        *ended, last = text.split("\n")
        lines: list[Line] = []
        for part in ended:
            self._write(part.removesuffix("\r"))
            lines.append(self._end_line())
        self._write(last)
        return lines

    def _end_line(self) -> Line:
        line = self.open_line
        self._runs, self._cells, self._column = [], None, 0
        return line

    def _write(self, text: str) -> None:
        if _SPECIAL.search(text) is None:
            self._put(text)
            return
        at = 0
        for token in _TOKEN.finditer(text):
            self._put(text[at : token.start()])
            at = token.end()
            if token["end"] == "m":
                self._style = _styled(self._style, token["args"])
            elif token["end"] == "K":
                self._erase(token["args"])
            elif token["move"]:
                self._move(0 if token["move"] == "\r" else max(0, self._place - 1))
        self._put(_SPECIAL.sub("", text[at:]))

    @property
    def _place(self) -> int:
        return self._column if self._cells is not None else sum(len(words) for words, _style in self._runs)

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._cells is None:
            if self._runs and self._runs[-1][1] == self._style:
                self._runs[-1] = (self._runs[-1][0] + text, self._style)
            else:
                self._runs.append((text, self._style))
            return
        self._cells += [(" ", PLAIN)] * (self._column - len(self._cells))
        self._cells[self._column : self._column + len(text)] = [(char, self._style) for char in text]
        self._column += len(text)

    def _move(self, column: int) -> None:
        if self._cells is None:
            self._cells = [(char, style) for words, style in self._runs for char in words]
        self._column = column

    def _erase(self, args: str) -> None:
        """Erase to the end of the line, from its start, or all of it (EL of ECMA-48)."""
        self._move(self._place)
        assert self._cells is not None
        if args in {"", "0"}:
            del self._cells[self._column :]
        elif args == "2":
            self._cells.clear()
        else:
            self._cells[: self._column + 1] = [(" ", PLAIN)] * min(self._column + 1, len(self._cells))


def plain_text(text: str) -> str:
    """Return text as a terminal would leave it on screen, without colours."""
    if _SPECIAL.search(text) is None:
        return text
    reader = TerminalReader()
    lines = [*reader.feed(text), reader.open_line]
    return "\n".join("".join(words for words, _style in line) for line in lines)


def _joined(cells: Iterable[Run]) -> Line:
    stretches = groupby(cells, key=lambda cell: cell[1])
    return tuple(("".join(char for char, _ in stretch), style) for style, stretch in stretches)


_FLAGS: Final = {
    1: ("bold", True),
    2: ("dim", True),
    3: ("italic", True),
    4: ("underline", True),
    7: ("inverse", True),
    23: ("italic", False),
    24: ("underline", False),
    27: ("inverse", False),
}


def _styled(style: Style, args: str) -> Style:
    """Return the style after ``ESC [ args m`` (SGR of ECMA-48, colours as xterm reads them)."""
    if args and not args[0].isdigit() and args[0] != ";":
        return style
    numbers = iter([int(part or 0) for part in re.split("[;:]", args) if part.isdigit() or not part])
    for number in numbers:
        style = _changed(style, number, numbers)
    return style


def _changed(style: Style, number: int, rest: Iterator[int]) -> Style:
    if number == 0:
        return PLAIN
    if number in _FLAGS:
        name, is_on = _FLAGS[number]
        return replace(style, **{name: is_on})
    if number == 22:
        return replace(style, bold=False, dim=False)
    if number in {38, 48}:
        colour = _colour(rest)
        return replace(style, fg=colour) if number == 38 else replace(style, bg=colour)
    if number in {39, 49}:
        return replace(style, fg=None) if number == 39 else replace(style, bg=None)
    tens, ones = divmod(number, 10)
    if ones > 7 or tens not in {3, 4, 9, 10}:
        return style
    index = ones + (8 if tens >= 9 else 0)
    return replace(style, fg=index) if tens in {3, 9} else replace(style, bg=index)


def _colour(rest: Iterator[int]) -> Colour | None:
    kind = next(rest, 0)
    if kind == 5:
        return min(next(rest, 0), 255)
    if kind == 2:
        red, green, blue = (min(next(rest, 0), 255) for _ in range(3))
        return red, green, blue
    return None
