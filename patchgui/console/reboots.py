"""Reboots that are put off: made once, told of until they have happened, and taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
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
    """A reboot that has not happened yet; that of a large run is several associations.

    ``after`` is the document that runs afterwards; empty for none.
    """

    association_ids: tuple[str, ...]
    at: datetime
    instance_ids: tuple[str, ...] = ()
    targets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    after: str = ""
    run_id: str | None = None


async def put_off(
    client: SsmClient,
    request: CreateAssociationRequest,
    sleep: Callable[[float], Awaitable[None]],
    tell: Callable[[str], None] = lambda _: None,
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

    return await once(send, look, sleep, "the reboot was put off", tell=tell)


class PendingReboots:
    """Reads the reboots of one connection; what was told of an association once is not asked for again."""

    def __init__(self, client: SsmClient) -> None:
        self._client = client
        self._after: dict[tuple[str, str], str] = {}

    async def read(self) -> tuple[PendingReboot, ...]:
        """Return the reboots that have not happened yet, the next one first; those of other people too."""
        document = AssociationFilter(key=AssociationFilterKey.NAME, value=REBOOT_DOCUMENT)
        asked = ListAssociationsRequest(association_filter_list=(document,))
        found: dict[object, PendingReboot] = {}
        async for page in self._client.pages(self._client.list_associations, asked):
            for each in page.associations:
                moment = moment_of(each.schedule_expression)
                if moment is not None and each.last_execution_date is None:
                    one = await self._pending(moment, each)
                    whole = (one.run_id, one.at, one.after) if one.run_id else one.association_ids
                    found[whole] = _merged(found.get(whole), one)
        return tuple(sorted(found.values(), key=lambda reboot: reboot.at))

    async def _pending(self, moment: datetime, association: Association) -> PendingReboot:
        ids, targets = _who(association.targets)
        after, run_id = await self._after_of(association), run_of(association.association_name)
        return PendingReboot((association.association_id,), moment, ids, targets, after, run_id)

    async def _after_of(self, association: Association) -> str:
        """Return the document that runs afterwards: a list of associations does not tell their parameters."""
        key = association.association_id, association.association_version
        if key not in self._after:
            try:
                asked = DescribeAssociationRequest(association_id=association.association_id)
                parameters = (await self._client.describe_association(asked)).association_description.parameters
            except NotFound:
                return ""
            after = next(iter(parameters.get("PostRebootHookDocName", ())), NO_HOOK)
            self._after[key] = "" if after == NO_HOOK else after
        return self._after[key]


def _merged(first: PendingReboot | None, second: PendingReboot) -> PendingReboot:
    if first is None:
        return second
    return replace(
        first,
        association_ids=(*first.association_ids, *second.association_ids),
        instance_ids=(*first.instance_ids, *second.instance_ids),
    )


def _who(targets: tuple[Target, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    if len(targets) == 1 and targets[0].key == "InstanceIds":
        return targets[0].values, ()
    return (), tuple((target.key, target.values) for target in targets)


async def take_back(client: SsmClient, association_id: str) -> None:
    """Remove a reboot that has not happened yet. Raises NotFound when it is gone already."""
    await client.delete_association(DeleteAssociationRequest(association_id=association_id))
