"""Reboots that are put off: made once, told of until they have happened, and taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from patchgui.console.once import once
from patchgui.patching.document_steps import NO_HOOK
from patchgui.patching.scheduled_reboot import REBOOT_DOCUMENT, moment_of, run_of
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import NotFound
from patchgui.ssm.shapes import (
    Association,
    AssociationFilter,
    AssociationFilterKey,
    CreateAssociationRequest,
    DeleteAssociationRequest,
    DescribeAssociationRequest,
    ListAssociationsRequest,
    Target,
)


@dataclass(frozen=True, slots=True)
class PendingReboot:
    """A reboot that has not happened yet. ``after`` is the document that runs afterwards; empty for none."""

    association_id: str
    at: datetime
    instance_ids: tuple[str, ...] = ()
    targets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    after: str = ""
    run_id: str | None = None


async def put_off(
    client: SsmClient, request: CreateAssociationRequest, sleep: Callable[[float], Awaitable[None]]
) -> str:
    """Make the association of a reboot, exactly once, and return its id; its name tells it from others."""

    async def send() -> str:
        return (await client.create_association(request)).association_description.association_id

    async def look() -> str | None:
        name = AssociationFilter(key=AssociationFilterKey.ASSOCIATION_NAME, value=request.association_name or "")
        asked = ListAssociationsRequest(association_filter_list=(name,))
        async for page in client.pages(client.list_associations, asked):
            for each in page.associations:
                if each.association_name == request.association_name:
                    return each.association_id
        return None

    return await once(send, look, sleep, "the reboot was put off")


async def pending_reboots(client: SsmClient) -> tuple[PendingReboot, ...]:
    """Return the reboots that have not happened yet, the next one first; those of other people too."""
    document = AssociationFilter(key=AssociationFilterKey.NAME, value=REBOOT_DOCUMENT)
    waiting: list[tuple[datetime, Association]] = []
    async for page in client.pages(
        client.list_associations, ListAssociationsRequest(association_filter_list=(document,))
    ):
        for each in page.associations:
            moment = moment_of(each.schedule_expression)
            if moment is not None and each.last_execution_date is None:
                waiting.append((moment, each))
    return tuple([await _pending(client, moment, each) for moment, each in sorted(waiting, key=lambda pair: pair[0])])


async def _pending(client: SsmClient, moment: datetime, association: Association) -> PendingReboot:
    # A list does not tell the parameters.
    try:
        asked = DescribeAssociationRequest(association_id=association.association_id)
        parameters = (await client.describe_association(asked)).association_description.parameters
    except NotFound:
        parameters = {}
    after = next(iter(parameters.get("PostRebootHookDocName", ())), NO_HOOK)
    ids, targets = _who(association.targets)
    return PendingReboot(
        association.association_id,
        moment,
        ids,
        targets,
        "" if after == NO_HOOK else after,
        run_of(association.association_name),
    )


def _who(targets: tuple[Target, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    if len(targets) == 1 and targets[0].key == "InstanceIds":
        return targets[0].values, ()
    return (), tuple((target.key, target.values) for target in targets)


async def take_back(client: SsmClient, association_id: str) -> None:
    """Remove a reboot that has not happened yet. Raises NotFound when it is gone already."""
    await client.delete_association(DeleteAssociationRequest(association_id=association_id))
