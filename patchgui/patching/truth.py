"""Phase truth: what a node's phases really did, where SSM only says Success (docs/engine.md §13)."""

from collections.abc import Sequence
from datetime import datetime

from patchgui.patching import sentences
from patchgui.patching.document_steps import StepKind, StepSpec
from patchgui.patching.phases import HOOK_PHASES, Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import TROUBLE, NodeProgress, PhaseProgress, PhaseState, StepProgress
from patchgui.patching.step_report import Skip, StepReport, read_report
from patchgui.ssm.shapes import CommandInvocation, CommandPlugin, InstanceInformation

FINAL_STATUSES = frozenset({"Success", "Failed", "TimedOut", "Cancelled"})
"""Invocation statuses after which nothing more comes (service model)."""


def node_progress(
    pipeline: Pipeline,
    invocation: CommandInvocation,
    info: InstanceInformation | None,
    now: datetime,
    *,
    name: str = "",
) -> NodeProgress:
    """Return where one node truly stands.

    ``info`` tells whether the node answers at all (None: not known); ``name`` is shown instead of the node's id.
    """
    plugins = {plugin.name or "": plugin for plugin in _reported(invocation)}
    reports = {spec.name: read_report(spec, plugins.get(spec.name)) for spec in _specs(pipeline, plugins)}
    return _Node(pipeline, invocation, info, now, reports).progress(name)


def _reported(invocation: CommandInvocation) -> Sequence[CommandPlugin]:
    """Return what SSM reports of the steps; what never reached a node failed there in no step, though SSM says so."""
    plugins = invocation.command_plugins or ()
    if sentences.undelivered(invocation.status_details or ""):
        return [plugin for plugin in plugins if plugin.response_start_date_time is not None]
    return plugins


def _specs(pipeline: Pipeline, plugins: dict[str, CommandPlugin]) -> tuple[StepSpec, ...]:
    """Return the document's steps; for a document that could not be read, the steps that SSM reports."""
    if pipeline.steps:
        return pipeline.steps
    names = [step for spec in pipeline.phases for step in spec.steps] or list(plugins)
    return tuple(StepSpec(step, StepKind.SCRIPT) for step in names)


