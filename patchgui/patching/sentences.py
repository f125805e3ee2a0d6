"""The sentences of phase truth: what happened to a phase, why, and what that meant for the others."""

from collections.abc import Sequence
from datetime import datetime

from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.progress import TROUBLE, PhaseProgress, PhaseState
from patchgui.patching.step_report import SKIP_REST_FAILURE, Skip, StepReport
from patchgui.patching.wording import between, listed, short_duration

_WORD = {
    PhaseState.FAILED: "failed",
    PhaseState.TIMED_OUT: "timed out",
    PhaseState.CANCELLED: "was cancelled",
}
_UNDELIVERED = {
    "Delivery Timed Out": "The node did not take the command in time. Check that it is online, then run again.",
    "Undeliverable": "The command could not be delivered: the node is not known or does not answer.",
    "Terminated": "Not started: so many other nodes had failed that the run was stopped.",
    "Invalid Platform": "The document does not support the platform of this node.",
    "Access Denied": "The node may not be used by whoever started the run.",
    "Rate Exceeded": "SSM had too many commands for this node. Run again later.",
}
_DETAILS = {name.replace(" ", ""): text for name, text in _UNDELIVERED.items()}


def undelivered(details: str) -> str:
    """Return what a status detail means for a node that never ran anything; empty for other details."""
    return _DETAILS.get(details.replace(" ", ""), "")


def cell(state: PhaseState, main: StepReport | None, started_at: datetime | None, until: datetime | None) -> str:
    """Return the few words of a cell in the matrix; without ``until`` nothing is said of how long it took."""
    match state:
        case PhaseState.SUCCESS | PhaseState.RUNNING | PhaseState.REBOOTING:
            return between(started_at, until)
        case PhaseState.FAILED if main and main.progress.exit_code is not None:
            return f"exit {main.progress.exit_code}"
        case PhaseState.FAILED if main and main.signal:
            return main.signal
        case PhaseState.WAITING:
            return "waits"
        case PhaseState.NOT_APPLICABLE:
            return "does not apply"
    return state.label


def ending(report: StepReport) -> str:
    """Return how a failed step ended: ``exit 4``, ``signal: killed``, or nothing when SSM does not tell."""
    if report.progress.exit_code is not None:
        return f"exit {report.progress.exit_code}"
    return f"signal: {report.signal}" if report.signal else ""


def trouble(phase: Phase, state: PhaseState, main: StepReport, *, goes_on: bool) -> str:
    """Return what went wrong in a phase, with the script's own words."""
    how = ending(main) if state is PhaseState.FAILED else ""
    sentence = f"{phase.label} {_WORD[state]}{': ' + how if how else ''}."
    if main.progress.exit_code == SKIP_REST_FAILURE:
        sentence += " The script ended the run on this node (169)."
    if goes_on:
        sentence += " SSM goes on after a time-out: only a failure stops the run."
    return f"{sentence} {main.said}".strip() if state is PhaseState.FAILED and main.said else sentence


def skipped_because(phase: Phase, cause: StepReport) -> str:
    """Return why a phase was skipped after a failure."""
    what = phase.label if phase is not Phase.STEPS else f"step {cause.spec.name}"
    return f"Skipped because {what} {_WORD[PhaseState.FAILED]}."


def skipped_by_unknown() -> str:
    """Return the sentence for a skip whose cause SSM no longer shows."""
    return "Skipped: an earlier step ended the document."


def not_needed(pipeline: Pipeline, decision: StepReport, *, after_install: bool) -> str:
    """Return why a decision of the document left the rest out (exit 168)."""
    if pipeline.operation == "Scan":
        return "Not needed: a scan only reports what is missing."
    if not pipeline.operation:
        return f"Not needed: step {decision.spec.name} ended the document (168)."
    if after_install and pipeline.reboot_option == "NoReboot":
        return "Not needed: this run does not reboot (Do not reboot)."
    if after_install:
        return "Not needed: nothing that was installed asks for a reboot."
    if (
        pipeline.reboot_option == "NoReboot"
        and "reboot" in decision.said.lower()
        and "none" not in decision.said.lower()
    ):
        return "Not needed: nothing was missing. A pending reboot was not asked for (Do not reboot)."
    return "Not needed: nothing was missing."


def no_hook(phase: Phase) -> str:
    """Return the sentence for a hook phase without a document."""
    return f"No document was chosen for {phase.label.lower()}."


