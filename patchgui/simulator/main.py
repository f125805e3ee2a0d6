"""``patchgui demo-fleet``: serves a synthetic fleet until it is told to stop, or tells a running one what fails."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from patchgui import __version__
from patchgui.agent.key_pair import PROFILE, load_or_make
from patchgui.agent.state_folder import READY_FILE, StateFolder
from patchgui.simulator.clock import FleetClock
from patchgui.simulator.faults import Fault, FaultKind
from patchgui.simulator.remote import tell
from patchgui.simulator.server import FleetServer
from patchgui.simulator.settings import MAX_NODES, FleetSettings
from patchgui.ssm.errors import AgentError, PatchError

EXIT_REFUSED = 2
"""The exit status when no fleet could be started, or none was there to be told."""

_CREDENTIALS_FILE = "credentials"


def run_demo_fleet(argv: Sequence[str]) -> int:
    """Serve a fleet until SIGTERM or SIGINT, or with ``--running`` tell the one that runs; return the exit status.

    Once it serves, one line of JSON goes to standard output, as from ``patchgui agent``.
    """
    options = _parser().parse_args(argv)
    folder = (options.state_dir or platformdirs.user_data_path("patchgui") / "demo-fleet").absolute()
    try:
        if options.running:
            return _tell_running(folder, options)
        return _serve(folder, options)
    except PatchError as error:
        sys.stderr.write(f"patchgui demo-fleet: {error}\n")
        if error.hint:
            sys.stderr.write(f"{error.hint}\n")
        return EXIT_REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="patchgui demo-fleet",
        description="Serve Systems Manager's API over a fleet that exists only in arithmetic.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--state-dir", type=Path, metavar="DIR", help="where the fleet's key pair is kept")
    fleet = parser.add_argument_group("the fleet")
    fleet.add_argument("--nodes", type=_count, default=1000, metavar="N", help=f"1 to {MAX_NODES:,} (default: 1000)")
    fleet.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another fleet (default: 1)")
    fleet.add_argument("--speed", type=float, metavar="X", help="how much faster time passes (default: 10)")
    fleet.add_argument("--port", type=int, default=0, metavar="N", help="the port on loopback; 0 takes a free one")
    fleet.add_argument("--trouble", type=float, default=1.0, metavar="X", help="times the usual share of failures")
    fleet.add_argument("--lag-s", type=float, default=1.5, metavar="S", help="how long lists lag behind SendCommand")
    fleet.add_argument("--no-limits", action="store_true", help="answer calls however often they come")
    _add_faults(parser.add_argument_group("what goes wrong, from now on; seconds are the fleet's"))
    later = parser.add_argument_group("a fleet that runs already")
    later.add_argument("--running", action="store_true", help="tell the running fleet, start none")
    later.add_argument("--calm", action="store_true", help="first, let everything go right again")
    later.add_argument("--advance", type=float, metavar="S", help="let so many seconds pass at once")
    return parser


def _add_faults(group: Any) -> None:
    group.add_argument("--calls", default="", metavar="A,B", help="strike these calls only, such as SendCommand")
    group.add_argument("--storm", type=float, metavar="S", help="refuse all calls as too many, for S seconds")
    group.add_argument("--outage", type=float, metavar="S", help="break every connection, for S seconds")
    group.add_argument("--errors", type=float, metavar="S", help="answer 500, for S seconds")
    group.add_argument("--expired", type=float, metavar="S", help="refuse credentials as expired, for S seconds")
    group.add_argument("--lose", type=int, metavar="N", help="carry N calls out and lose their answers")
    group.add_argument("--delay", type=float, metavar="S", help="answer S seconds later (a caller's seconds)")
    group.add_argument("--skew", type=float, metavar="S", help="have the service's clock S seconds ahead")
    group.add_argument("--future", action="store_true", help="answer with members and statuses of tomorrow")


def _faults(options: argparse.Namespace) -> list[Fault]:
    calls = frozenset(filter(None, options.calls.split(",")))
    lasting = {
        FaultKind.THROTTLE: options.storm,
        FaultKind.OUTAGE: options.outage,
        FaultKind.ERROR: options.errors,
        FaultKind.EXPIRE: options.expired,
    }
    found = [Fault(kind, calls, for_s=for_s) for kind, for_s in lasting.items() if for_s is not None]
    if options.lose is not None:
        found.append(Fault(FaultKind.LOSE, calls, times=options.lose))
    if options.delay is not None:
        found.append(Fault(FaultKind.DELAY, calls, amount=options.delay))
    if options.skew is not None:
        found.append(Fault(FaultKind.SKEW, amount=options.skew))
    if options.future:
        found.append(Fault(FaultKind.FUTURE, calls))
    return found


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MAX_NODES:
        raise argparse.ArgumentTypeError(f"{number} nodes are not served: 1 to {MAX_NODES}")
    return number


def _serve(path: Path, options: argparse.Namespace) -> int:
    settings = FleetSettings(
        nodes=options.nodes,
        seed=options.seed,
        lag_s=options.lag_s,
        trouble=options.trouble,
        is_limited=not options.no_limits,
    )
    clock = FleetClock(10.0 if options.speed is None else options.speed)
    with StateFolder(path) as folder:
        asyncio.run(_until_told(folder, settings, clock, options))
    return 0


async def _until_told(
    folder: StateFolder, settings: FleetSettings, clock: FleetClock, options: argparse.Namespace
) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    credentials = folder.path / _CREDENTIALS_FILE
    async with FleetServer(settings, load_or_make(credentials), clock=clock, port=options.port) as server:
        for fault in _faults(options):
            server.parts.faults.add(fault)
        door = {
            "endpoint_url": server.endpoint_url,
            "region": settings.region,
            "credentials_file": str(credentials),
            "profile": PROFILE,
            "pid": os.getpid(),
            "nodes": settings.nodes,
            "state_dir": str(folder.path),
            "version": __version__,
        }
        folder.announce(door)
        with suppress(BrokenPipeError):
            print(json.dumps(door), flush=True)
            sys.stderr.write(_how_to_look(door))
        await stopping.wait()


def _how_to_look(door: dict[str, Any]) -> str:
    return (
        f"{door['nodes']:,} nodes. In another terminal:\n"
        f"  AWS_SHARED_CREDENTIALS_FILE={door['credentials_file']} \\\n"
        f"    patchgui --endpoint-url {door['endpoint_url']} --profile {door['profile']} --region {door['region']}\n"
    )


def _tell_running(path: Path, options: argparse.Namespace) -> int:
    try:
        door = json.loads((path / READY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AgentError(
            f"No fleet runs on {path}.", hint="Start one with: patchgui demo-fleet", log_detail=str(error)
        ) from error
    if options.calm:
        tell(door, "ClearFaults")
    for fault in _faults(options):
        members: dict[str, Any] = {"Kind": fault.kind, "Calls": sorted(fault.calls), "Amount": fault.amount}
        members |= {"ForSeconds": fault.for_s, "Times": fault.times}
        tell(door, "AddFault", {name: value for name, value in members.items() if value is not None})
    clock = {"Speed": options.speed, "AdvanceSeconds": options.advance}
    asked = {name: value for name, value in clock.items() if value is not None}
    if asked:
        tell(door, "SetClock", asked)
    print(json.dumps(tell(door, "Status"), indent=2))
    return 0