class _Node:
    """One node at one moment: shared by the functions that judge its phases."""

    def __init__(
        self,
        pipeline: Pipeline,
        invocation: CommandInvocation,
        info: InstanceInformation | None,
        now: datetime,
        reports: dict[str, StepReport],
    ) -> None:
        self.pipeline = pipeline
        self.invocation = invocation
        self.now = now
        self.reports = reports
        self.in_order = list(reports.values())
        self.status = str(invocation.status or "")
        self.details = invocation.status_details or self.status
        self.is_final = self.status in FINAL_STATUSES
        away_since = _away_since(info, invocation) if self.status == "InProgress" else None
        self.away_since = None if away_since and self._has_spoken_since(away_since) else away_since

    def _has_spoken_since(self, moment: datetime) -> bool:
        """Whether a step that does not reboot has begun later: a ping may be older than what the node reports."""
        rebooting = {step for spec in self.pipeline.phases if spec.phase is Phase.REBOOT for step in spec.steps}
        return any(
            report.progress.started_at is not None and report.progress.started_at > moment
            for name, report in self.reports.items()
            if name not in rebooting and report.progress.status is PhaseState.RUNNING
        )

    def progress(self, name: str) -> NodeProgress:
        phases = tuple(self._phase(spec) for spec in self._phase_specs())
        started = [phase.started_at for phase in phases if phase.started_at]
        ended = [phase.ended_at for phase in phases if phase.ended_at]
        return NodeProgress(
            instance_id=self.invocation.instance_id or "",
            name=name or self.invocation.instance_name or self.invocation.instance_id or "",
            status=self.status,
            status_details=self.details,
            phases=phases,
            headline=sentences.headline(self.status, self.details, phases, self.away_since, self.now),
            away_since=self.away_since,
            is_final=self.is_final,
            started_at=min(started, default=None),
            ended_at=max(ended, default=None) if self.is_final else None,
        )

    def _phase_specs(self) -> tuple[PhaseSpec, ...]:
        specs = self.pipeline.phases
        if len(specs) == 1 and not specs[0].steps:
            return (PhaseSpec(specs[0].phase, tuple(self.reports)),)
        return specs

    def _phase(self, spec: PhaseSpec) -> PhaseProgress:
        reports = [self.reports[step] for step in spec.steps if step in self.reports]
        state = self._state(spec, reports)
        cause = self._main(reports, state)
        reason, state = self._reason(spec, state, cause)
        started_at = min((r.progress.started_at for r in reports if r.progress.started_at), default=None)
        ended_at = max((r.progress.ended_at for r in reports if r.progress.ended_at), default=None)
        ended_at = ended_at if state.is_final else None
        ran = state in TROUBLE | {PhaseState.SUCCESS}
        exit_code = cause.progress.exit_code if cause and ran else None
        return PhaseProgress(
            phase=spec.phase,
            state=state,
            text=self._text(spec, state, cause, started_at, ended_at),
            reason=reason,
            exit_code=exit_code,
            started_at=started_at,
            ended_at=ended_at,
            steps=tuple(self._step(report) for report in reports),
            document=spec.document,
            said=_said(cause) if cause and state in TROUBLE else "",
        )

    def _state(self, spec: PhaseSpec, reports: Sequence[StepReport]) -> PhaseState:
        """Merge the steps of a phase: trouble first, then what moves, then what the phase's main step says."""
        states = [
            report.progress.status for report in reports if report.progress.status is not PhaseState.NOT_APPLICABLE
        ]
        if not states:
            return PhaseState.NOT_APPLICABLE if reports else PhaseState.UNKNOWN
        for trouble in (PhaseState.FAILED, PhaseState.TIMED_OUT, PhaseState.CANCELLED):
            if trouble in states:
                return trouble
        if PhaseState.RUNNING in states:
            return PhaseState.REBOOTING if self.away_since and spec.phase is Phase.REBOOT else PhaseState.RUNNING
        if PhaseState.UNKNOWN in states:
            return PhaseState.UNKNOWN
        if PhaseState.WAITING in states:
            return self._unfinished(states)
        main = self._main(reports, PhaseState.SUCCESS)
        return main.progress.status if main else PhaseState.SUCCESS

    def _unfinished(self, states: Sequence[PhaseState]) -> PhaseState:
        """Judge a phase with a step that SSM has not reported: between two steps, or never to come."""
        if self.is_final:
            started = any(state is PhaseState.SUCCESS for state in states)
            if self.status == "Cancelled":
                return PhaseState.CANCELLED
            return PhaseState.UNKNOWN if started or self.status == "Success" else PhaseState.SKIPPED
        return PhaseState.WAITING if set(states) == {PhaseState.WAITING} else PhaseState.RUNNING

    @staticmethod
    def _main(reports: Sequence[StepReport], state: PhaseState) -> StepReport | None:
        """Return the step that speaks for a phase: the one in that state, else the last that is not a mere script."""
        applicable = [report for report in reports if report.progress.status is not PhaseState.NOT_APPLICABLE]
        if state in TROUBLE:
            return next((report for report in applicable if report.progress.status is state), None)
        working = [report for report in applicable if report.spec.kind is not StepKind.SCRIPT]
        choice = working or applicable or list(reports)
        return choice[-1] if choice else None

    def _reason(self, spec: PhaseSpec, state: PhaseState, main: StepReport | None) -> tuple[str, PhaseState]:
        """Return the sentence for a phase, and its state told more precisely once the cause is known."""
        has_no_hook = spec.phase in HOOK_PHASES and spec.document is None
        untouched = state is PhaseState.CANCELLED and (main is None or main.progress.started_at is None)
        if (
            has_no_hook
            and (untouched or state not in TROUBLE)
            and not (state is PhaseState.SKIPPED and spec.phase is Phase.ON_EXIT)
        ):
            return sentences.no_hook(spec.phase), PhaseState.NOT_NEEDED
        match state:
            case PhaseState.SKIPPED if main and main.skip is Skip.EXIT:
                return self._why_skipped(main)
            case PhaseState.SKIPPED | PhaseState.CANCELLED if main is None or main.progress.started_at is None:
                return sentences.never_started(spec.phase, self.status, self.details), state
            case PhaseState.NOT_APPLICABLE:
                return sentences.not_applicable(spec.phase, self.pipeline.operation, main), state
            case PhaseState.FAILED | PhaseState.TIMED_OUT | PhaseState.CANCELLED if main:
                goes_on = state is PhaseState.TIMED_OUT and self._went_on_after(main)
                return sentences.trouble(spec.phase, state, main, goes_on=goes_on), state
            case PhaseState.REBOOTING | PhaseState.RUNNING if self.away_since:
                return sentences.away(spec.phase, self.away_since, self.now), state
            case PhaseState.UNKNOWN:
                return sentences.unknown(spec.phase, main), state
        return "", state

    def _why_skipped(self, skipped: StepReport) -> tuple[str, PhaseState]:
        """Find the step whose end skipped this one: a failure, or a decision that the rest is not needed."""
        position = self.in_order.index(skipped)
        for report in reversed(self.in_order[:position]):
            phase = self.pipeline.phase_of(report.spec.name) or Phase.STEPS
            if report.progress.status is PhaseState.FAILED:
                return sentences.skipped_because(phase, report), PhaseState.SKIPPED
            if report.skips_rest_as_success:
                has_installed = any(
                    r.spec.kind is StepKind.INSTALL for r in self.in_order[:position] if r is not skipped
                )
                installed = has_installed and self._ran(StepKind.INSTALL)
                return sentences.not_needed(self.pipeline, report, after_install=installed), PhaseState.NOT_NEEDED
        return sentences.skipped_by_unknown(), PhaseState.SKIPPED

    def _ran(self, kind: StepKind) -> bool:
        return any(r.spec.kind is kind and r.progress.started_at for r in self.in_order if r.skip is Skip.NO)

    def _went_on_after(self, report: StepReport) -> bool:
        later = self.in_order[self.in_order.index(report) + 1 :]
        return any(r.skip is Skip.NO and not r.spec.is_finally for r in later if r.progress.started_at)

    def _text(
        self,
        spec: PhaseSpec,
        state: PhaseState,
        main: StepReport | None,
        started_at: datetime | None,
        ended_at: datetime | None,
    ) -> str:
        if state in {PhaseState.RUNNING, PhaseState.REBOOTING} and self.away_since:
            return sentences.away_text(self.away_since, self.now)
        if state is PhaseState.NOT_NEEDED and spec.phase in HOOK_PHASES and spec.document is None:
            return "no hook"
        # What has ended is told the same whenever it is looked at.
        return sentences.cell(state, main, started_at, ended_at or (None if self.is_final else self.now))

    def _step(self, report: StepReport) -> StepProgress:
        """Return a step as a person reads it: what was decided is not needed, what never came was skipped."""
        step = report.progress
        if report.skip is Skip.EXIT:
            reason, state = self._why_skipped(report)
            return StepProgress(step.name, state, skipped_reason=reason)
        if step.status is PhaseState.WAITING and self.is_final:
            state = self._unfinished([PhaseState.WAITING])
            return StepProgress(step.name, state, skipped_reason=f"Not started: {self.details}.")
        return step


def _said(cause: StepReport) -> str | None:
    """Return the line that a step failed with; None where SSM shows too little of its output to tell."""
    return None if cause.is_cut else cause.said


def _away_since(info: InstanceInformation | None, invocation: CommandInvocation) -> datetime | None:
    """Return when a node that does not answer was last heard; None while it answers or nothing is known of it."""
    if info is None or str(info.ping_status or "") in {"", "Online"}:
        return None
    return info.last_ping_date_time or invocation.requested_date_time
