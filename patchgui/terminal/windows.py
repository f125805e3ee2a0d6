"""``patchgui windows``: the maintenance windows that there are, one of them whole, and when they open."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from patchgui.connect import open_session
from patchgui.console.window_words import in_words, moment_of
from patchgui.console.windows import WindowDetails, Windows
from patchgui.place import Place
from patchgui.ssm.shapes import Target
from patchgui.ssm.shapes.base import Shape
from patchgui.ssm.shapes.maintenance_windows import (
    GetMaintenanceWindowTaskResult,
    MaintenanceWindowIdentity,
    ScheduledWindowExecution,
)
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.paint import Paint, pad, paint_for, width

_ROLES = {"SUCCESS": "success", "FAILED": "failed", "TIMED_OUT": "failed", "IN_PROGRESS": "running"}


async def windows(options: Namespace, place: Place) -> int:
    """Do ``patchgui windows list|show|next|edit-task``."""
    if options.verb == "edit-task":
        from patchgui.terminal.edit_task import edit_task

        return await edit_task(options, place)
    async with open_session(place, ask_code) as session:
        match options.verb:
            case "show":
                _show(options, await session.windows.details(options.name))
            case "next":
                _next(options, await session.windows.coming_runs(options.name, options.limit))
            case _:
                await _list(options, session.windows)
    return 0


async def _list(options: Namespace, source: Windows) -> None:
    found = await source.all()
    if options.json:
        _print_json([{**each.to_wire(), "ScheduleInWords": in_words(each)} for each in found])
    else:
        _print(_listed(found, paint_for(sys.stdout)) if found else ["There is no maintenance window."])


def _listed(found: Sequence[MaintenanceWindowIdentity], paint: Paint) -> Iterator[str]:
    columns = max(width(each.name or "") for each in found)
    for each in found:
        state = paint.text("● enabled ", "success") if each.enabled else paint.text("○ disabled", "dim")
        yield f"{paint.text(pad(each.name or '', columns), 'bold')}  {state}  {in_words(each)}"
        if each.next_execution_time:
            yield f"{' ' * columns}  opens next {_both(each.next_execution_time)}"


def _next(options: Namespace, found: Sequence[ScheduledWindowExecution]) -> None:
    if options.json:
        _print_json([each.to_wire() for each in found])
    elif not found:
        who = "The window is disabled, or its schedule is over" if options.name else "No window is enabled"
        _print([f"{who}: none will open."])
    else:
        columns = max(width(each.name or "") for each in found)
        _print(f"{pad(each.name or '', columns)}  {_both(each.execution_time or '')}" for each in found)


def _both(text: str) -> str:
    """Return a moment by the window's own clocks, and by mine where they differ."""
    moment = moment_of(text)
    if moment is None:
        return text
    mine = moment.astimezone()
    own = f"{moment:%a %Y-%m-%d %H:%M} {_offset(moment)}"
    return own if mine.utcoffset() == moment.utcoffset() else f"{own}, here {mine:%a %H:%M} {_offset(mine)}"


def _offset(moment: datetime) -> str:
    return f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:] if moment.utcoffset() else "UTC"


# -- one window whole --------------------------------------------------------------------------------------------------


def _show(options: Namespace, details: WindowDetails) -> None:
    if options.json:
        _print_json(
            {
                **details.window.to_wire(),
                "ScheduleInWords": in_words(details.window),
                "Targets": _wire(details.targets),
                "Tasks": _wire(details.tasks),
                "Executions": _wire(details.executions),
            }
        )
    else:
        _print(_told(details, paint_for(sys.stdout)))


def _told(details: WindowDetails, paint: Paint) -> Iterator[str]:
    window = details.window
    yield f"{paint.text(window.name or '', 'bold')}  {window.window_id}  {'enabled' if window.enabled else 'disabled'}"
    if window.description:
        yield window.description
    yield f"{in_words(window)}  ({window.schedule})"
    yield f"open for {window.duration} h; starts no task in the last {window.cutoff} h"
    if window.next_execution_time:
        yield f"opens next {_both(window.next_execution_time)}"
    yield from _section(
        "Targets", (_target(each.name or each.window_target_id or "", each.targets) for each in details.targets)
    )
    yield from _section("Tasks", (line for task in details.tasks for line in _task(task)))
    yield from _section(
        "Executions",
        (
            f"{paint.text(str(each.status), _ROLES.get(str(each.status), 'plain'))}  "
            f"{each.start_time.astimezone():%Y-%m-%d %H:%M:%S}  {each.status_details or ''}".rstrip()
            for each in details.executions
            if each.start_time
        ),
    )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = [*lines]
    yield ""
    yield f"{title}:" if found else f"{title}: none"
    yield from (f"  {line}" for line in found)


def _target(name: str, targets: Sequence[Target]) -> str:
    return f"{name}: " + "; ".join(f"{each.key} = {', '.join(each.values)}" for each in targets)


def _task(task: GetMaintenanceWindowTaskResult) -> Iterator[str]:
    yield f"{task.priority} {task.name or task.window_task_id}: {task.task_type} {task.task_arn}"
    given = task.task_invocation_parameters
    command = given.run_command if given else None
    for name, values in (command.parameters or {}).items() if command else ():
        yield f"    {name} = {', '.join(values)}"


def _wire(shapes: Sequence[Shape]) -> list[dict[str, Any]]:
    return [each.to_wire() for each in shapes]


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _print_json(told: Any) -> None:
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
