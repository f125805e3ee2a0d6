"""What will happen: the plan told phase by phase, with numbers and warnings, before it happens."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from patchgui.patching.fitness import Finding, HookDocument, Severity, check_hook, short_name, step_count, surprises
from patchgui.patching.moment import moment_words
from patchgui.patching.phases import Phase
from patchgui.patching.plan import IDS_PER_COMMAND, Operation, PatchPlan, RebootChoice
from patchgui.patching.wording import counted, listed, span

_HOOKS_NEED_AGENT = (3, 0, 502)
"""The oldest agent that runs the wrapper (its own description says so)."""
_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.OK, Severity.INFO)
_NAMED = 3


class ForecastNode(Protocol):
    """What is looked at of a picked node."""

    @property
    def name(self) -> str:
        """The name that a person knows it by."""

    @property
    def platform(self) -> str:
        """Platform and version in words."""

    @property
    def platform_type(self) -> str:
        """Linux, Windows or MacOS."""

    @property
    def is_online(self) -> bool:
        """Whether it answers now."""

    @property
    def agent_version(self) -> str:
        """The version of its agent, as numbers with dots."""

    @property
    def lacking_count(self) -> int | None:
        """Patches missing at its last scan, or that an install could not bring in; None when it was never scanned."""

    @property
    def security_missing(self) -> int | None:
        """Security patches among them, where that is known."""

    @property
    def pending_reboot(self) -> int:
        """Patches that wait for a reboot."""

    @property
    def last_scan_at(self) -> datetime | None:
        """When it was scanned last."""

    @property
    def is_scan_known(self) -> bool:
        """Whether what its last scan counted may be read."""


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


def foretell(
    plan: PatchPlan,
    nodes: Sequence[ForecastNode],
    documents: Mapping[Phase, HookDocument | None],
    unknown: Sequence[str] = (),
) -> Forecast:
    """Return what the plan will do to these nodes.

    ``documents`` are the chosen hooks, None where one does not exist; ``unknown`` are ids that SSM does not know.
    """
    offline = tuple(node.name for node in nodes if not node.is_online)
    findings = [
        *_who(plan, nodes, offline, unknown),
        *_hooks(plan, nodes, documents),
        *_reboot(plan, nodes),
        *_commands(plan),
    ]
    return Forecast(
        phases=tuple(_phases(plan, nodes, documents)),
        node_count=len(nodes),
        platforms=tuple(Counter(node.platform for node in nodes).most_common()),
        findings=tuple(sorted(findings, key=lambda finding: _WORST_FIRST.index(finding.severity))),
        offline=offline,
    )


def _phases(
    plan: PatchPlan, nodes: Sequence[ForecastNode], documents: Mapping[Phase, HookDocument | None]
) -> Iterable[PhaseForecast]:
    yield PhaseForecast(Phase.SCAN, _missing(nodes))
    if plan.operation is Operation.SCAN:
        return
    hooks = dict(plan.hooks.chosen())
    if before := hooks.get(Phase.BEFORE_INSTALL):
        yield _hook_line(Phase.BEFORE_INSTALL, before, documents)
    yield PhaseForecast(Phase.INSTALL, _installed(nodes))
    if after := hooks.get(Phase.AFTER_INSTALL):
        yield _hook_line(Phase.AFTER_INSTALL, after, documents)
    yield PhaseForecast(Phase.REBOOT, _reboot_line(plan, nodes))
    if on_exit := hooks.get(Phase.ON_EXIT):
        yield _hook_line(Phase.ON_EXIT, on_exit, documents, "runs whatever happens")


def _missing(nodes: Sequence[ForecastNode]) -> str:
    scanned = [node.lacking_count for node in nodes if node.lacking_count is not None]
    never = sum(node.lacking_count is None and node.is_scan_known for node in nodes)
    if not scanned:
        return f"{counted(len(nodes), 'node')}, {'never scanned' if never else 'what they miss is not known'}"
    rest = f" · {never:,} never scanned" if never else ""
    if not sum(scanned):
        return f"nothing missing at the last scan{rest}"
    behind = sum(1 for number in scanned if number)
    return f"{counted(sum(scanned), 'patch', 'patches')} missing on {counted(behind, 'node')}{rest}"


def _installed(nodes: Sequence[ForecastNode]) -> str:
    missing = sum(node.lacking_count or 0 for node in nodes)
    security = sum(node.security_missing or 0 for node in nodes)
    if not missing:
        return "whatever the scan finds missing"
    return f"{counted(missing, 'patch', 'patches')}{f', {security:,} security' if security else ''}"


def _hook_line(
    phase: Phase, reference: str, documents: Mapping[Phase, HookDocument | None], note: str = ""
) -> PhaseForecast:
    document = documents.get(phase)
    if document is None:
        return PhaseForecast(phase, f"{short_name(reference)} · not found", reference)
    parts = [short_name(reference), counted(step_count(document), "step"), note or "/".join(document.platforms)]
    return PhaseForecast(phase, " · ".join(part for part in parts if part), reference)


def _reboot_line(plan: PatchPlan, nodes: Sequence[ForecastNode]) -> str:
    if plan.scheduled_reboot is not None:
        then = f"; then {short_name(plan.scheduled_reboot.after)}" if plan.scheduled_reboot.after else ""
        return f"{_moment(plan.scheduled_reboot.at)} on nodes that wait for one{then}"
    if plan.reboot is RebootChoice.NO_REBOOT:
        return "no reboot; what needs one stays pending"
    waiting = [node.name for node in nodes if node.pending_reboot]
    if waiting and len(waiting) == len(nodes):
        return f"certain on {_names(waiting)}"
    if waiting:
        return f"certain on {_names(waiting)}, elsewhere where a patch asks for it"
    return "where an installed patch asks for it"


def _who(
    plan: PatchPlan, nodes: Sequence[ForecastNode], offline: Sequence[str], unknown: Sequence[str]
) -> Iterable[Finding]:
    if unknown:
        detail = "SSM would refuse the whole run. Take them out."
        yield Finding(Severity.ERROR, f"{_names(unknown)} {_is(unknown)} not known.", detail)
    if not nodes and not unknown:
        yield Finding(Severity.ERROR, "No node matches.", "Check the tag and its value.")
    if plan.targets:
        detail = "A node that fits by then is in it, one that fits no longer is not."
        yield Finding(Severity.INFO, "SSM works the nodes out when the run starts.", detail)
    if offline:
        verb = "does not" if len(offline) == 1 else "do not"
        waits = span(plan.delivery_timeout_s)
        detail = f"The run waits {waits} for a node to come back, then gives it up (Delivery Timed Out)."
        yield Finding(Severity.WARNING, f"{_names(offline)} {verb} answer.", detail)
    old = [node.name for node in nodes if _is_older(node.agent_version)]
    if old and plan.operation is Operation.INSTALL:
        detail = "AWS-RunPatchBaselineWithHooks needs SSM Agent 3.0.502 or later. Update the agent there first."
        yield Finding(Severity.WARNING, f"The agent on {_names(old)} is too old.", detail)


def _commands(plan: PatchPlan) -> Iterable[Finding]:
    """Tell that a run of several commands has its limits command by command: SSM knows none over all of them."""
    batches = plan.batches()
    if len(batches) < 2:
        return
    allowed = [int(rate.max_errors) for rate in plan.effective_rate.shared_out([len(batch) for batch in batches])]
    least, most = min(allowed), max(allowed)
    errors = counted(most, "error") if least == most else f"{least:,} to {counted(most, 'error')}"
    detail = (
        f"SSM takes {IDS_PER_COMMAND} picked nodes a command. Each may have {errors}; one more and it starts no further"
        " node of its own. A target has one limit for all."
    )
    yield Finding(Severity.INFO, f"The run is {len(batches):,} commands.", detail)


def _hooks(
    plan: PatchPlan, nodes: Sequence[ForecastNode], documents: Mapping[Phase, HookDocument | None]
) -> Iterable[Finding]:
    chosen = plan.chosen_documents()
    targets = Counter(node.platform_type for node in nodes if node.platform_type)
    unfit = [f for phase, reference in chosen for f in check_hook(phase, reference, documents.get(phase), targets)]
    yield from unfit
    in_run = plan.hooks.chosen()
    existing = [(phase, reference, found) for phase, reference in in_run if (found := documents.get(phase)) is not None]
    yield from surprises(existing)
    if chosen and not unfit:
        fit = ("The document fits", "Both documents fit", "All three documents fit", "All four documents fit")
        yield Finding(Severity.OK, f"{fit[len(chosen) - 1]} every chosen node.")
    nothing_to_do = all(node.lacking_count == 0 and not node.pending_reboot for node in nodes)
    if plan.operation is Operation.INSTALL and nodes and nothing_to_do:
        detail = "If the scan finds no more, before install and after install do not run; on exit does."
        yield Finding(Severity.INFO, "Nothing was missing at the last scan.", detail)


def _reboot(plan: PatchPlan, nodes: Sequence[ForecastNode]) -> Iterable[Finding]:
    if plan.operation is Operation.SCAN or not nodes:
        return
    if plan.scheduled_reboot is not None:
        detail = "Until then what needs a reboot stays pending. It can be taken back until it begins."
        yield Finding(Severity.INFO, f"Nodes restart {_moment(plan.scheduled_reboot.at)}.", detail)
        return
    if plan.reboot is RebootChoice.NO_REBOOT:
        detail = "Nodes whose patches need a reboot stay non-compliant until they are rebooted and scanned."
        yield Finding(Severity.INFO, "Nothing reboots.", detail)
        return
    lanes = plan.effective_rate.lanes(len(nodes))
    pace = "one at a time" if lanes == 1 else f"at most {lanes} at a time"
    title = "The node may reboot." if len(nodes) == 1 else f"Up to {len(nodes):,} nodes may reboot, {pace}."
    yield Finding(Severity.INFO, title, "A node is away while it restarts; its run goes on afterwards.")


def _moment(at: datetime) -> str:
    return moment_words(at.astimezone(), datetime.now().astimezone())


def _is_older(version: str) -> bool:
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    return bool(numbers) and numbers < _HOOKS_NEED_AGENT


def _names(names: Sequence[str]) -> str:
    return listed(names, _NAMED)


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
