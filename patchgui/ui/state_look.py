"""How each state looks: glyph, word and tone together, so that colour never speaks alone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class StateLook(NamedTuple):
    """The tone (see :mod:`patchgui.ui.theme`), the icon's name and the word of one state."""

    tone: str
    icon: str
    word: str


STATE_LOOKS: Mapping[str, StateLook] = MappingProxyType(
    {
        "success": StateLook("success", "success", "Success"),
        "failed": StateLook("failed", "failed", "Failed"),
        "timed_out": StateLook("failed", "timed_out", "Timed out"),
        "cancelled": StateLook("skipped", "cancelled", "Cancelled"),
        "warning": StateLook("warning", "warning", "Warning"),
        "running": StateLook("running", "running", "Running"),
        "rebooting": StateLook("reboot", "reboot", "Rebooting"),
        "late": StateLook("warning", "clock", "Late"),
        "lost": StateLook("failed", "offline", "Lost"),
        "waiting": StateLook("skipped", "waiting", "Waiting"),
        "skipped": StateLook("skipped", "skipped", "Skipped"),
        "not_needed": StateLook("skipped", "dash", "Not needed"),
        "not_applicable": StateLook("skipped", "dash", "Does not apply"),
        "offline": StateLook("skipped", "offline", "Offline"),
        "info": StateLook("running", "info", "Note"),
        "unknown": StateLook("skipped", "unknown", "Unknown"),
    }
)
_ALIASES = {"reboot": "rebooting", "error": "failed", "ok": "success"}


def look(state: str) -> StateLook:
    """Return how ``state`` looks; ``-`` and spaces count as ``_``, a state nobody knows looks *Unknown*."""
    key = state.lower().replace("-", "_").replace(" ", "_")
    return STATE_LOOKS.get(_ALIASES.get(key, key), STATE_LOOKS["unknown"])
