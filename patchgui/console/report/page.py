"""A run as one page that opens anywhere: no script, no request, pictures inside, made for paper too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from patchgui import __version__, resource
from patchgui.console.improvement import Difference, NodeImprovement, improvement
from patchgui.console.report import pictures
from patchgui.console.report.contents import ALL_OUTPUTS_UP_TO, RunReport
from patchgui.console.rows import StepOutput
from patchgui.patching.escapes import without_escapes
from patchgui.patching.node_state import BAD, node_state
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.patching.wording import between, counted

_GLYPHS = {
    PhaseState.SUCCESS: "✓",
    PhaseState.FAILED: "✗",
    PhaseState.TIMED_OUT: "✗",
    PhaseState.CANCELLED: "⊘",
    PhaseState.SKIPPED: "⤼",
    PhaseState.NOT_NEEDED: "–",
    PhaseState.NOT_APPLICABLE: "–",
    PhaseState.REBOOTING: "↻",
    PhaseState.RUNNING: "◐",
    PhaseState.WAITING: "·",
    PhaseState.UNKNOWN: "?",
}
_MOST_NODES_NAMED = 12
_MOST_COMMANDS_IN_HEAD = 3
"""A run of 10,000 nodes is 200 commands: more than these fold up."""
_CONTROLS = dict.fromkeys(code for code in range(32) if code not in (9, 10))


@dataclass(frozen=True, slots=True)
class Cell:
    """One phase of one node in the table."""

    state: str
    glyph: str
    text: str
    says: str


@dataclass(frozen=True, slots=True)
class Told:
    """One step of one node with what it wrote."""

    phase: str
    name: str
    state: str
    glyph: str
    words: str
    stdout: str
    stderr: str
    note: str


@dataclass(frozen=True, slots=True)
class NodePart:
    """One node: a line of the table, and below it, where there is more to tell, its steps."""

    instance_id: str
    name: str
    platform: str
    state: str
    glyph: str
    word: str
    headline: str
    took: str
    cells: tuple[Cell, ...]
    steps: tuple[Told, ...]
    is_bad: bool


@dataclass(frozen=True, slots=True)
class ChangePart:
    """One node's patches before and after."""

    name: str
    numbers: tuple[tuple[str, str, str], ...]
    """Before, after and the change, of each column."""
    outcome: str
    note: str


