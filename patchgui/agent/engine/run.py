"""A document's run from its content to its result."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from patchgui.agent.engine.cancel import CancelToken
from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.flow import Flow
from patchgui.agent.engine.gate import Decision
from patchgui.agent.engine.output import DiskShare
from patchgui.agent.engine.prepare import Step, prepare
from patchgui.agent.engine.reading import read_document
from patchgui.agent.engine.results import DocumentResult, StepResult
from patchgui.agent.engine.statuses import StepStatus, document_status
from patchgui.agent.engine.step_run import DocumentRun, Place, RawResult
from patchgui.agent.engine.steps import gate_of, run_step
from patchgui.agent.engine.surroundings import Host, Observer, Stream
from patchgui.agent.engine.values import decode

_TO_RUN = frozenset({StepStatus.EMPTY, StepStatus.NOT_STARTED, StepStatus.IN_PROGRESS, StepStatus.SUCCESS_AND_REBOOT})


def run_document(
    content: Mapping[str, Any],
    parameters: Mapping[str, Any],
    host: Host,
    observer: Observer,
    *,
    previous: Sequence[StepResult] = (),
    cancel: CancelToken | None = None,
) -> DocumentResult:
    """Run a document to its end, or to the reboot that a step asks for.

    Args:
        content: The document, as JSON values.
        parameters: The command's parameters, typed as JSON values.
        host: Where it runs.
        observer: Who follows it.
        previous: The results from before a reboot or a crash. A step with a final result is not run again.
        cancel: How to stop it.

    Returns:
        The result of every step that was reached, those of ``previous`` included. A document whose status is
        SuccessAndReboot is to be run again, with its results as ``previous``, when the node is back.
    """
    try:
        steps = prepare(read_document(content), parameters, host)
    except DocumentInvalid as error:
        return DocumentResult(StepStatus.FAILED, parse_error=str(error))
    return _Run(steps, host, observer, previous, cancel).to_end()


class _Run:
    """The top level of a run: what is told to the observer and kept for after a reboot."""

    def __init__(
        self,
        steps: tuple[Step, ...],
        host: Host,
        observer: Observer,
        previous: Sequence[StepResult],
        cancel: CancelToken | None,
    ) -> None:
        self._steps = steps
        self._host = host
        self._observer = observer
        self._cancel = cancel
        self._results = {result.name: result for result in previous}
        self._flow = Flow(steps)
        self._share = DiskShare()

    def to_end(self) -> DocumentResult:
        """Run the steps that are still to run (engine.md §11.4)."""
        for step in self._steps:
            earlier = self._results.get(step.name)
            if earlier is None or earlier.status in _TO_RUN:
                self._run(step)
                if self._results[step.name].status is StepStatus.SUCCESS_AND_REBOOT:
                    break
            elif earlier.status is StepStatus.FAILED:
                self._observer.step_ended(earlier)
            result = self._results[step.name]
            self._flow.ended(step, result.status, result.code)
        results = tuple(self._results[step.name] for step in self._steps if step.name in self._results)
        return DocumentResult(document_status(result.status for result in results), results)

    def _run(self, step: Step) -> None:
        gate = gate_of(step, self._flow, self._host.platform_type)
        document = self._document_run(step)
        started_at = datetime.now(UTC)
        if gate.decision is Decision.RUN and not document.is_cancelled:
            self._observer.step_started(step.name, step.action, started_at)
        result = _cut(step, run_step(step, gate, document), started_at)
        self._results[step.name] = result
        self._observer.step_ended(result)

    def _document_run(self, step: Step) -> DocumentRun:
        def pass_on(stream: Stream, data: bytes) -> None:
            self._observer.step_output(step.name, stream, data)

        place = Place(scripts=self._host.orchestration, outputs=self._host.orchestration)
        return DocumentRun(self._host, place, pass_on, self._share, self._cancel)


def _cut(step: Step, result: RawResult, started_at: datetime) -> StepResult:
    return StepResult(
        name=step.name,
        action=step.action,
        status=result.status,
        code=result.code,
        stdout=decode(result.stdout.shown()),
        stderr=decode(result.stderr.shown()),
        output=decode(result.output),
        error=result.error,
        started_at=started_at,
        ended_at=datetime.now(UTC),
    )