def not_applicable(phase: Phase, operation: str, main: StepReport | None) -> str:
    """Return why a phase is not meant for this node or this operation."""
    if main and main.skip is Skip.PRECONDITION and not main.detail.startswith("Only for") and operation == "Scan":
        return f"Does not apply: {phase.label.lower()} belongs to an install, and this was a scan."
    return f"Does not apply on this node. {main.detail}" if main and main.detail else "Does not apply on this node."


def never_started(phase: Phase, status: str, details: str) -> str:
    """Return why a phase of an ended invocation never started."""
    why = undelivered(details)
    if why:
        return why
    if status == "Cancelled":
        return f"{phase.label} was not started: the run was cancelled."
    if status == "TimedOut":
        return f"{phase.label} was not started: the run's time was up ({details})."
    return f"{phase.label} was not started ({details})."


def away(phase: Phase, since: datetime, now: datetime) -> str:
    """Return how long a node has not been heard of."""
    duration = short_duration((now - since).total_seconds())
    if phase is Phase.REBOOT:
        return f"Rebooting: away for {duration}."
    return f"The node has not answered for {duration}; it may be rebooting."


def away_text(since: datetime, now: datetime) -> str:
    """Return the same for a cell."""
    return f"{short_duration((now - since).total_seconds())} away"


def unknown(phase: Phase, main: StepReport | None) -> str:
    """Return what is known of a phase whose state SSM tells in words that we do not know, or not at all."""
    if main and main.detail and main.progress.status is PhaseState.UNKNOWN:
        return f"SSM reports a status that this release does not know: {main.detail}."
    return f"SSM has not reported how {phase.label.lower()} ended."


def headline(
    status: str, details: str, phases: Sequence[PhaseProgress], away_since: datetime | None, now: datetime
) -> str:
    """Return the one sentence for a node: the first cause, and what it meant for the rest."""
    why = undelivered(details)
    if why:
        return why
    first = next((phase for phase in phases if phase.state in TROUBLE), None)
    if first is not None and (first.started_at is not None or first.state is PhaseState.FAILED):
        return _consequence(first, phases)
    if status == "Cancelled":
        return "Cancelled before anything ran." if not any(p.started_at for p in phases) else "Cancelled."
    if status == "TimedOut":
        return f"The run's time was up ({details})."
    current = next((phase for phase in phases if phase.state in {PhaseState.RUNNING, PhaseState.REBOOTING}), None)
    if away_since is not None and current is not None:
        return away(current.phase, away_since, now)
    if status == "Success" and any(p.reason.startswith("Not needed: nothing was missing") for p in phases):
        return "Nothing was missing, so nothing was installed."
    return ""


def _consequence(first: PhaseProgress, phases: Sequence[PhaseProgress]) -> str:
    ending_words = (
        f": exit {first.exit_code}" if first.exit_code is not None and first.state is PhaseState.FAILED else ""
    )
    sentence = f"{first.phase.label} {_WORD[first.state]}{ending_words}."
    later = phases[phases.index(first) + 1 :]
    if later and first.state is PhaseState.CANCELLED and all(p.state is PhaseState.CANCELLED for p in later):
        return f"{sentence} Nothing after it ran{', on exit neither' if later[-1].phase is Phase.ON_EXIT else ''}."
    skipped = [phase.phase.label for phase in later if phase.state is PhaseState.SKIPPED]
    parts = []
    if skipped:
        names = listed([skipped[0], *(label.lower() for label in skipped[1:])])
        parts.append(f"{names} {'was' if len(skipped) == 1 else 'were'} skipped because of it")
    parts.extend(_on_exit(phase) for phase in later if phase.phase is Phase.ON_EXIT and phase.started_at)
    also = [p for p in later if p.state in TROUBLE and p.started_at and p.phase is not Phase.ON_EXIT]
    parts.extend(f"{p.phase.label.lower()} {_WORD[p.state]} too" for p in also)
    if not parts:
        return sentence
    rest = "; ".join(parts)
    return f"{sentence} {rest[0].upper()}{rest[1:]}."


def _on_exit(phase: PhaseProgress) -> str:
    match phase.state:
        case PhaseState.RUNNING:
            return "on exit is running"
        case PhaseState.SUCCESS:
            return "on exit ran"
    return f"on exit {_WORD.get(phase.state, phase.state.label)}"
