"""CreateAssociation and the calls that follow, change and delete associations."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Protocol

from patchgui.agent.api.operation import Operation
from patchgui.agent.api.paging import page
from patchgui.agent.associations.service import AssociationService
from patchgui.agent.associations.views import AssociationViews
from patchgui.agent.commands.sending import CommandSender
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import (
    AssociationDescription,
    AssociationExecution,
    AssociationExecutionFilterKey,
    AssociationFilter,
    CreateAssociationRequest,
    CreateAssociationResult,
    DeleteAssociationRequest,
    DeleteAssociationResult,
    DescribeAssociationExecutionsRequest,
    DescribeAssociationExecutionsResult,
    DescribeAssociationExecutionTargetsRequest,
    DescribeAssociationExecutionTargetsResult,
    DescribeAssociationRequest,
    DescribeAssociationResult,
    ListAssociationsRequest,
    ListAssociationsResult,
    UpdateAssociationRequest,
    UpdateAssociationResult,
)

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class Associated(Protocol):
    """The parts of a server that calls on associations need."""

    @property
    def associations(self) -> AssociationService:
        """All associations."""

    @property
    def commands(self) -> CommandSender:
        """What they send."""


async def create(context: Associated, request: CreateAssociationRequest) -> CreateAssociationResult:
    """Have a document run on nodes at a moment, or at once."""
    association_id = context.associations.create(request)
    return CreateAssociationResult(association_description=_described(context, association_id))


async def describe(context: Associated, request: DescribeAssociationRequest) -> DescribeAssociationResult:
    """Return one association."""
    association_id = _id_of(context, request)
    return DescribeAssociationResult(association_description=_described(context, association_id))


async def update(context: Associated, request: UpdateAssociationRequest) -> UpdateAssociationResult:
    """Change an association."""
    context.associations.update(request)
    return UpdateAssociationResult(association_description=_described(context, request.association_id))


async def delete(context: Associated, request: DeleteAssociationRequest) -> DeleteAssociationResult:
    """Take an association away."""
    context.associations.delete(_id_of(context, request))
    return DeleteAssociationResult()


async def list_associations(context: Associated, request: ListAssociationsRequest) -> ListAssociationsResult:
    """Return a page of associations."""
    repository, views = context.associations.repository, AssociationViews(context.commands.repository)
    rows = [(row, repository.executions(row["association_id"])) for row in repository.all()]
    for each in request.association_filter_list or ():
        rows = [(row, executions) for row, executions in rows if _fits(views, row, executions, each)]
    some, token = page(rows, request, max_results=request.max_results, next_token=request.next_token)
    return ListAssociationsResult(
        associations=tuple(views.listed(row, executions) for row, executions in some), next_token=token
    )


async def list_executions(
    context: Associated, request: DescribeAssociationExecutionsRequest
) -> DescribeAssociationExecutionsResult:
    """Return a page of an association's executions."""
    context.associations.known(request.association_id)
    views = AssociationViews(context.commands.repository)
    found = [views.execution(row) for row in context.associations.repository.executions(request.association_id)]
    for each in request.filters or ():
        compare = _COMPARED[each.type.value]
        found = [one for one in found if compare(_value_of(one, each.key), each.value)]
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeAssociationExecutionsResult(association_executions=tuple(some), next_token=token)


async def list_execution_targets(
    context: Associated, request: DescribeAssociationExecutionTargetsRequest
) -> DescribeAssociationExecutionTargetsResult:
    """Return a page of the nodes of an execution."""
    context.associations.known(request.association_id)
    rows = context.associations.repository.executions(request.association_id)
    chosen = [row for row in rows if row["execution_id"] == request.execution_id]
    if not chosen:
        raise Refusal("AssociationExecutionDoesNotExist", f"There is no execution {request.execution_id}.")
    found = AssociationViews(context.commands.repository).targets(chosen[0])
    for each in request.filters or ():
        attribute = {"Status": "status", "ResourceId": "resource_id", "ResourceType": "resource_type"}[each.key.value]
        found = [one for one in found if getattr(one, attribute) == each.value]
    some, token = page(found, request, max_results=request.max_results, next_token=request.next_token)
    return DescribeAssociationExecutionTargetsResult(association_execution_targets=tuple(some), next_token=token)


def _value_of(execution: AssociationExecution, key: AssociationExecutionFilterKey) -> str:
    match key:
        case AssociationExecutionFilterKey.EXECUTION_ID:
            return execution.execution_id
        case AssociationExecutionFilterKey.STATUS:
            return execution.status
        case _:
            moment = execution.created_time
            return moment.strftime(_MOMENT) if moment else ""


_COMPARED: Mapping[str, Callable[[str, str], bool]] = {
    "EQUAL": lambda value, wanted: value == wanted,
    "LESS_THAN": lambda value, wanted: value < wanted,
    "GREATER_THAN": lambda value, wanted: value > wanted,
}


def _id_of(context: Associated, request: DescribeAssociationRequest | DeleteAssociationRequest) -> str:
    if request.association_id:
        return request.association_id
    return str(context.associations.find(request.name, request.instance_id)["association_id"])


def _described(context: Associated, association_id: str) -> AssociationDescription:
    row = context.associations.known(association_id)
    executions = context.associations.repository.executions(association_id)
    return AssociationViews(context.commands.repository).described(row, executions)


def _fits(views: AssociationViews, row: Row, executions: Sequence[Row], condition: AssociationFilter) -> bool:
    settings, wanted = json.loads(row["settings"]), condition.value
    match condition.key.value:
        case "Name" | "AssociationName":
            return bool(settings.get(condition.key.value) == wanted)
        case "AssociationId":
            return bool(row["association_id"] == wanted)
        case "InstanceId":
            targets = [value for each in settings.get("Targets", ()) for value in each["Values"]]
            return settings.get("InstanceId") == wanted or wanted in targets
        case "AssociationStatusName":
            return (views.status(executions[0])[0] if executions else "Pending") == wanted
        case "LastExecutedBefore" | "LastExecutedAfter":
            if not executions:
                return False
            last = datetime.fromtimestamp(executions[0]["created_at"], UTC).strftime(_MOMENT)
            return last < wanted if condition.key.value == "LastExecutedBefore" else last > wanted
        case _:
            # There are no resource groups and no cloud connectors here.
            return False


OPERATIONS: Mapping[str, Operation[Associated]] = {
    "CreateAssociation": Operation(CreateAssociationRequest, create),
    "DeleteAssociation": Operation(DeleteAssociationRequest, delete),
    "DescribeAssociation": Operation(DescribeAssociationRequest, describe),
    "DescribeAssociationExecutionTargets": Operation(
        DescribeAssociationExecutionTargetsRequest, list_execution_targets
    ),
    "DescribeAssociationExecutions": Operation(DescribeAssociationExecutionsRequest, list_executions),
    "ListAssociations": Operation(ListAssociationsRequest, list_associations),
    "UpdateAssociation": Operation(UpdateAssociationRequest, update),
}
