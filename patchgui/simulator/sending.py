"""Takes commands in for the fleet, from SendCommand, associations and windows alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from patchgui.agent.commands.acceptance import (
    DELIVERY_TIMEOUT_S,
    check_document,
    execution_timeout_s,
    given_parameters,
)
from patchgui.agent.commands.targets import check_choice, matcher, named
from patchgui.agent.refusal import Refusal
from patchgui.agent.stored_document import StoredDocument
from patchgui.patching.rate import RateControl
from patchgui.simulator.command import FleetCommand, Sent
from patchgui.simulator.dice import Dice
from patchgui.simulator.fleet import Fleet
from patchgui.simulator.groups import without_groups
from patchgui.simulator.script import script_of
from patchgui.simulator.settings import FleetSettings
from patchgui.simulator.shelf import FleetDocuments, FleetTags
from patchgui.ssm.shapes import SendCommandRequest

_PURPOSE = 8


class KeptCommands:
    """The fleet's commands as associations and windows ask for them."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def command(self, command_id: str) -> Mapping[str, Any] | None:
        """Return how a command stands."""
        self._fleet.catch_up()
        command = self._fleet.command(command_id)
        if command is None:
            return None
        return {"status": command.outcome.status, "status_details": command.outcome.details}

    def invocations(self, command_id: str) -> list[Mapping[str, Any]]:
        """Return how a command stands on each of its nodes."""
        now, command = self._fleet.catch_up(), self._fleet.command(command_id)
        if command is None:
            return []
        id_of = self._fleet.population.id_of
        outcomes = [command.outcome_of(position, now) for position in range(len(command))]
        return [
            {"instance_id": id_of(index), "status": outcome.status, "status_details": outcome.details}
            for index, outcome in zip(command.members, outcomes, strict=True)
        ]


class CommandSender:
    """Takes commands in and stops them; ``repository`` tells how they stand."""

    def __init__(self, settings: FleetSettings, fleet: Fleet, documents: FleetDocuments, tags: FleetTags) -> None:
        self.repository = KeptCommands(fleet)
        self._settings = settings
        self._fleet = fleet
        self._documents = documents
        self._tags = tags

    def send(self, request: SendCommandRequest, *, also: Callable[[str], None] = lambda _: None) -> str:
        """Take a command in and return its id.

        Raises:
            Refusal: with the code that SendCommand has for what is wrong.
        """
        document = self._documents.get(request.document_name, request.document_version)
        check_document(document, request)
        members = self._members(request)
        unfit = [at for at, index in enumerate(members) if not self._fits(document, index)]
        if unfit and request.instance_ids:
            ids = ", ".join(self._fleet.population.id_of(members[at]) for at in unfit)
            raise Refusal("UnsupportedPlatformType", f"{document.name} does not run on the platform of {ids}.")
        sent = self._sent(request, document, len(members), self._fleet.catch_up())
        also(sent.command_id)
        self._fleet.add(FleetCommand(sent, members, unfit, self._fleet))
        return sent.command_id

    def cancel(self, command_id: str, instance_ids: Sequence[str]) -> None:
        """Stop a command, on the given nodes or on all; what has ended stays as it is.

        Raises:
            Refusal: InvalidCommandId, InvalidInstanceId, DuplicateInstanceId.
        """
        now = self._fleet.catch_up()
        command = self._fleet.command(command_id)
        if command is None:
            raise Refusal("InvalidCommandId", f"There is no command {command_id}.")
        if instance_ids:
            named(instance_ids, self._fleet.population)
        positions = self._fleet.positions_of(command, instance_ids) if instance_ids else range(len(command))
        command.cancel(positions, now)

    def _members(self, request: SendCommandRequest) -> list[int]:
        check_choice(request)
        population = self._fleet.population
        if request.instance_ids:
            return named(request.instance_ids, population)
        fits = matcher([without_groups(target) for target in request.targets or ()])
        if all(target.key == "InstanceIds" and "*" in target.values for target in request.targets or ()):
            return list(range(len(population)))
        changed = self._tags.changed
        return [
            node.index
            for node in population
            if fits(node.instance_id, node.tags if (own := changed(node.instance_id)) is None else own)
        ]

    def _fits(self, document: StoredDocument, index: int) -> bool:
        return self._fleet.population.platform_type(index) in document.platform_types

    def _sent(self, request: SendCommandRequest, document: StoredDocument, targets: int, now: float) -> Sent:
        parameters = given_parameters(document, request)
        number = self._fleet.command_count
        dice = Dice(self._settings.seed, number, _PURPOSE)
        timeout_s = request.timeout_seconds or DELIVERY_TIMEOUT_S
        rate = RateControl(max_concurrency=request.max_concurrency or "50", max_errors=request.max_errors or "0")
        return Sent(
            command_id=str(UUID(int=int(dice.share() * 2**64) << 64 | int(dice.share() * 2**64), version=4)),
            number=number,
            request=request.to_wire(),
            document=document,
            script=script_of(document.content, parameters),
            requested_at=now,
            deliver_until=now + timeout_s,
            expires_at=now + timeout_s + execution_timeout_s(document.content, parameters),
            lanes=rate.lanes(targets),
            max_errors=rate.errors(targets),
        )
