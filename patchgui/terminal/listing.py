"""``patchgui runs`` and ``patchgui reset``."""

import sys
from argparse import Namespace

from patchgui.connect import open_session
from patchgui.place import Place
from patchgui.terminal.ask_code import ask_code
from patchgui.terminal.paint import paint_for
from patchgui.terminal.report import run_lines, runs_json


async def runs(options: Namespace, place: Place) -> int:
    """List runs, newest first."""
    async with open_session(place, ask_code) as session:
        found = (await session.runs())[: max(0, options.limit)]
    if options.json:
        sys.stdout.write(runs_json(found) + "\n")
        return 0
    if not found:
        sys.stdout.write("No run yet. Start one: patchgui run --all --operation Scan\n")
        return 0
    sys.stdout.writelines(f"{line}\n" for line in run_lines(found, paint_for(sys.stdout)))
    return 0


async def reset(place: Place) -> int:
    """Bring the sandbox nodes back to their unpatched state."""
    async with open_session(place, ask_code) as session:
        await session.reset_sandbox()
    sys.stdout.write("The sandbox nodes are back in their unpatched state.\n")
    return 0
