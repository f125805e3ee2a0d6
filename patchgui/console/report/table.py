"""A run as CSV: one line for each phase of each node, for spreadsheets and scripts."""

import csv
import io
from collections.abc import Iterator

from patchgui.console.report.contents import RunReport
from patchgui.console.report.members import iso
from patchgui.patching.progress import NodeProgress

COLUMNS = (
    *("run_id", "connection", "instance_id", "name", "platform", "node_status", "phase", "state"),
    *("exit_code", "document", "started_at", "ended_at", "seconds", "reason"),
)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(report: RunReport) -> str:
    """Return the table with its head. What a spreadsheet would take for a formula gets an apostrophe before it."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    for node in sorted(report.view.nodes, key=lambda node: (node.name, node.instance_id)):
        writer.writerows([_harmless(cell) for cell in line] for line in _lines(report, node))
    return page.getvalue()


def _lines(report: RunReport, node: NodeProgress) -> Iterator[list[str]]:
    run = report.run
    head = [run.run_id, run.origin.connection.label, node.instance_id, node.name]
    head += [report.view.platforms.get(node.instance_id, ""), node.status]
    for phase in node.phases:
        started_at, ended_at = phase.started_at, phase.ended_at
        seconds = f"{(ended_at - started_at).total_seconds():.3f}" if started_at and ended_at else ""
        code = "" if phase.exit_code is None else str(phase.exit_code)
        yield [
            *(*head, phase.phase.value, phase.state.value, code, phase.document or ""),
            *(iso(started_at) or "", iso(ended_at) or "", seconds, phase.reason),
        ]
    if not node.phases:
        yield [*head, *[""] * (len(COLUMNS) - len(head) - 1), node.headline]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
