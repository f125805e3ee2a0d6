"""Writes reports: one file for each run, whole or not at all."""

import asyncio
import json
import re
from enum import StrEnum
from functools import partial
from pathlib import Path

from patchgui.console.report.contents import ReportSource, RunReport, read_report
from patchgui.console.whole_file import write_whole
from patchgui.ssm.errors import StoreFull

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.-]")


class Form(StrEnum):
    """What a report is written as; the value is the ending of its file."""

    HTML = "html"
    CSV = "csv"
    JSON = "json"

    @property
    def label(self) -> str:
        """The words of the choice."""
        return {Form.HTML: "Web page", Form.CSV: "Table for spreadsheets", Form.JSON: "JSON for programs"}[self]


def text_of(report: RunReport, form: Form) -> str:
    """Return a report as it stands in its file. Takes seconds for ten thousand nodes: call it in a thread."""
    if form is Form.HTML:
        from patchgui.console.report.page import html_page

        return html_page(report)
    if form is Form.CSV:
        from patchgui.console.report.table import csv_text

        return csv_text(report)
    from patchgui.console.report.members import report_members

    return f"{json.dumps(report_members(report), indent=2, ensure_ascii=False)}\n"


def file_name(run_id: str, form: Form) -> str:
    """Return what a report's file is called, whatever the run is."""
    return f"patch-run-{_NOT_IN_A_NAME.sub('-', run_id)}.{form.value}"


async def export(source: ReportSource, run_id: str, form: Form, path: Path) -> Path:
    """Write the report of a run; into a folder it goes under a name of its own. Return where it is.

    Raises:
        NotFound: the archive does not have the run.
        StoreFull: it cannot be written; a file that was there is as it was.
    """
    report = await read_report(source, run_id)
    if await asyncio.to_thread(path.is_dir):
        path = path / file_name(run_id, form)
    text = await asyncio.to_thread(partial(text_of, report, form))
    try:
        await asyncio.to_thread(partial(write_whole, path, text))
    except OSError as error:
        raise StoreFull(
            f"The report cannot be written to {path}: {error.strerror}.", hint="Choose another place, or make room."
        ) from error
    return path
