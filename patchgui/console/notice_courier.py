"""Brings notices to a webhook and to a command of the operator's: tried again for a while, and waited for by nobody."""

import asyncio
import json
import os
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from patchgui.console.notice_settings import NoticeSettings
from patchgui.console.notices import Notice
from patchgui.ssm import webhook
from patchgui.ssm.errors import PatchError, ServiceError, StepFailed, Throttled, TransportError
from patchgui.ssm.own_thread import in_own_thread
from patchgui.ssm.redaction import without_secrets

WAITS_S = (1.0, 5.0, 20.0, 60.0, 180.0)
"""How long to wait before each further try."""
COMMAND_TIMEOUT_S = 60.0
_FAULT_FROM = 500
_COLOURS = {True: "#c0342b", False: "#177344"}


def slack_message(notice: Notice) -> dict[str, Any]:
    """Return a notice as Slack's incoming webhooks take it, and those of chats that speak its language."""
    return {
        "text": notice.title,
        "attachments": [
            {
                "color": _COLOURS[notice.is_trouble],
                "fallback": f"{notice.title}. {notice.text}",
                "text": notice.text,
                "fields": [
                    {"title": "Status", "value": notice.status, "short": True},
                    {"title": "Run", "value": notice.run_id, "short": True},
                ],
            }
        ],
    }


def notice_members(notice: Notice) -> dict[str, Any]:
    """Return a notice as the command reads it, as JSON on its standard input."""
    return {
        "occasion": notice.occasion.value,
        "run_id": notice.run_id,
        "connection": notice.place,
        "title": notice.title,
        "text": notice.text,
        "status": notice.status,
        "node_count": notice.node_count,
        "error_count": notice.error_count,
    }


def ways(notice: Notice, settings: NoticeSettings) -> list[Callable[[], Awaitable[None]]]:
    """Return what tells of a notice once each: the webhook, the command, both or none."""
    found: list[Callable[[], Awaitable[None]]] = []
    if settings.webhook_url:
        found.append(partial(webhook.post, settings.webhook_url, slack_message(notice)))
    if settings.command:
        found.append(partial(run_command, settings.arguments, notice))
    return found


async def deliver(
    notice: Notice, settings: NoticeSettings, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> tuple[PatchError, ...]:
    """Tell webhook and command, and try again for a while what may pass; return what failed for good."""
    found = await asyncio.gather(*(_until_told(way, sleep) for way in ways(notice, settings)))
    return tuple(error for error in found if error is not None)


async def tell_once(notice: Notice, settings: NoticeSettings) -> tuple[PatchError, ...]:
    """Tell webhook and command once; return what failed."""
    found = await asyncio.gather(*(_failure_of(way) for way in ways(notice, settings)))
    return tuple(error for error in found if error is not None)


async def _until_told(
    way: Callable[[], Awaitable[None]], sleep: Callable[[float], Awaitable[None]]
) -> PatchError | None:
    error = await _failure_of(way)
    for wait_s in WAITS_S:
        if error is None or not _may_pass(error):
            break
        await sleep(wait_s)
        error = await _failure_of(way)
    return error


async def _failure_of(way: Callable[[], Awaitable[None]]) -> PatchError | None:
    try:
        await way()
    except PatchError as error:
        return error
    return None


def _may_pass(error: PatchError) -> bool:
    is_fault = isinstance(error, ServiceError) and error.http_status >= _FAULT_FROM
    return isinstance(error, Throttled | TransportError | StepFailed) or is_fault


async def run_command(arguments: tuple[str, ...], notice: Notice) -> None:
    """Run a program of the operator's, without a shell; the notice is in its input and its environment.

    Raises:
        StepFailed: it could not be started, ended with another status than 0, or not in time.
    """
    await in_own_thread(partial(_run, arguments, notice_members(notice)), "notice")


def _run(arguments: tuple[str, ...], members: Mapping[str, Any]) -> None:
    told = {f"PATCHGUI_{name.upper()}": str(value) for name, value in members.items()}
    name = arguments[0]
    try:
        ended = subprocess.run(
            arguments,
            input=json.dumps(members, ensure_ascii=False).encode(),
            env={**os.environ, **told},
            capture_output=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
    except OSError as error:
        raise StepFailed(
            f"The command of notices, {name}, could not be started: {error.strerror}.",
            exit_code=-1,
            hint="Look at it in the settings of notices.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise StepFailed(
            f"The command of notices, {name}, did not end within {COMMAND_TIMEOUT_S:.0f} seconds and was stopped.",
            exit_code=-1,
            hint="Let it start what takes longer in the background.",
        ) from error
    if ended.returncode != 0:
        last = without_secrets(ended.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        raise StepFailed(
            f"The command of notices, {name}, ended with status {ended.returncode}.",
            exit_code=ended.returncode,
            hint=last,
        )
