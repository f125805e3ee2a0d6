"""The phases of a patch run, derived from what each step of its document runs – never from step names."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Phase(StrEnum):
    """Where a node stands in a run, in the operator's words."""

    SCAN = "scan"
    BEFORE_INSTALL = "before_install"
    INSTALL = "install"
    AFTER_INSTALL = "after_install"
    REBOOT = "reboot"
    ON_EXIT = "on_exit"
    STEPS = "steps"
    """All steps of a document that is not a patch run, as one phase."""

    @property
    def label(self) -> str:
        """The words on screen, as a sentence starts: ``Before install``."""
        return self.value.replace("_", " ").capitalize()


HOOK_PHASES = frozenset({Phase.BEFORE_INSTALL, Phase.AFTER_INSTALL, Phase.ON_EXIT})
"""The phases that run a document of the operator's choice."""


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """One phase of a document: its steps in order, and the hook document that it runs (None: no hook chosen)."""

    phase: Phase
    steps: tuple[str, ...]
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The phases of one document with one set of parameters, in the order in which they run."""

    phases: tuple[PhaseSpec, ...]
    operation: str = ""
    """``Scan``, ``Install``, or empty for a document that is not a patch run."""
    reboot_option: str = ""
    """``RebootIfNeeded``, ``NoReboot``, or empty."""
