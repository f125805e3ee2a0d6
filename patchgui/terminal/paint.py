"""Draws on a terminal: colours by role, glyphs, and widths that count what a cell really takes."""

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from patchgui.patching.progress import PhaseState

_CODES = {
    "success": "32",
    "failed": "31",
    "warning": "33",
    "running": "94",
    "reboot": "35",
    "dim": "2",
    "bold": "1",
    "plain": "",
}
_ROLES = {
    PhaseState.SUCCESS: "success",
    PhaseState.FAILED: "failed",
    PhaseState.TIMED_OUT: "failed",
    PhaseState.CANCELLED: "warning",
    PhaseState.RUNNING: "running",
    PhaseState.REBOOTING: "reboot",
    PhaseState.UNKNOWN: "warning",
}
_GLYPHS = {
    PhaseState.SUCCESS: "✓",
    PhaseState.FAILED: "✗",
    PhaseState.TIMED_OUT: "✗",
    PhaseState.CANCELLED: "✗",
    PhaseState.RUNNING: "◐",
    PhaseState.REBOOTING: "↻",
    PhaseState.SKIPPED: "⤼",
    PhaseState.NOT_NEEDED: "–",
    PhaseState.NOT_APPLICABLE: "–",
    PhaseState.WAITING: "·",
    PhaseState.UNKNOWN: "?",
}
_ASCII = str.maketrans("✓✗◐◓◑◒↻⤼–·▲█░…“”’", '+x****@>-.!#..""\'')
_SPINNER = "◐◓◑◒"
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Paint:
    """How this terminal may be written to."""

    has_colour: bool
    has_unicode: bool

    def text(self, words: str, *roles: str) -> str:
        """Return words in the colour of their roles; ``bold`` and ``dim`` may be added."""
        words = words if self.has_unicode else plain_ascii(words)
        codes = ";".join(code for role in roles if (code := _CODES[role]))
        return f"\x1b[{codes}m{words}\x1b[0m" if self.has_colour and codes else words

    def state(self, state: PhaseState, words: str, beat: int = 0) -> str:
        """Return a state: its glyph, then words, in its colour; ``beat`` turns the glyph of what runs."""
        glyph = _SPINNER[beat % len(_SPINNER)] if state is PhaseState.RUNNING else _GLYPHS[state]
        return self.text(f"{glyph} {words}".rstrip(), _ROLES.get(state, "dim"))


def paint_for(stream: TextIO, environment: Mapping[str, str] | None = None) -> Paint:
    """Return how a stream may be written to. ``NO_COLOR`` is kept to (no-color.org)."""
    environment = os.environ if environment is None else environment
    encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
    has_colour = is_live(stream, environment) and not environment.get("NO_COLOR")
    return Paint(has_colour, encoding.startswith("utf"))


def is_live(stream: TextIO, environment: Mapping[str, str] | None = None) -> bool:
    """Whether what was written may be drawn over: a terminal that knows how to."""
    environment = os.environ if environment is None else environment
    return stream.isatty() and environment.get("TERM", "dumb") != "dumb"


def plain_ascii(words: str) -> str:
    """Return words for a terminal without UTF-8, as wide as they were."""
    return words.translate(_ASCII).encode("ascii", "replace").decode()


def width(words: str) -> int:
    """Return how many columns words take; colours take none, wide characters two."""
    bare = _ESCAPE.sub("", words)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in bare)


def pad(words: str, columns: int) -> str:
    """Return words filled up with blanks to a number of columns."""
    return words + " " * max(0, columns - width(words))


def cut(words: str, columns: int) -> str:
    """Return words cut to a number of columns, with an ellipsis where something is missing; colours stay whole."""
    if width(words) <= columns:
        return words
    kept, used, at = [], 0, 0
    while at < len(words):
        escape = _ESCAPE.match(words, at)
        if escape:
            kept.append(escape[0])
            at = escape.end()
            continue
        used += width(words[at])
        if used > columns - 1:
            break
        kept.append(words[at])
        at += 1
    end = "\x1b[0m" if any(part.startswith("\x1b") for part in kept) else ""
    return "".join(kept) + "…" + end
