"""Tells what a script wrote from what the engine added to it."""

import re
from typing import Final

_ENGINE_ADDS: Final = re.compile(
    r"failed to run commands: |Step (exited with code|was found to have) |-+(Output|Error) truncated-+"
)
"""What an engine adds to a script's output (engine.md, rules on suffixes and cuts)."""


def own_words(text: str) -> list[str]:
    """Return the lines that a script itself wrote: without blank ones, and without what the agent adds to a stream."""
    lines = (_ENGINE_ADDS.split(line)[0].rstrip() for line in text.splitlines())
    return [line for line in lines if line.strip()]


def is_engines(line: str) -> bool:
    """Return whether the engine, not the script, wrote a line."""
    return _ENGINE_ADDS.match(line.strip()) is not None


def is_cut(text: str) -> bool:
    """Return whether the agent left out a part of an output."""
    return "output truncated-" in text.lower() or "error truncated-" in text.lower()
