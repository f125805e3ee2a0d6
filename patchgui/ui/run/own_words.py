"""Finds, in what a failed step wrote, the line that its script itself ended with."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from patchgui.console.rows import StepOutput

_ENGINE_SAYS: Final = re.compile(
    r"failed to run commands: |Step (exited with code|was found to have) |-+(Output|Error) truncated-+"
)
"""What an engine adds to a script's output (engine rules on suffixes and cuts)."""
_MAX_CHARS: Final = 300


def own_words(output: StepOutput) -> str:
    """Return the last line of stderr, else of stdout, that the engine did not write; empty when there is none."""
    for text in (output.stderr, output.stdout):
        for line in reversed(text.splitlines()):
            words = line.strip()
            if words.strip("-= ") and not is_engines(words):
                return words[:_MAX_CHARS]
    return ""


def is_engines(line: str) -> bool:
    """Return whether the engine, not the script, wrote a line."""
    return _ENGINE_SAYS.match(line) is not None


def by_author(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the lines of ``text`` joined to stretches of one author, each with whether that is the engine."""
    for engines, lines in groupby(text.splitlines(keepends=True), key=lambda line: is_engines(line.strip())):
        yield engines, "".join(lines)
