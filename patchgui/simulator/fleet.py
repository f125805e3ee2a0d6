"""The fleet: its nodes, its commands, and what one does to the other."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from patchgui.agent.commands.outcome import Outcome
from patchgui.simulator.clock import FleetClock
from patchgui.simulator.command import FleetCommand
from patchgui.simulator.dice import Dice
from patchgui.simulator.ledger import PatchLedger
from patchgui.simulator.population import Population, SyntheticNode
from patchgui.simulator.reach import Reach, heard_at, reach_of, reachable_at
from patchgui.simulator.recent import Recent
from patchgui.simulator.settings import FleetSettings
from patchgui.simulator.story import Story, tell
from patchgui.ssm.shapes import PingStatus

_PURPOSE_STORY, _PURPOSE_DELAY = 4, 5
_KEPT_STORIES = 4096
_KEPT_INVOCATIONS = 4096
_KEPT_STEPS = 256


@dataclass(frozen=True, slots=True)
class Heard:
    """What the service thinks of a node, and when it last heard of it; the moment is the fleet's."""

    ping: PingStatus
    at: float


class Fleet:
    """All nodes and commands, up to date whenever somebody asks; a command's ``Field``."""

    def __init__(self, settings: FleetSettings, clock: FleetClock) -> None:
        self.settings = settings
        self.clock = clock
        self.began_at = clock.now()
        self.population = Population(settings.nodes, settings.seed)
        self.ledger = PatchLedger(settings.nodes, settings.seed, self.began_at)
        self._commands: dict[str, FleetCommand] = {}
        self._under_way: list[FleetCommand] = []
        self._at_work: dict[int, tuple[FleetCommand, int]] = {}
        self._stories: Recent[tuple[int, int], Story] = Recent(_KEPT_STORIES)
        self.unbegun_steps: Recent[tuple[int, Outcome], str] = Recent(_KEPT_STEPS)
        self.ended_invocations: Recent[tuple[int, int, bool], str] = Recent(_KEPT_INVOCATIONS)

    # -- commands ------------------------------------------------------------------------------------------------

    def add(self, command: FleetCommand) -> None:
        """Take a command in."""
        self._commands[command.sent.command_id] = command
        self._under_way.append(command)

    def catch_up(self) -> float:
        """Let happen what has come due, and return the moment."""
        now = self.clock.now()
        for command in self._under_way:
            command.advance(now)
        self._under_way = [command for command in self._under_way if not command.is_over]
        return now

    def command(self, command_id: str) -> FleetCommand | None:
        """Return a command."""
        return self._commands.get(command_id)

    def commands(self) -> Iterator[FleetCommand]:
        """Yield all commands, newest first."""
        return reversed(self._commands.values())

    @property
    def command_count(self) -> int:
        """How many commands were ever taken in."""
        return len(self._commands)

    # -- nodes ---------------------------------------------------------------------------------------------------

    def heard(self, node: SyntheticNode, now: float) -> Heard:
        """Return whether the service hears a node; one that a command restarts is away meanwhile."""
        work = self._at_work.get(node.index)
        if work is None:
            return Heard(*heard_at(node, now))
        command, position = work
        since = command.began_at[position]
        down_s, up_s = self.story(command, position).away
        if down_s <= now - since < up_s:
            return Heard(PingStatus.CONNECTION_LOST, since + down_s)
        return Heard(PingStatus.ONLINE, now)

    def story(self, command: FleetCommand, position: int) -> Story:
        """Return what a command does on a node that has begun."""
        key = (command.sent.number, position)
        return self._stories.get(key) or self._stories.put(key, self._tell(command, position))

    def _tell(self, command: FleetCommand, position: int) -> Story:
        index = command.members[position]
        dice = Dice(self.settings.seed, index, command.sent.number, _PURPOSE_STORY)
        platform, patches = self.population.platform_type(index), command.found(position)
        return tell(command.sent.script, platform, patches, dice, self.settings.trouble)

    # -- what commands ask of the field --------------------------------------------------------------------------

    def reachable_at(self, index: int, at: float) -> float:
        """Return from when on a node can be reached; infinity for never."""
        return reachable_at(index, self.population.lost_share(index), at)

    def is_gone(self, index: int) -> bool:
        """Whether a node does not exist any more."""
        return reach_of(self.population.lost_share(index)) is Reach.GONE

    def delay_s(self, index: int, command: int) -> float:
        """Return how long a node takes to acknowledge a command."""
        return Dice(self.settings.seed, index, command, _PURPOSE_DELAY).between(0.3, 2.0)

    def began(self, command: FleetCommand, position: int) -> None:
        """Take note that a node begins with a command."""
        index = command.members[position]
        self._at_work[index] = (command, position)
        found = self.ledger.patches(index)
        command.missing[position], command.pending[position] = found.missing, found.pending

    def ended(self, command: FleetCommand, position: int) -> None:
        """Take note that a node has ended a command, and of what became of its patches."""
        index = command.members[position]
        if self._at_work.get(index) == (command, position):
            del self._at_work[index]
        if not command.sent.script.patches:
            return
        since, until = command.began_at[position], command.ended_at[position]
        left = command.left(position)
        if left is None:
            # It was cut off: what its steps had done until then stays.
            steps = [step for step in self.story(command, position).steps if since + step.ends_s <= until]
            if not steps:
                return
            left = steps[-1].after
        self.ledger.record(
            index,
            left,
            has_installed=left != command.found(position),
            began_at=since,
            ended_at=until,
            snapshot_id=_first(command.sent.request.get("Parameters", {}).get("SnapshotId")),
        )

    def positions_of(self, command: FleetCommand, instance_ids: Sequence[str]) -> list[int]:
        """Return where in a command nodes stand; those that it was not sent to are left out."""
        found = []
        for instance_id in instance_ids:
            index = self.population.get(instance_id)
            if index is not None:
                with contextlib.suppress(ValueError):
                    found.append(command.members.index(index))
        return found


def _first(values: Any) -> str:
    return str(values[0]) if isinstance(values, list | tuple) and values else ""
