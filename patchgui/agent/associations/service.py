"""Takes associations in and runs each when its moment has come."""

import json
import logging
from sqlite3 import Row
from typing import TypeVar

from patchgui.agent.associations.repository import AssociationRepository
from patchgui.agent.associations.schedule import moment_of
from patchgui.agent.clock import Clock
from patchgui.agent.commands.acceptance import check_document, given_parameters
from patchgui.agent.commands.sending import CommandSender
from patchgui.agent.commands.targets import Directory, matcher, named
from patchgui.agent.documents import DocumentStore
from patchgui.agent.moments import MomentWatch
from patchgui.agent.refusal import Refusal
from patchgui.agent.store.database import Database
from patchgui.ssm.shapes import CreateAssociationRequest, SendCommandRequest, UpdateAssociationRequest

log = logging.getLogger(__name__)

_NOT_HERE = (
    "target_locations",
    "target_maps",
    "calendar_names",
    "automation_target_parameter_name",
    "alarm_configuration",
)

_Settings = TypeVar("_Settings", CreateAssociationRequest, UpdateAssociationRequest)


class AssociationService:
    """Associations from CreateAssociation to their execution. Every change is on the disk before anybody is told."""

    def __init__(
        self,
        database: Database,
        documents: DocumentStore,
        nodes: Directory[object],
        commands: CommandSender,
        clock: Clock,
    ) -> None:
        self.repository = AssociationRepository(database)
        self._documents = documents
        self._nodes = nodes
        self._commands = commands
        self._clock = clock
        self._watch = MomentWatch("associations", next_at=self.repository.next_due, run_due=self.run_due, clock=clock)

    # -- life ----------------------------------------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        """Whether an association is still to run: an agent that stopped would miss its moment."""
        return self.repository.next_due() is not None

    def start(self) -> None:
        """Run what is overdue, and from now on everything at its moment."""
        self._watch.start()

    async def stop(self) -> None:
        """Run nothing any more."""
        await self._watch.stop()

    # -- the API -------------------------------------------------------------------------------------------------

    def create(self, request: CreateAssociationRequest) -> str:
        """Take an association in and return its id.

        Raises:
            Refusal: with the code that CreateAssociation has for what is wrong.
        """
        self._check(request, request.name)
        if request.instance_id:
            named([request.instance_id], self._nodes)
            taken = [row for row in self.repository.all() if _is_of(row, request.name, request.instance_id)]
            if taken:
                raise Refusal("AssociationAlreadyExists", f"{request.name} is associated with it already.")
        elif not request.targets:
            raise Refusal("InvalidTarget", "Give Targets, or an InstanceId.")
        now = self._now()
        association_id = self.repository.add(request.to_wire(), now, self._due_at(request, now))
        self._watch.moved()
        return association_id

    def update(self, request: UpdateAssociationRequest) -> None:
        """Give an association other settings; what the request does not name is taken away.

        Raises:
            Refusal: with the code that UpdateAssociation has for what is wrong.
        """
        row = self.known(request.association_id)
        before = json.loads(row["settings"])
        self._check(request, request.name or before["Name"])
        kept = {name: before[name] for name in ("Name", "InstanceId", "Tags") if name in before}
        changed = {name: value for name, value in request.to_wire().items() if not name.startswith("AssociationI")}
        changed.pop("AssociationVersion", None)
        now = self._now()
        self.repository.change(request.association_id, {**kept, **changed}, now, self._due_at(request, now))
        self._watch.moved()

    def delete(self, association_id: str) -> None:
        """Take an association away; a command that it started goes on.

        Raises:
            Refusal: AssociationDoesNotExist.
        """
        self.known(association_id)
        self.repository.remove(association_id)
        self._watch.moved()

    def known(self, association_id: str) -> Row:
        """Return an association's row.

        Raises:
            Refusal: AssociationDoesNotExist.
        """
        row = self.repository.one(association_id)
        if row is None:
            raise Refusal("AssociationDoesNotExist", f"There is no association {association_id}.")
        return row

    def find(self, name: str | None, instance_id: str | None) -> Row:
        """Return the association of the oldest form: of a document with one node.

        Raises:
            Refusal: AssociationDoesNotExist.
        """
        for row in self.repository.all():
            if name and instance_id and _is_of(row, name, instance_id):
                return row
        raise Refusal("AssociationDoesNotExist", "There is no such association.")

    def _check(self, request: _Settings, name: str) -> None:
        for member in _NOT_HERE:
            if getattr(request, member):
                raise Refusal("ValidationException", f"This agent runs Command documents only: {member} means nothing.")
        command = SendCommandRequest(
            document_name=name,
            document_version=request.document_version,
            parameters=request.parameters,
            targets=request.targets,
        )
        document = self._documents.get(name, request.document_version)
        check_document(document, command)
        given_parameters(document, command)
        matcher(request.targets or ())

    def _due_at(self, request: _Settings, now: float) -> float | None:
        """Return when it is due: at its moment, or now where it has none.

        An association with a schedule would also run at once, as Systems Manager does it, unless it says
        ApplyOnlyAtCronInterval; with one moment of its own that means twice, which nobody can mean.
        """
        if request.schedule_expression is None:
            return now
        moment = moment_of(request.schedule_expression).timestamp()
        if moment <= now:
            raise Refusal("InvalidSchedule", f"{request.schedule_expression} is over.")
        return moment

    # -- time ----------------------------------------------------------------------------------------------------

    def run_due(self) -> None:
        """Run every association whose moment has come, each once."""
        for row in self.repository.due(self._now()):
            self._run(row)

    def _run(self, row: Row) -> None:
        """Send the association's command, and record both in one transaction: a crash leaves neither or both."""
        request = _command_of(row)
        log.info("association %s is due: %s", row["association_id"], request.document_name)
        try:
            self._commands.send(
                request, also=lambda command_id: self.repository.record(row, self._now(), command_id=command_id)
            )
        except Refusal as refusal:
            # A document or a node is gone since: that is how this execution ended.
            log.warning("association %s could not run: %s", row["association_id"], refusal)
            self.repository.record(row, self._now(), command_id=None, refusal=refusal.message)

    def _now(self) -> float:
        return self._clock().timestamp()


def _is_of(row: Row, name: str, instance_id: str) -> bool:
    settings = json.loads(row["settings"])
    return bool(settings["Name"] == name and settings.get("InstanceId") == instance_id)


def _command_of(row: Row) -> SendCommandRequest:
    """Return the command that an association stands for."""
    settings = json.loads(row["settings"])
    members = ("DocumentVersion", "Parameters", "Targets", "MaxConcurrency", "MaxErrors")
    wire = {name: settings[name] for name in members if name in settings}
    if "InstanceId" in settings:
        wire["InstanceIds"] = [settings["InstanceId"]]
        wire.pop("Targets", None)
    comment = f"Association {settings.get('AssociationName') or row['association_id']}"
    return SendCommandRequest.from_wire({**wire, "DocumentName": settings["Name"], "Comment": comment[:100]})
