"""What a command says at its end: JSON for programs, a few lines for people."""

import json
import textwrap
from collections.abc import Iterable, Sequence

from patchgui.console.report.members import RUN_SCHEMA, run_members, summary_members
from patchgui.console.rows import RunSummary
from patchgui.patching.fitness import Severity
from patchgui.patching.forecast import Forecast
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.patching.wording import between, counted
from patchgui.terminal.paint import Paint, pad, width
from patchgui.terminal.view import Folded

_MARKS = {Severity.OK: ("✓", "success"), Severity.INFO: ("·", "dim"), Severity.WARNING: ("▲", "warning")}
STATUS_ROLES = {"Success": "success", "Failed": "failed", "TimedOut": "failed", "InProgress": "running"}


def run_json(folded: Folded) -> str:
    """Return a run with its nodes, phases and steps as one JSON object, in the form of ``docs/json.md``."""
    run = folded.run
    if run is None:
        return json.dumps({"schema": RUN_SCHEMA, "run_id": "", "status": folded.status}, indent=2)
    ended = folded.ended
    headline, ended_at = (ended.headline, ended.ended_at) if ended else ("", None)
    told = run_members(run.summary, folded.nodes.values(), folded.status, headline, ended_at)
    return json.dumps(told, indent=2, ensure_ascii=False)


def forecast_lines(forecast: Forecast, paint: Paint, columns: int) -> Iterable[str]:
    """Yield what will happen, before it happens; long findings are folded to the width."""
    platforms = [name if len(forecast.platforms) == 1 else f"{number} {name}" for name, number in forecast.platforms]
    where = f"  {' · '.join([counted(forecast.node_count, 'node'), *platforms])}"
    yield paint.text("What will happen", "bold") + paint.text(where, "dim")
    labels = max((len(line.phase.label) for line in forecast.phases), default=0)
    for number, line in enumerate(forecast.phases, start=1):
        label = pad(line.phase.label, labels)
        yield f"  {paint.text(str(number), 'running')} {label}  {paint.text(line.detail, 'dim')}"
    for finding in forecast.findings:
        glyph, role = _MARKS.get(finding.severity, ("✗", "failed"))
        first, *more = textwrap.wrap(f"{finding.title} {finding.detail}", max(20, columns - 5))
        title, rest = first[: len(finding.title)], first[len(finding.title) :]
        yield f"  {paint.text(f'{glyph} {title}', role)}{paint.text(rest, 'dim')}"
        yield from (paint.text(f"    {each}", "dim") for each in more)


def run_lines(runs: Sequence[RunSummary], paint: Paint) -> Iterable[str]:
    """Yield a table of runs, newest first."""
    head = ("Started", "Run", "Status", "What", "Nodes", "Errors", "Took")
    rows = [
        (
            f"{run.started_at.astimezone():%Y-%m-%d %H:%M}" if run.started_at else "",
            run.run_id,
            run.status,
            run.title + (f" · {counted(len(run.hooks), 'hook')}" if run.hooks else ""),
            f"{run.completed_count}/{run.node_count}",
            str(run.error_count),
            between(run.started_at, run.ended_at),
        )
        for run in runs
    ]
    yield from table_lines(head, rows, paint)


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]], paint: Paint) -> Iterable[str]:
    """Yield the head and a line for each row, as wide as what they hold; the third column is a run's status."""
    widths = [max(width(cells[at]) for cells in (head, *rows)) for at in range(len(head))]
    yield paint.text("  ".join(pad(cell, columns) for cell, columns in zip(head, widths, strict=True)).rstrip(), "bold")
    for row in rows:
        cells = [pad(cell, columns) for cell, columns in zip(row, widths, strict=True)]
        cells[2] = paint.text(cells[2], STATUS_ROLES.get(row[2], "plain"))
        yield "  ".join(cells).rstrip()


def runs_json(runs: Sequence[RunSummary]) -> str:
    """Return the list of runs as JSON."""
    return json.dumps([summary_members(run) for run in runs], indent=2, ensure_ascii=False)


def failing_steps(folded: Folded) -> Iterable[tuple[NodeProgress, PhaseProgress, str]]:
    """Yield the step that failed first on each node: the one whose own words a person wants to read."""
    for node in sorted(folded.nodes.values(), key=lambda node: node.name):
        for phase in node.phases:
            if phase.state not in {PhaseState.FAILED, PhaseState.TIMED_OUT}:
                continue
            step = next((step.name for step in phase.steps if step.status is phase.state), None)
            if step is not None:
                yield node, phase, step
            break
