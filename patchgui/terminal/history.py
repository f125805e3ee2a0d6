"""``patchgui history``: what the archive knows of runs, on whatever connection they were; asks no endpoint."""

import json
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import Any

from patchgui.connect import archive_file, open_session
from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import ArchivedRun
from patchgui.console.archive.query import parse
from patchgui.console.events import ImportProgress
from patchgui.console.report.contents import read_report
from patchgui.console.report.export import Form, export, text_of
from patchgui.console.report.members import LIST_SCHEMA, archived_members
from patchgui.patching.wording import between, counted
from patchgui.place import Place
from patchgui.ssm.errors import InvalidInput
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.paint import Paint, paint_for
from patchgui.terminal.report import STATUS_ROLES, table_lines

_NODES_NAMED = 20


async def history(options: Namespace, place: Place) -> int:
    """Do ``patchgui history list|show|export|compare|import``."""
    if options.verb == "import":
        return await _import(options, place)
    async with Archive(archive_file(place)) as archive:
        match options.verb:
            case "show":
                await _show(options, archive)
            case "export":
                await _export(options, archive)
            case "compare":
                from patchgui.terminal.comparison import show_comparison

                await show_comparison(options, archive)
            case _:
                await _list(options, archive)
        if archive.notice:
            sys.stderr.write(f"{archive.notice}\n")
    return 0


async def _list(options: Namespace, archive: Archive) -> None:
    page = await archive.search(parse(" ".join(options.words)), options.after, options.limit)
    if options.json:
        runs = [archived_members(run) for run in page.runs]
        _print_json({"schema": LIST_SCHEMA, "runs": runs, "cursor": page.cursor, "total": page.total})
        return
    if not page.runs:
        _print(["No archived run matches." if options.words else "No run is archived yet. Every run from now on is."])
        return
    _print(_listed(page.runs, paint_for(sys.stdout)))
    if page.cursor:
        _print(["", f"There are more: give --after {page.cursor} for the next ones."])


def _listed(runs: Sequence[ArchivedRun], paint: Paint) -> Iterable[str]:
    head = ("Started", "Run", "Status", "Where", "What", "Nodes", "Failed", "Took")
    rows = [
        (
            f"{run.summary.started_at.astimezone():%Y-%m-%d %H:%M}" if run.summary.started_at else "",
            run.run_id,
            run.summary.status,
            run.origin.connection.label,
            run.summary.title,
            f"{run.summary.node_count:,}",
            f"{run.failed_count:,}" if run.failed_count else "",
            between(run.summary.started_at, run.summary.ended_at),
        )
        for run in runs
    ]
    told, *lines = table_lines(head, rows, paint)
    yield told
    for run, line in zip(runs, lines, strict=True):
        yield line
        if run.hit is not None and run.hit.snippet:
            where = " · ".join(filter(None, (run.hit.node, run.hit.step)))
            yield paint.text(f"    {where}: {run.hit.snippet}", "dim")


async def _show(options: Namespace, archive: Archive) -> None:
    report = await read_report(archive, options.run_id)
    if options.json:
        sys.stdout.write(text_of(report, Form.JSON))
        return
    paint, run = paint_for(sys.stdout), report.run
    _print([paint.text(run.summary.title, "bold"), *_facts(run)])
    columns = shutil.get_terminal_size().columns
    for group in report.failures:
        names = ", ".join(name for _, name in group.nodes[:_NODES_NAMED])
        _print(["", paint.text(f"✗ {counted(len(group.nodes), 'node')}: {group.place}", "failed", "bold")])
        told = [group.line or "", f"{group.cause.title}. {group.cause.why} {group.cause.next}" if group.cause else ""]
        _print(f"  {line}" for text in (*told, names) for line in textwrap.wrap(text, max(30, columns - 4)))
    if run.headline:
        role = STATUS_ROLES.get(run.summary.status, "plain")
        _print(["", *(paint.text(line, role, "bold") for line in textwrap.wrap(run.headline, columns))])


def _facts(run: ArchivedRun) -> Iterable[str]:
    summary, origin = run.summary, run.origin
    facts = (
        ("run", run.run_id),
        ("status", f"{summary.status}{'' if run.is_whole else ' (not everything is archived yet)'}"),
        ("where", origin.where),
        ("by", origin.who),
        ("started", f"{summary.started_at.astimezone():%Y-%m-%d %H:%M:%S}" if summary.started_at else ""),
        ("took", between(summary.started_at, summary.ended_at)),
        ("document", summary.document),
        *((phase.label.lower(), document) for phase, document in summary.hooks),
        ("nodes", f"{summary.node_count:,}, {run.failed_count:,} did not succeed"),
        ("retry of", run.retry_of),
        ("comment", run.comment),
    )
    return [f"  {name:14} {value}" for name, value in facts if value]


async def _export(options: Namespace, archive: Archive) -> None:
    form = _form(options)
    if options.to is None:
        for run_id in options.run_ids:
            sys.stdout.write(text_of(await read_report(archive, run_id), form))
        return
    if len(options.run_ids) > 1 and not options.to.is_dir():
        raise InvalidInput(f"{options.to} is no folder.", hint="Several runs go into a folder, each in its own file.")
    for run_id in options.run_ids:
        _print([str(await export(archive, run_id, form, options.to))])


def _form(options: Namespace) -> Form:
    if options.form:
        return Form(options.form)
    ending = options.to.suffix.removeprefix(".").lower() if options.to is not None else ""
    return Form(ending) if ending in set(Form) else Form.HTML


async def _import(options: Namespace, place: Place) -> int:
    async with open_session(place, ask_code) as session:
        is_shown = sys.stderr.isatty() and not options.json
        count = 0

        def tell(progress: ImportProgress) -> None:
            nonlocal count
            count = progress.total
            if is_shown:
                sys.stderr.write(f"\rImporting {progress.done:,} of {counted(progress.total, 'run')} …")
                sys.stderr.flush()

        await session.import_runs(tell)
        if is_shown and count:
            sys.stderr.write("\n")
    if options.json:
        _print_json({"imported": count})
    else:
        _print(
            [f"{counted(count, 'run')} imported." if count else "The archive has everything that is remembered there."]
        )
    return 0


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _print_json(members: Any) -> None:
    _print([json.dumps(members, indent=2, ensure_ascii=False)])
