"""Whether a document is fit to be a hook: asked before the run, since a node finds out only in the middle of it."""

from dataclasses import dataclass
from enum import StrEnum

from patchgui.patching.phases import Phase


class Severity(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found before the run: a title in bold and a detail that says what to do."""

    severity: Severity
    title: str
    detail: str = ""
    hook: Phase | None = None
