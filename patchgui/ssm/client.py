"""The client of Systems Manager: one coroutine per call, retried, held back and counted."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

import httpx
from pydantic import ValidationError

from patchgui.ssm import shapes as s
from patchgui.ssm.caller import Caller
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import ProtocolError
from patchgui.ssm.maintenance_windows import MaintenanceWindows
from patchgui.ssm.meter import Meter
from patchgui.ssm.neighbours.ec2 import Ec2
from patchgui.ssm.neighbours.logs import Logs
from patchgui.ssm.neighbours.resource_groups import ResourceGroups
from patchgui.ssm.neighbours.s3 import S3
from patchgui.ssm.operations import OPERATIONS, OperationShape
from patchgui.ssm.replies import xml_texts
from patchgui.ssm.retry import RetryPolicy
from patchgui.ssm.throttle import TokenBucket
from patchgui.ssm.transport import Transport

__all__ = ["Endpoint", "SsmClient"]

# Calls per second, below what AWS grants an account for the calls that watch a run; the buckets learn the rest.
_LIMITS: Final = {"ssm": 20.0, "sts": 20.0, "ec2": 10.0, "resource-groups": 5.0, "s3": 20.0, "logs": 5.0}
_BURST: Final = 40
_COMPILING: Final = threading.Lock()


class _Paged(Protocol):
    @property
    def next_token(self) -> str | None: ...


_Request = TypeVar("_Request", bound=s.Shape)
_Page = TypeVar("_Page", bound=_Paged)
_Result = TypeVar("_Result", bound=s.Shape)


class SsmClient:
    """Talks to one endpoint. Every call raises ``PatchError`` and nothing else that is expected.

    A call whose outcome is unknown is made again only where that does no harm; ``send_command`` never is.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        http: httpx.AsyncClient | None = None,
        *,
        retry: RetryPolicy | None = None,
        bucket: TokenBucket | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport = Transport(endpoint, http)
        limits = dict.fromkeys(_LIMITS) if endpoint.is_agent else _LIMITS
        buckets = {service: TokenBucket(rate, _BURST) for service, rate in limits.items()}
        self._caller = Caller(self._transport, buckets | ({"ssm": bucket} if bucket else {}), retry, sleep=sleep)
        self.meter: Meter = self._caller.meter
        self.windows = MaintenanceWindows(self._call, self._exchange)
        self.ec2 = Ec2(self._caller)
        self.resource_groups = ResourceGroups(self._caller)
        self.s3 = S3(self._caller)
        self.logs = Logs(self._caller)

    async def aclose(self) -> None:
        """Close the connections. Calls that are under way fail."""
        await self._transport.aclose()

    async def pages(self, call: Callable[[_Request], Awaitable[_Page]], request: _Request) -> AsyncIterator[_Page]:
        """Yield every page of a list, as in ``client.pages(client.list_commands, ListCommandsRequest())``.

        Pages are as large as the service allows, unless the request says otherwise. A page is fetched when asked for.

        Raises:
            ProtocolError: the service sends the same page again and again.
        """
        if getattr(request, "max_results", None) is None:
            request = request.model_copy(update={"max_results": _largest_page(request)})
        while True:
            page = await call(request)
            yield page
            token = page.next_token
            if not token:
                return
            if token == getattr(request, "next_token", None):
                raise ProtocolError("The service repeats a page of the list.", hint="Read the list again.")
            request = request.model_copy(update={"next_token": token})

    async def send_command(self, request: s.SendCommandRequest) -> s.SendCommandResult:
        """Start a document on nodes. Not made again when no answer came: look the comment up in ``list_commands``."""
        return await self._call(OPERATIONS["SendCommand"], request, s.SendCommandResult)

    async def list_commands(self, request: s.ListCommandsRequest) -> s.ListCommandsResult:
        """Return one page of commands, newest first."""
        return await self._call(OPERATIONS["ListCommands"], request, s.ListCommandsResult)

    async def list_command_invocations(
        self, request: s.ListCommandInvocationsRequest
    ) -> s.ListCommandInvocationsResult:
        """Return one page of invocations."""
        return await self._call(OPERATIONS["ListCommandInvocations"], request, s.ListCommandInvocationsResult)

    async def get_command_invocation(self, request: s.GetCommandInvocationRequest) -> s.GetCommandInvocationResult:
        """Return one step on one node with its output."""
        return await self._call(OPERATIONS["GetCommandInvocation"], request, s.GetCommandInvocationResult)

    async def cancel_command(self, request: s.CancelCommandRequest) -> s.CancelCommandResult:
        """Ask for a command to be stopped."""
        return await self._call(OPERATIONS["CancelCommand"], request, s.CancelCommandResult)

    async def describe_instance_information(
        self, request: s.DescribeInstanceInformationRequest
    ) -> s.DescribeInstanceInformationResult:
        """Return one page of managed nodes."""
        return await self._call(OPERATIONS["DescribeInstanceInformation"], request, s.DescribeInstanceInformationResult)

    async def describe_instance_properties(
        self, request: s.DescribeInstancePropertiesRequest
    ) -> s.DescribeInstancePropertiesResult:
        """Return one page of managed nodes, as large as 1,000."""
        return await self._call(OPERATIONS["DescribeInstanceProperties"], request, s.DescribeInstancePropertiesResult)

    async def add_tags_to_resource(self, request: s.AddTagsToResourceRequest) -> s.AddTagsToResourceResult:
        """Set tags on a resource."""
        return await self._call(OPERATIONS["AddTagsToResource"], request, s.AddTagsToResourceResult)

    async def remove_tags_from_resource(
        self, request: s.RemoveTagsFromResourceRequest
    ) -> s.RemoveTagsFromResourceResult:
        """Take tags off a resource."""
        return await self._call(OPERATIONS["RemoveTagsFromResource"], request, s.RemoveTagsFromResourceResult)

    async def list_tags_for_resource(self, request: s.ListTagsForResourceRequest) -> s.ListTagsForResourceResult:
        """Return the tags of a resource."""
        return await self._call(OPERATIONS["ListTagsForResource"], request, s.ListTagsForResourceResult)

    async def list_documents(self, request: s.ListDocumentsRequest) -> s.ListDocumentsResult:
        """Return one page of documents."""
        return await self._call(OPERATIONS["ListDocuments"], request, s.ListDocumentsResult)

    async def describe_document(self, request: s.DescribeDocumentRequest) -> s.DescribeDocumentResult:
        """Return what there is to say of a document."""
        return await self._call(OPERATIONS["DescribeDocument"], request, s.DescribeDocumentResult)

    async def get_document(self, request: s.GetDocumentRequest) -> s.GetDocumentResult:
        """Return a document's content."""
        return await self._call(OPERATIONS["GetDocument"], request, s.GetDocumentResult)

    async def list_document_versions(self, request: s.ListDocumentVersionsRequest) -> s.ListDocumentVersionsResult:
        """Return one page of a document's versions."""
        return await self._call(OPERATIONS["ListDocumentVersions"], request, s.ListDocumentVersionsResult)

    async def create_document(self, request: s.CreateDocumentRequest) -> s.CreateDocumentResult:
        """Make a document."""
        return await self._call(OPERATIONS["CreateDocument"], request, s.CreateDocumentResult)

    async def update_document(self, request: s.UpdateDocumentRequest) -> s.UpdateDocumentResult:
        """Add a version to a document."""
        return await self._call(OPERATIONS["UpdateDocument"], request, s.UpdateDocumentResult)

    async def update_document_default_version(
        self, request: s.UpdateDocumentDefaultVersionRequest
    ) -> s.UpdateDocumentDefaultVersionResult:
        """Choose a document's default version."""
        return await self._call(
            OPERATIONS["UpdateDocumentDefaultVersion"], request, s.UpdateDocumentDefaultVersionResult
        )

    async def delete_document(self, request: s.DeleteDocumentRequest) -> s.DeleteDocumentResult:
        """Delete a document or one version of it."""
        return await self._call(OPERATIONS["DeleteDocument"], request, s.DeleteDocumentResult)

    async def describe_instance_patch_states(
        self, request: s.DescribeInstancePatchStatesRequest
    ) -> s.DescribeInstancePatchStatesResult:
        """Return one page of patch summaries."""
        return await self._call(OPERATIONS["DescribeInstancePatchStates"], request, s.DescribeInstancePatchStatesResult)

    async def describe_instance_patches(
        self, request: s.DescribeInstancePatchesRequest
    ) -> s.DescribeInstancePatchesResult:
        """Return one page of a node's patches."""
        return await self._call(OPERATIONS["DescribeInstancePatches"], request, s.DescribeInstancePatchesResult)

    async def get_default_patch_baseline(
        self, request: s.GetDefaultPatchBaselineRequest
    ) -> s.GetDefaultPatchBaselineResult:
        """Return the default baseline of an operating system."""
        return await self._call(OPERATIONS["GetDefaultPatchBaseline"], request, s.GetDefaultPatchBaselineResult)

    async def get_patch_baseline(self, request: s.GetPatchBaselineRequest) -> s.GetPatchBaselineResult:
        """Return one baseline."""
        return await self._call(OPERATIONS["GetPatchBaseline"], request, s.GetPatchBaselineResult)

    async def describe_patch_baselines(
        self, request: s.DescribePatchBaselinesRequest
    ) -> s.DescribePatchBaselinesResult:
        """Return one page of baselines."""
        return await self._call(OPERATIONS["DescribePatchBaselines"], request, s.DescribePatchBaselinesResult)

    async def create_association(self, request: s.CreateAssociationRequest) -> s.CreateAssociationResult:
        """Run a document by a schedule. Not made again when no answer came: look its name up in the list."""
        return await self._call(OPERATIONS["CreateAssociation"], request, s.CreateAssociationResult)

    async def describe_association(self, request: s.DescribeAssociationRequest) -> s.DescribeAssociationResult:
        """Return one association."""
        return await self._call(OPERATIONS["DescribeAssociation"], request, s.DescribeAssociationResult)

    async def list_associations(self, request: s.ListAssociationsRequest) -> s.ListAssociationsResult:
        """Return one page of associations."""
        return await self._call(OPERATIONS["ListAssociations"], request, s.ListAssociationsResult)

    async def update_association(self, request: s.UpdateAssociationRequest) -> s.UpdateAssociationResult:
        """Change an association."""
        return await self._call(OPERATIONS["UpdateAssociation"], request, s.UpdateAssociationResult)

    async def delete_association(self, request: s.DeleteAssociationRequest) -> s.DeleteAssociationResult:
        """Take an association away."""
        return await self._call(OPERATIONS["DeleteAssociation"], request, s.DeleteAssociationResult)

    async def describe_association_executions(
        self, request: s.DescribeAssociationExecutionsRequest
    ) -> s.DescribeAssociationExecutionsResult:
        """Return one page of an association's executions."""
        return await self._call(
            OPERATIONS["DescribeAssociationExecutions"], request, s.DescribeAssociationExecutionsResult
        )

    async def describe_association_execution_targets(
        self, request: s.DescribeAssociationExecutionTargetsRequest
    ) -> s.DescribeAssociationExecutionTargetsResult:
        """Return one page of the nodes of an execution."""
        return await self._call(
            OPERATIONS["DescribeAssociationExecutionTargets"], request, s.DescribeAssociationExecutionTargetsResult
        )

    async def get_caller_identity(self) -> s.GetCallerIdentityResult:
        """Return whose credentials these are."""
        body = await self._caller.repeat(
            "sts",
            lambda: self._transport.post_form("GetCallerIdentity", b"Action=GetCallerIdentity&Version=2011-06-15"),
        )
        members = xml_texts(body)
        if "Account" not in members:
            raise ProtocolError("The answer to GetCallerIdentity names no account.", log_detail=repr(body[:500]))
        return s.GetCallerIdentityResult.from_wire(dict(members))

    async def ask_agent(self, action: str, members: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make one of the calls that only our own agent knows, such as ``ResetSandbox``; never made twice."""
        body = json.dumps(members or {}).encode()
        answer = await self._caller.repeat(
            "ssm", lambda: self._transport.post_json(f"PatchNowAgent.{action}", body), is_repeatable=False
        )
        return _members(action, answer)

    async def _call(self, operation: OperationShape, request: s.Shape, result: type[_Result]) -> _Result:
        answer = await self._answer(operation, request.to_wire_json())
        if not result.__pydantic_complete__:
            # Compiling a large shape takes longer than a frame of the window; in a thread it does so in between.
            await asyncio.to_thread(_compile, result)
        try:
            return result.from_wire_json(answer or b"{}")
        except ValidationError as error:
            raise ProtocolError(
                f"The answer to {operation.name} is not understood.",
                hint="The service may be newer than this release: look for an update.",
                log_detail=str(error),
            ) from error

    async def _exchange(self, operation: OperationShape, members: Mapping[str, Any]) -> dict[str, Any]:
        return _members(operation.name, await self._answer(operation, json.dumps(members).encode()))

    async def _answer(self, operation: OperationShape, body: bytes) -> bytes:
        target = f"AmazonSSM.{operation.name}"
        return await self._caller.repeat(
            "ssm", lambda: self._transport.post_json(target, body), is_repeatable=operation.is_repeatable
        )


def _compile(shape: type[s.Shape]) -> None:
    with _COMPILING:
        shape.model_rebuild()


def _members(action: str, answer: bytes) -> dict[str, Any]:
    try:
        members = json.loads(answer or b"{}")
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise ProtocolError(f"The answer to {action} is not understood.", log_detail=repr(answer[:500]))
    return members


def _largest_page(request: s.Shape) -> int | None:
    name = type(request).__name__.removesuffix("Request")
    return OPERATIONS[name].page_size or None
