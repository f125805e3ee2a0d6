"""``patchgui run``, ``watch`` and ``cancel``: from what was typed to a run, and back to an exit status."""

import asyncio
import shlex
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from patchgui.connect import archive_file, open_session
from patchgui.console.archive.archive import Archive
from patchgui.console.archive.archived_runs import ArchivedRuns
from patchgui.console.connection import THIS_MACHINE, Connection
from patchgui.console.rows import NodeRow, RunRecord
from patchgui.console.session import ConsoleSession
from patchgui.patching.extras import Extras
from patchgui.patching.moment import moment_of
from patchgui.patching.own_words import own_words
from patchgui.patching.plan import Hooks, Operation, PatchPlan, RebootChoice
from patchgui.patching.rate import RateControl, automatic
from patchgui.patching.scheduled_reboot import ScheduledReboot
from patchgui.patching.wording import listed
from patchgui.place import Place
from patchgui.ssm.errors import InvalidInput, NotFound, PatchError
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.following import Ending, Followed, follow
from patchgui.terminal.guard import pass_guard
from patchgui.terminal.paint import paint_for
from patchgui.terminal.report import failing_steps, forecast_lines, run_json
from patchgui.terminal.view import Folded, view_for

if TYPE_CHECKING:
    from patchgui.patching.forecast import Forecast

_Model = TypeVar("_Model", bound=BaseModel)

SUCCESS, NOT_SUCCESS, REFUSED, DETACHED = 0, 1, 2, 130
_WORDS_LINES = 6
_SEAL_S = 30.0
"""So long at most a command waits at its end until its run is archived whole."""


async def run(options: Namespace, place: Place) -> int:
    """Do ``patchgui run``. Raises ``PatchError`` where nothing could be started."""
    async with open_session(place, ask_code) as session:
        if options.reset_sandbox:
            await reset(session, is_quiet=options.json)
        plan = await _plan(session, options)
        forecast = await session.forecast(plan)
        if not options.json:
            _print(forecast_lines(forecast, paint_for(sys.stdout), shutil.get_terminal_size().columns))
            _print([""])
        if forecast.blocked:
            raise _blocked(forecast)
        if plan.operation is Operation.INSTALL:
            await pass_guard(session.connection, options.confirm, may_ask=not options.json)
        record = await session.launch(plan, _tell)
        return await _follow_here(session, record, is_json=options.json)


async def watch(options: Namespace, place: Place) -> int:
    """Do ``patchgui watch``: follow a run that was started before, here or elsewhere, or show it from the archive."""
    async with Archive(archive_file(place)) as archive:
        connection = await archived_on(archive, options.run_id)
        if connection is not None:
            return await _follow(ArchivedRuns(archive), connection, options.run_id, is_json=options.json)
    async with open_session(place, ask_code) as session:
        return await _follow_here(session, options.run_id, is_json=options.json)


async def archived_on(archive: Archive, run_id: str) -> Connection | None:
    """Return the connection of a run of which everything is archived; None for any other run."""
    try:
        run = await archive.run(run_id)
    except PatchError:
        return None
    return run.origin.connection if run.is_whole else None


async def cancel(options: Namespace, place: Place) -> int:
    """Do ``patchgui cancel``."""
    async with open_session(place, ask_code) as session:
        await session.cancel(options.run_id)
    _print(
        [
            f"Run {options.run_id} is being cancelled.",
            "A hook or install that runs now goes on to its end; nothing starts after it, on exit neither.",
        ]
    )
    return SUCCESS


async def reset(session: ConsoleSession, *, is_quiet: bool = False) -> None:
    """Reset the sandbox and say so."""
    await session.reset_sandbox()
    if not is_quiet:
        _print([paint_for(sys.stdout).text("The sandbox nodes are back in their unpatched state.", "dim")])


async def _follow_here(session: ConsoleSession, record: RunRecord | str, *, is_json: bool) -> int:
    run_id = record if isinstance(record, str) else record.run_id
    if not isinstance(record, str) and record.trouble:
        sys.stderr.write(f"{record.trouble}\n")
    status = await _follow(session, session.connection, run_id, is_json=is_json)
    with suppress(PatchError, TimeoutError):
        # Whatever does not get into the archive now is imported by whoever comes next.
        async with asyncio.timeout(_SEAL_S):
            await session.seal_archive()
    return status


async def _follow(runs: Followed, connection: Connection, run_id: str, *, is_json: bool) -> int:
    folded = Folded()
    view = None if is_json else view_for(sys.stdout, connection.label, folded)
    ending = await follow(runs, run_id, folded, view)
    if is_json:
        _print([run_json(folded)])
    elif ending is Ending.ENDED:
        await _last_words(runs, run_id, folded)
    if folded.not_archived is not None:
        sys.stderr.write(f"{folded.not_archived.text} {folded.not_archived.hint}\n")
    if ending is Ending.DETACHED:
        again = f"patchgui watch {run_id}{where_words(connection)}"
        sys.stderr.write(f"\nDetached: the run goes on. Follow it again with: {again}\n")
        return DETACHED
    return SUCCESS if folded.status == "Success" else NOT_SUCCESS


