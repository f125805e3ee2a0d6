"""Running a document's steps one after another: gate, action, aftermath of each (engine.md §3, §6)."""

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.flow import FAILURE_AND_SKIP_REST, SUCCESS_AND_SKIP_REST, Flow, modifier
from patchgui.agent.engine.folders import below
from patchgui.agent.engine.gate import Decision, Gate, decide, skipped_by_flow
from patchgui.agent.engine.output import StepOutput, Text, both
from patchgui.agent.engine.plugins.registry import plugin_for
from patchgui.agent.engine.prepare import Step
from patchgui.agent.engine.reading import JsonFields
from patchgui.agent.engine.statuses import StepStatus, worst
from patchgui.agent.engine.step_run import DocumentRun, RawResult, StepRun, StepState
from patchgui.agent.engine.values import shown

_SUCCESS_SUFFIX = (
    b"\nStep exited with code 168. Therefore, marking step as succeeded. Further document steps will be skipped."
)
_FAILURE_SUFFIX = (
    b"\nStep exited with code 169. Therefore, marking step as Failed. Further document steps will be skipped."
)
_MODIFIER_SUFFIX = b"\nStep was found to have onFailure property. Further document steps will be skipped."


def gate_of(step: Step, flow: Flow, platform_type: str) -> Gate:
    """Return what is done with a step whose turn has come."""
    flow.starts(step)
    return skipped_by_flow(step) if flow.skips(step) else decide(step, platform_type)


def run_nested(steps: tuple[Step, ...], document: DocumentRun) -> dict[str, RawResult]:
    """Run the steps of a nested document; return their results by name, a later one replacing one of the same name."""
    results: dict[str, RawResult] = {}
    flow = Flow(steps)
    for step in steps:
        result = run_step(step, gate_of(step, flow, document.host.platform_type), document)
        flow.ended(step, result.status, result.code)
        results.pop(step.name, None)
        results[step.name] = result
        if result.status is StepStatus.SUCCESS_AND_REBOOT:
            break
    return results


def run_step(step: Step, gate: Gate, document: DocumentRun) -> RawResult:
    """Do with a step what its gate says."""
    if gate.decision is Decision.SKIP:
        return RawResult(StepStatus.SKIPPED, output=gate.reason.encode())
    if gate.decision is Decision.FAIL:
        return RawResult(StepStatus.FAILED, error=gate.reason)
    return _with_suffix(step, _run_action(step, document))


def _run_action(step: Step, document: DocumentRun) -> RawResult:
    if not isinstance(step.inputs, list):
        wrong = _wrong_element(step, step.inputs)
        return _failed(RawResult(StepStatus.EMPTY), wrong) if wrong else _run_element(step, step.inputs, document)
    merged = RawResult(StepStatus.EMPTY)
    for element in step.inputs:
        if wrong := _wrong_element(step, element):
            merged = _merged(_failed(merged, wrong), RawResult(StepStatus.EMPTY))
        else:
            merged = _merged(merged, _run_element(step, element, document))
    return merged


def _wrong_element(step: Step, inputs: object) -> str:
    """Return why an element has no folder for its output, if so."""
    try:
        _output_name(step, inputs)
    except DocumentInvalid as error:
        return f"Invalid format in plugin properties {shown(inputs)};\nerror {error}"
    return ""


def _failed(result: RawResult, text: str) -> RawResult:
    """Return a result with a failure after it, which outranks even a time-out."""
    stderr = result.stderr + b"\n" if result.stderr else result.stderr
    return _result(StepStatus.FAILED, result.code or 1, result.stdout, stderr + text.encode())


def _merged(first: RawResult, second: RawResult) -> RawResult:
    """Return two elements of a list as one result: texts by lines, first code, worst status (engine.md §4.8)."""
    stdout = first.stdout + b"\n" + second.stdout if first.stdout else second.stdout
    stderr = first.stderr + b"\n" + second.stderr if first.stderr else second.stderr
    code = first.code or second.code
    return _result(worst([first.status, second.status]), code, stdout, stderr)


def _run_element(step: Step, inputs: object, document: DocumentRun) -> RawResult:
    folder = below(document.place.outputs, step.action, _output_name(step, inputs))
    with StepOutput(folder, document.on_output, document.share) as output:
        state = StepState(output)
        if document.is_cancelled:
            state.end(StepStatus.CANCELLED, 1)
        else:
            scripts = below(document.place.scripts, step.name)
            plugin_for(step.action)(StepRun(step, inputs, document, scripts, run_nested), state)
    return _result(state.status, state.code, output.stdout.text, output.stderr.text)


def _output_name(step: Step, inputs: object) -> str:
    """Return the name of the folder for a step's output: in schema 1.x, where steps have none, the id in the inputs."""
    if step.name != step.action:
        return step.name
    return JsonFields.of({} if inputs is None else inputs, "inputs", ("id",)).text("id")


def _result(status: StepStatus, code: int, stdout: Text, stderr: Text) -> RawResult:
    # The error text of a 168 would confuse, so the agent leaves all of stderr out (engine.md §5).
    shown_stderr = Text() if code == SUCCESS_AND_SKIP_REST else stderr
    return RawResult(status, code, stdout, stderr, both(stdout, shown_stderr))


def _with_suffix(step: Step, result: RawResult) -> RawResult:
    """Return a result after what its code or the step's onFailure makes of it (engine.md §5, §6.1, §6.2)."""
    on_failure = modifier(step, "onFailure")
    status, code, stdout, stderr = result.status, result.code, result.stdout, result.stderr
    if code == SUCCESS_AND_SKIP_REST:
        status, stdout, stderr = StepStatus.SUCCESS, stdout + _SUCCESS_SUFFIX, Text()
    elif code == FAILURE_AND_SKIP_REST:
        stdout, stderr = stdout + _FAILURE_SUFFIX, stderr + _FAILURE_SUFFIX
    elif status is StepStatus.FAILED and on_failure in {"exit", "successAndExit"}:
        stdout, stderr = stdout + _MODIFIER_SUFFIX, stderr + _MODIFIER_SUFFIX
        if on_failure == "successAndExit":
            status, code = StepStatus.SUCCESS, SUCCESS_AND_SKIP_REST
    return RawResult(status, code, stdout, stderr, result.output)
