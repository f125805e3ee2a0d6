"""A small SSM in memory, for tests of the console: no socket, no sleep, every call counted."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from patchgui.ssm import shapes as s
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import NotFound, PatchError, ServiceError
from patchgui.ssm.meter import Meter

_Item = TypeVar("_Item")

START = datetime(2026, 11, 23, 14, 0, 0, tzinfo=UTC)
WEB = "mi-00000000000000001"
DB = "mi-00000000000000002"


PASS = PatchError("")
"""Among ``failures``: this call does not fail."""


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []
        self.on_sleep: list[Callable[[], None]] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move on; whatever the test wants to happen meanwhile happens."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        if self.on_sleep:
            self.on_sleep.pop(0)()


class ScriptedSsm(SsmClient):
    """SSM as far as the console asks it. ``failures`` are raised by the next calls of that name, in order."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.meter = Meter()
        self.clock = clock or Clock()
        self.calls: list[str] = []
        self.failures: dict[str, list[PatchError]] = {}
        self.accepts_lost = True
        """Whether a SendCommand whose answer gets lost was accepted."""
        self.commands: dict[str, s.Command] = {}
        self.invocations: dict[str, dict[str, s.CommandInvocation]] = {}
        self.documents: dict[str, str] = {}
        self.infos: dict[str, s.InstanceInformation] = {}
        self.cancelled: list[str] = []
        self.associations: dict[str, s.AssociationDescription] = {}
        self.page_size = 50
        self.has_properties = True
        """Whether the service knows the newer call for nodes."""

    def _enter(self, name: str) -> None:
        self.calls.append(name)
        if self.failures.get(name) and (failure := self.failures[name].pop(0)) is not PASS:
            raise failure

    def accept(self, request: s.SendCommandRequest) -> s.Command:
        """Take a command in as the service does."""
        command = s.Command(
            command_id=str(uuid.uuid4()),
            document_name=request.document_name,
            comment=request.comment or "",
            parameters=request.parameters or {},
            instance_ids=request.instance_ids or (),
            targets=request.targets or (),
            requested_date_time=self.clock(),
            status=s.CommandStatus.PENDING,
            target_count=len(request.instance_ids or ()),
        )
        self.commands[command.command_id] = command
        self.invocations[command.command_id] = {
            each: s.CommandInvocation(command_id=command.command_id, instance_id=each, status_details="Pending")
            for each in command.instance_ids
        }
        return command

    def put(self, command_id: str, instance_id: str, status: str, *plugins: s.CommandPlugin) -> None:
        """Set one node's state and bring the command's counters in line, as the service does."""
        invocation = s.CommandInvocation(
            command_id=command_id,
            instance_id=instance_id,
            status=s.CommandInvocationStatus(status),
            status_details=status,
            requested_date_time=START,
            command_plugins=plugins,
        )
        nodes = self.invocations[command_id]
        nodes[instance_id] = invocation
        ended = [each for each in nodes.values() if each.status.is_final]
        failed = [each for each in ended if each.status != "Success"]
        final = "Failed" if failed else "Success"
        self.commands[command_id] = self.commands[command_id].model_copy(
            update={
                "status": s.CommandStatus(final if len(ended) == len(nodes) else "InProgress"),
                "completed_count": len(ended),
                "error_count": len(failed),
                "target_count": len(nodes),
            }
        )

    async def send_command(self, request: s.SendCommandRequest) -> s.SendCommandResult:
        try:
            self._enter("SendCommand")
        except PatchError as error:
            was_sent = getattr(error, "was_sent", True)
            if self.accepts_lost and was_sent and not hasattr(error, "code"):
                self.accept(request)
            raise
        return s.SendCommandResult(command=self.accept(request))

    async def create_association(self, request: s.CreateAssociationRequest) -> s.CreateAssociationResult:
        try:
            self._enter("CreateAssociation")
        except PatchError as error:
            if self.accepts_lost and getattr(error, "was_sent", True) and not hasattr(error, "code"):
                self._associate(request)
            raise
        return s.CreateAssociationResult(association_description=self._associate(request))

    def _associate(self, request: s.CreateAssociationRequest) -> s.AssociationDescription:
        made = s.AssociationDescription.from_wire({**request.to_wire(), "AssociationId": str(uuid.uuid4())})
        self.associations[made.association_id] = made
        return made

    async def list_associations(self, request: s.ListAssociationsRequest) -> s.ListAssociationsResult:
        self._enter("ListAssociations")
        (wanted,) = request.association_filter_list or ()
        found = [
            s.Association.from_wire(each.to_wire())
            for each in self.associations.values()
            if wanted.value == (each.name if wanted.key == "Name" else each.association_name)
        ]
        page, token = self._page(found, request.next_token)
        return s.ListAssociationsResult(associations=tuple(page), next_token=token)

    async def describe_association(self, request: s.DescribeAssociationRequest) -> s.DescribeAssociationResult:
        self._enter("DescribeAssociation")
        return s.DescribeAssociationResult(association_description=self.associations[request.association_id or ""])

    async def delete_association(self, request: s.DeleteAssociationRequest) -> s.DeleteAssociationResult:
        self._enter("DeleteAssociation")
        del self.associations[request.association_id or ""]
        return s.DeleteAssociationResult()

    async def list_commands(self, request: s.ListCommandsRequest) -> s.ListCommandsResult:
        self._enter("ListCommands")
        found = [c for c in self.commands.values() if request.command_id in {None, c.command_id}]
        page, token = self._page(list(reversed(found)), request.next_token)
        return s.ListCommandsResult(commands=tuple(page), next_token=token)

    async def list_command_invocations(
        self, request: s.ListCommandInvocationsRequest
    ) -> s.ListCommandInvocationsResult:
        self._enter("ListCommandInvocations")
        status = next((each.value for each in request.filters or () if each.key == "Status"), None)
        chosen = [request.command_id] if request.command_id else list(self.invocations)
        found = [
            each
            for command_id in chosen
            for each in self.invocations[command_id].values()
            if request.instance_id in {None, each.instance_id} and status in {None, each.status}
        ]
        page, token = self._page(found, request.next_token)
        return s.ListCommandInvocationsResult(command_invocations=tuple(page), next_token=token)

    async def cancel_command(self, request: s.CancelCommandRequest) -> s.CancelCommandResult:
        self._enter("CancelCommand")
        self.cancelled.append(request.command_id)
        return s.CancelCommandResult()

    async def get_document(self, request: s.GetDocumentRequest) -> s.GetDocumentResult:
        self._enter("GetDocument")
        if request.name not in self.documents:
            raise NotFound(f"no document {request.name}", code="InvalidDocument")
        return s.GetDocumentResult(name=request.name, content=self.documents[request.name], document_version="1")

    async def describe_document(self, request: s.DescribeDocumentRequest) -> s.DescribeDocumentResult:
        self._enter("DescribeDocument")
        if request.name not in self.documents:
            raise NotFound(f"no document {request.name}", code="InvalidDocument")
        described = s.DocumentDescription(
            name=request.name,
            document_version="1",
            document_type=s.DocumentType("Command"),
            schema_version="2.2",
            platform_types=(s.PlatformType("Linux"),),
        )
        return s.DescribeDocumentResult(document=described)

    async def describe_instance_information(
        self, request: s.DescribeInstanceInformationRequest
    ) -> s.DescribeInstanceInformationResult:
        self._enter("DescribeInstanceInformation")
        wanted = next((each.values for each in request.filters or () if each.key == "InstanceIds"), None)
        found = [info for each, info in self.infos.items() if wanted is None or each in wanted]
        page, token = self._page(found, request.next_token)
        return s.DescribeInstanceInformationResult(instance_information_list=tuple(page), next_token=token)

    async def describe_instance_properties(
        self, request: s.DescribeInstancePropertiesRequest
    ) -> s.DescribeInstancePropertiesResult:
        self._enter("DescribeInstanceProperties")
        if not self.has_properties:
            raise ServiceError("no such call", code="UnknownOperationException", http_status=400)
        found = [s.InstanceProperty.from_wire(info.to_wire()) for info in self.infos.values()]
        page, token = self._page(found, request.next_token)
        return s.DescribeInstancePropertiesResult(instance_properties=tuple(page), next_token=token)

    async def describe_instance_patch_states(
        self, request: s.DescribeInstancePatchStatesRequest
    ) -> s.DescribeInstancePatchStatesResult:
        self._enter("DescribeInstancePatchStates")
        return s.DescribeInstancePatchStatesResult()

    async def list_tags_for_resource(self, request: s.ListTagsForResourceRequest) -> s.ListTagsForResourceResult:
        self._enter("ListTagsForResource")
        return s.ListTagsForResourceResult(tag_list=(s.Tag(key="Role", value="web"),))

    def _page(self, found: list[_Item], token: str | None) -> tuple[list[_Item], str | None]:
        at = int(token or 0)
        return found[at : at + self.page_size], str(at + self.page_size) if len(found) > at + self.page_size else None


def node(
    instance_id: str, name: str, ping: str = "Online", last_ping_at: datetime | None = None
) -> s.InstanceInformation:
    """Return one managed node."""
    return s.InstanceInformation(
        instance_id=instance_id,
        name=name,
        ping_status=s.PingStatus(ping),
        last_ping_date_time=last_ping_at or START,
        platform_type=s.PlatformType("Linux"),
        platform_name="Debian GNU/Linux",
        platform_version="12",
        agent_version="3.3.0.0",
    )
