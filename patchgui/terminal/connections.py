"""``patchgui connections``: which there are, and whether they work."""

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from patchgui.connect import find_door
from patchgui.console.connection import BUILTIN, SANDBOX, Connection
from patchgui.console.probe import Probe, probe
from patchgui.console.together import together
from patchgui.place import Place, connection_called, connection_file
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import CredentialError, PatchError
from patchgui.ssm.profiles import profile_called
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.paint import Paint, pad, paint_for, width

SUCCESS, NOT_SUCCESS = 0, 1


async def connections(options: Namespace, place: Place) -> int:
    """Do ``patchgui connections``. Raises ``PatchError`` where the list cannot be read."""
    chosen = await asyncio.to_thread(_chosen, options, place)
    if options.verb == "list":
        _say(options, await asyncio.to_thread(lambda: [_facts(each) for each in chosen]))
        return SUCCESS
    probes = await together(_probe(each, place) for each in chosen)
    told = [_facts(each) | _outcome(found) for each, found in zip(chosen, probes, strict=True)]
    _say(options, told)
    return SUCCESS if all(found.works for found in probes) else NOT_SUCCESS


def _chosen(options: Namespace, place: Place) -> Sequence[Connection]:
    """Return the one that was named, by its label or by profile and region; else all."""
    if options.label:
        return (connection_called(options.label),)
    if place.connection != SANDBOX:
        return (place.connection,)
    kept = connection_file().read()
    if kept.notice:
        sys.stderr.write(f"{kept.notice}\n")
    # Trying the embedded agent starts it: only where it is named.
    return kept.connections if options.verb == "test" else (*BUILTIN, *kept.connections)


async def _probe(connection: Connection, place: Place) -> Probe:
    """Try one; what keeps it from being tried is an outcome too."""
    try:
        door = await find_door(Place(connection, place.state_dir if connection.is_builtin else None), ask_code)
    except PatchError as error:
        return Probe(ssm_error=error)
    client = SsmClient(door.endpoint)
    try:
        return await probe(client)
    finally:
        await client.aclose()


def _facts(connection: Connection) -> dict[str, Any]:
    credentials = "key pair of the agent" if connection.is_builtin else profile_called(connection.profile).kind
    return {
        "label": connection.label,
        "kind": connection.kind.value,
        "profile": connection.profile,
        "credentials": credentials,
        "region": connection.region,
        "endpoint_url": connection.endpoint_url,
        "colour": connection.colour.value,
        "guarded": connection.is_guarded,
    }


def _outcome(found: Probe) -> dict[str, Any]:
    error = found.ssm_error or found.identity_error
    return {
        "works": found.works,
        "account": found.account,
        "arn": found.arn,
        "latency_ms": round(found.latency_ms, 1) if found.latency_ms is not None else None,
        "error": str(error) if error else "",
        "hint": error.hint if error else "",
        "command": error.command if isinstance(error, CredentialError) else "",
    }


def _say(options: Namespace, told: Sequence[dict[str, Any]]) -> None:
    if options.json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    paint = paint_for(sys.stdout)
    if not told:
        sys.stdout.write("No connection has been set up yet. Open the console, then Connections.\n")
        return
    columns = max(width(each["label"]) for each in told)
    for each in told:
        sys.stdout.writelines(f"{line}\n" for line in _lines(each, columns, paint))


def _lines(told: dict[str, Any], columns: int, paint: Paint) -> list[str]:
    where = " · ".join(filter(None, (told["profile"], told["region"], told["credentials"], told["endpoint_url"])))
    lines = [f"{paint.text(pad(told['label'], columns), 'bold')}  {where}"]
    indent = " " * (columns + 2)
    if told.get("works"):
        took = f"Systems Manager answers in {told['latency_ms']:.0f} ms"
        lines.append(indent + paint.text(f"✓ {took}", "success"))
    if told.get("arn"):
        lines.append(f"{indent}account {told['account']}, as {told['arn']}")
    if told.get("error"):
        role, glyph = ("warning", "▲") if told["works"] else ("failed", "✗")
        lines.append(indent + paint.text(f"{glyph} {told['error']}", role))
        lines.append(f"{indent}{told['hint']}")
    return lines