def html_page(report: RunReport) -> str:
    """Return the page, complete with its styles and pictures; times are those of this machine's clock."""
    return _template().render(_contents(report))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(resource.folder() / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = counted
    environment.filters["moment"] = _moment
    return environment.get_template("run.html")


def _contents(report: RunReport) -> dict[str, Any]:
    run, view = report.run, report.view
    nodes = sorted(view.nodes, key=lambda node: (node_state(node) not in BAD, node.name, node.instance_id))
    names = {node.instance_id: node.name for node in nodes}
    changed = improvement(names, report.patch_states, run.summary.ended_at)
    return {
        "run": run,
        "summary": run.summary,
        "state": _state_of(run.summary.status),
        "took": between(run.summary.started_at, run.summary.ended_at),
        "facts": [(name, value) for name, value in _facts(report) if value],
        "folded_commands": run.summary.command_ids if len(run.summary.command_ids) > _MOST_COMMANDS_IN_HEAD else (),
        "phases": [_phase_part(report, number) for number in range(len(view.pipeline.phases))],
        "timeline": pictures.timeline(view),
        "row": pictures.ROW,
        "axis": pictures.WIDTH,
        "failures": report.failures,
        "most_named": _MOST_NODES_NAMED,
        "changes": [_change(node) for node in changed.nodes] if report.patch_states else [],
        "sums": tuple(map(_numbers, changed.sums)),
        "compared": changed.compared,
        "columns": _COLUMNS,
        "nodes": [_node_part(report, node) for node in nodes],
        "node_count": len(nodes),
        "all_outputs": len(nodes) <= ALL_OUTPUTS_UP_TO,
        "left_out": report.left_out,
        "made_at": report.made_at,
        "version": __version__,
    }


def _facts(report: RunReport) -> Iterable[tuple[str, str]]:
    run, summary = report.run, report.run.summary
    origin = run.origin
    yield "Connection", origin.where
    yield "Started by", origin.who
    yield "Started", _moment(summary.started_at)
    yield "Ended", _moment(summary.ended_at)
    yield "Document", summary.document
    yield "Operation", summary.operation
    yield "Reboot", summary.reboot
    for phase, document in summary.hooks:
        yield phase.label, document
    yield "Comment", run.comment
    yield "Tries again", run.retry_of
    yield "Run", summary.run_id
    if len(summary.command_ids) <= _MOST_COMMANDS_IN_HEAD:
        yield "Commands", ", ".join(summary.command_ids)


def _phase_part(report: RunReport, number: int) -> dict[str, Any]:
    spec = report.view.pipeline.phases[number]
    tally: dict[PhaseState, int] = {}
    for node in report.view.nodes:
        if number < len(node.phases):
            state = node.phases[number].state
            tally[state] = tally.get(state, 0) + 1
    ordered = [(state, tally[state]) for state in _GLYPHS if state in tally]
    counts = [(state.value, _GLYPHS[state], f"{count:,}", state.label) for state, count in ordered]
    worst = next((state for state in (*BAD, PhaseState.SUCCESS) if state in tally), PhaseState.SKIPPED)
    return {"label": spec.phase.label, "document": spec.document or "", "counts": counts, "state": worst.value}


def _node_part(report: RunReport, node: NodeProgress) -> NodePart:
    state = node_state(node)
    return NodePart(
        instance_id=node.instance_id,
        name=node.name or node.instance_id,
        platform=report.view.platforms.get(node.instance_id, ""),
        state=state.value,
        glyph=_GLYPHS[state],
        word=state.label,
        headline=node.headline,
        took=between(node.started_at, node.ended_at),
        cells=tuple(_cell(phase) for phase in node.phases),
        steps=tuple(_steps(report, node)),
        is_bad=state in BAD,
    )


def _cell(phase: PhaseProgress) -> Cell:
    return Cell(phase.state.value, _GLYPHS[phase.state], phase.text or phase.state.label, phase.reason)


def _steps(report: RunReport, node: NodeProgress) -> Iterable[Told]:
    for phase in node.phases:
        for step in phase.steps:
            output = report.outputs.get((node.instance_id, step.name))
            if output is None or not (output.stdout or output.stderr or step.status in BAD):
                continue
            code = f"exit {step.exit_code}" if step.exit_code is not None else ""
            words = " · ".join(filter(None, (step.status.label, code, between(step.started_at, step.ended_at))))
            yield Told(
                phase=phase.phase.label,
                name=step.name,
                state=step.status.value,
                glyph=_GLYPHS[step.status],
                words=words,
                stdout=_readable(output.stdout),
                stderr=_readable(output.stderr),
                note=_note(output),
            )


def _note(output: StepOutput) -> str:
    return output.note or ("The output was cut: no more of it is kept." if output.is_cut else "")


def _readable(text: str) -> str:
    """Return output as a page shows it: no colours, no control characters, what a bar of progress ended with."""
    lines = without_escapes(text.replace("\r\n", "\n")).split("\n")
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines).translate(_CONTROLS).strip("\n")


# -- patches before and after ----------------------------------------------------------------------------------------

_COLUMNS = ("Missing", "Security", "Installed", "Waits for a reboot", "Failed")
"""In the order of ``improvement.COUNTS``."""


def _change(node: NodeImprovement) -> ChangePart:
    return ChangePart(node.name, tuple(map(_numbers, node.numbers)), node.outcome.value, node.note)


def _numbers(difference: Difference) -> tuple[str, str, str]:
    change = f"{difference.change:+,}" if difference.change else ""
    return (_number(difference.before), _number(difference.after), change.replace("-", "−"))


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _state_of(status: str) -> str:
    states = {"Success": PhaseState.SUCCESS, "TimedOut": PhaseState.TIMED_OUT, "Cancelled": PhaseState.CANCELLED}
    return states.get(status, PhaseState.FAILED if status == "Failed" else PhaseState.RUNNING).value


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone()
    utc = "" if local.utcoffset() == UTC.utcoffset(None) else f" ({moment.astimezone(UTC):%H:%M:%S} UTC)"
    return f"{local:%Y-%m-%d %H:%M:%S %Z}{utc}"