def where_words(connection: Connection) -> str:
    """Return the options that lead to a connection again, for a command line; none for the sandbox."""
    if connection.is_builtin:
        return " --local this-machine" if connection.id == THIS_MACHINE.id else ""
    given = {"profile": connection.profile, "region": connection.region, "endpoint-url": connection.endpoint_url}
    return "".join(f" --{name} {shlex.quote(value)}" for name, value in given.items() if value)


async def _last_words(runs: Followed, run_id: str, folded: Folded) -> None:
    """Print how it ended, and of each failure what the script itself said last."""
    paint = paint_for(sys.stdout)
    for node, phase, step in failing_steps(folded):
        _print(["", paint.text(f"{node.name} · {phase.phase.label} · {step}", "bold")])
        try:
            output = await runs.output(run_id, node.instance_id, step)
        except PatchError as error:
            _print([f"  its output cannot be had: {error}"])
            continue
        said = [("plain", line) for line in own_words(output.stdout)]
        said += [("failed", line) for line in own_words(output.stderr)]
        _print(f"  {paint.text(line, role)}" for role, line in said[-_WORDS_LINES:])
    role, glyph = ("success", "✓") if folded.status == "Success" else ("failed", "✗")
    headline = folded.ended.headline if folded.ended else ""
    columns = shutil.get_terminal_size().columns
    _print(["", *(paint.text(line, role, "bold") for line in textwrap.wrap(f"{glyph} {headline}", columns))])


async def _plan(session: ConsoleSession, options: Namespace) -> PatchPlan:
    ids, targets, count = await _who(session, options)
    rate = None
    if options.max_concurrency or options.max_errors:
        usual = automatic(len(ids) or count, options.operation)
        rate = _checked(
            RateControl,
            max_concurrency=options.max_concurrency or usual.max_concurrency,
            max_errors=options.max_errors or usual.max_errors,
        )
    put_off = _put_off(options)
    return _checked(
        PatchPlan,
        instance_ids=ids,
        targets=targets,
        target_count=count,
        operation=Operation(options.operation),
        reboot=RebootChoice.NO_REBOOT if put_off else RebootChoice(options.reboot),
        scheduled_reboot=put_off,
        extras=_checked(
            Extras,
            s3_bucket=options.s3_bucket,
            s3_prefix=options.s3_prefix,
            to_cloudwatch=options.log_group is not None,
            log_group=options.log_group or "",
            topic_arn=options.topic,
            service_role_arn=options.topic_role,
        ),
        hooks=_checked(
            Hooks,
            before_install=options.before_install,
            after_install=options.after_install,
            on_exit=options.on_exit,
        ),
        rate=rate,
        delivery_timeout_s=options.delivery_timeout_s,
    )


def _put_off(options: Namespace) -> ScheduledReboot | None:
    if options.reboot_at is None:
        if options.after_reboot:
            raise InvalidInput("--after-reboot goes with --reboot-at.", hint="After an install: --after-install.")
        return None
    moment = moment_of(options.reboot_at, datetime.now().astimezone())
    if moment is None:
        raise InvalidInput(
            f"“{options.reboot_at}” is no time to come.", hint="Write 03:00, or '2026-11-27 03:00', in your own time."
        )
    return ScheduledReboot(at=moment, after=options.after_reboot)


async def _who(
    session: ConsoleSession, options: Namespace
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...], int]:
    if options.target:
        targets = tuple(_target(each) for each in options.target)
        return (), targets, len(await session.resolve(targets))
    rows = list({row.instance_id: row async for page in session.nodes() for row in page}.values())
    if options.all:
        if not rows:
            raise NotFound("There is no managed node here.", hint="Register one, or look at another connection.")
        return tuple(row.instance_id for row in sorted(rows, key=lambda row: row.name)), (), 0
    wanted = [name.strip() for name in options.nodes.split(",") if name.strip()]
    return tuple(dict.fromkeys(_find(rows, name) for name in wanted)), (), 0


def _find(rows: Sequence[NodeRow], name: str) -> str:
    found = [row.instance_id for row in rows if name in {row.instance_id, row.name}]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(f"{len(found)} nodes are called {name}.", hint=f"Give an id: {listed(found, 4)}.")
    known = sorted(row.name for row in rows)
    hint = f"There {'is' if len(known) == 1 else 'are'} {listed(known, 8)}." if known else "There is no managed node."
    raise NotFound(f"There is no node {name}.", hint=hint)


def _target(text: str) -> tuple[str, tuple[str, ...]]:
    key, equals, values = text.partition("=")
    if not equals or not values or not key:
        raise InvalidInput(f"“{text}” is not a target.", hint="Write it as tag:KEY=VALUE, for example tag:Role=web.")
    return key, tuple(value for value in values.split(",") if value)


def _checked(kind: type[_Model], **values: object) -> _Model:
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]).replace("_", "-")
        words = str(first["msg"]).removeprefix("Value error, ")
        raise InvalidInput(f"--{where}: {words}" if where else words) from error


def _blocked(forecast: "Forecast") -> PatchError:
    first = next(finding for finding in forecast.findings if finding.severity == "error")
    return InvalidInput(f"Nothing was started. {first.title}", hint=first.detail)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
