"""A fleet without a server, and commands sent to it."""

from pathlib import Path

from patchgui.agent.clock import utc_now
from patchgui.agent.store import schema
from patchgui.agent.store.database import Database
from patchgui.simulator.clock import FleetClock
from patchgui.simulator.command import FleetCommand
from patchgui.simulator.fleet import Fleet
from patchgui.simulator.sending import CommandSender
from patchgui.simulator.settings import FleetSettings
from patchgui.simulator.shelf import FleetDocuments, FleetTags
from patchgui.ssm.shapes import SendCommandRequest, Target

START_AT = 1_800_000_000.0
EVERYONE = (Target(key="InstanceIds", values=("*",)),)


class Bench:
    """A fleet on a clock that stands still, and what sends it commands."""

    def __init__(self, folder: Path, settings: FleetSettings) -> None:
        self.clock = FleetClock(0.0, start_at=START_AT)
        self.fleet = Fleet(settings, self.clock)
        self.database = Database(folder / "shelf.db", {"agent": schema.MIGRATIONS})
        tags = FleetTags(self.database, self.fleet.population)
        documents = FleetDocuments(self.database, tags, utc_now, settings.account_id)
        self._sender = CommandSender(settings, self.fleet, documents, tags)

    def send(self, *, operation: str = "Install", lanes: str = "100%", errors: str = "100%") -> FleetCommand:
        """Send the patch document with hooks to every node."""
        request = SendCommandRequest(
            document_name="AWS-RunPatchBaselineWithHooks" if operation == "Install" else "AWS-RunPatchBaseline",
            targets=EVERYONE,
            parameters={"Operation": (operation,)},
            timeout_seconds=600,
            max_concurrency=lanes,
            max_errors=errors,
        )
        command = self.fleet.command(self._sender.send(request))
        assert command is not None
        return command

    def step(self, seconds: float) -> None:
        """Let time pass, and what comes due happen."""
        self.clock.advance(seconds)
        self.fleet.catch_up()
