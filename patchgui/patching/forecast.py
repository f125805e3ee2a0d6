"""What will happen: the plan told phase by phase, with numbers and warnings, before it happens."""

from dataclasses import dataclass

from patchgui.patching.fitness import Finding, Severity
from patchgui.patching.phases import Phase


@dataclass(frozen=True, slots=True)
class PhaseForecast:
    """One line of the pipeline picture: "Install – 17 patches, 2 security"."""

    phase: Phase
    detail: str
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The third column of *Patch now*: lines per phase, nodes per platform, findings, worst first."""

    phases: tuple[PhaseForecast, ...]
    node_count: int
    platforms: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    offline: tuple[str, ...] = ()
    """Names of picked nodes that do not answer now."""

    @property
    def blocked(self) -> bool:
        """Whether the run must not be started as it is: something is certain to fail."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)
