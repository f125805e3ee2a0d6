"""Finds, in what a failed step wrote, the line that its script itself ended with."""

from typing import Final

from patchgui.console.rows import StepOutput

_ENGINE_SAYS: Final = ("failed to run commands:", "step execution failed", "exit status ")
_MAX_CHARS: Final = 300


def own_words(output: StepOutput) -> str:
    """Return the last line of stderr, else of stdout, that the engine did not write; empty when there is none."""
    for text in (output.stderr, output.stdout):
        for line in reversed(text.splitlines()):
            words = line.strip()
            if words and not words.lower().startswith(_ENGINE_SAYS) and words.strip("-= "):
                return words[:_MAX_CHARS]
    return ""
