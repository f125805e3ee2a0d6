"""What is known of nodes elsewhere than in the list of nodes: their tags, and what their last scans counted."""

import asyncio
from collections.abc import Mapping, Sequence

from patchgui.console.lacks import Lacks
from patchgui.console.together import together
from patchgui.ssm.client import SsmClient
from patchgui.ssm.errors import AccessDenied, CredentialError, InvalidInput, NotFound, ProtocolError, ServiceError
from patchgui.ssm.neighbours.ec2 import IDS_PER_CALL as EC2_IDS_PER_CALL
from patchgui.ssm.shapes import DescribeInstancePatchStatesRequest, InstancePatchState, ListTagsForResourceRequest

STATES_PER_CALL = 50
"""DescribeInstancePatchStates takes no more ids (service model)."""
_STATES = "What nodes miss is not shown"
_EC2 = "Names and tags from EC2 are not shown"
_TAGS = "Tags of nodes outside EC2 are not shown"
_TAGS_AT_ONCE = 3
"""Few, so that who opens a run meanwhile does not wait behind a queue of them."""
_MAX_TAG_CALLS = 200
"""Tags of nodes outside EC2 cost one call each; a larger fleet is shown without them rather than after minutes."""


class NodeDetails:
    """Reads the details of nodes. A permission that is missing is noted once, and its call not made again."""

    def __init__(self, client: SsmClient, lacks: Lacks | None = None) -> None:
        self._client = client
        self._lacks = lacks or Lacks()
        self._closed: set[str] = set()
        self._tag_calls_left = _MAX_TAG_CALLS

    @property
    def states_are_known(self) -> bool:
        """Whether a node without counts was never scanned; if not, the counts may not be read."""
        return _STATES not in self._closed

    async def states(self, instance_ids: Sequence[str]) -> dict[str, InstancePatchState]:
        """Return what these nodes' last scans counted, by id; nothing where the operator may not read it."""
        found: dict[str, InstancePatchState] = {}
        for at in range(0, len(instance_ids), STATES_PER_CALL):
            if _STATES in self._closed:
                break
            request = DescribeInstancePatchStatesRequest(instance_ids=tuple(instance_ids[at : at + STATES_PER_CALL]))
            try:
                async for page in self._client.pages(self._client.describe_instance_patch_states, request):
                    found.update({state.instance_id: state for state in page.instance_patch_states})
            except AccessDenied as denied:
                self._close(_STATES, denied)
            else:
                self._lacks.forget(_STATES)
        return found

    async def tags(self, instance_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
        """Return the tags of these nodes, by id: of EC2's own from EC2, of the others from Systems Manager."""
        of_ec2 = [each for each in instance_ids if each.startswith("i-")]
        joined = [each for each in instance_ids if each.startswith("mi-")][: self._tag_calls_left]
        self._tag_calls_left -= len(joined)
        found: dict[str, Mapping[str, str]] = {}
        for at in range(0, len(of_ec2), EC2_IDS_PER_CALL):
            found.update(await self._ec2_tags(of_ec2[at : at + EC2_IDS_PER_CALL]))
        if joined:
            gate = asyncio.Semaphore(_TAGS_AT_ONCE)
            answers = await together(self._joined_tags(each, gate) for each in joined)
            found.update(zip(joined, answers, strict=True))
        return found

    async def _ec2_tags(self, instance_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        if _EC2 in self._closed:
            return {}
        try:
            found = await self._client.ec2.tags(instance_ids)
        except AccessDenied as denied:
            self._close(_EC2, denied)
        except (ServiceError, ProtocolError):
            # An endpoint of one's own may serve Systems Manager alone.
            self._closed.add(_EC2)
        except CredentialError as error:
            # Such an endpoint may also say so by not taking a signature that is made for EC2.
            if type(error) is not CredentialError:
                raise
            self._closed.add(_EC2)
        else:
            self._lacks.forget(_EC2)
            return found
        return {}

    async def _joined_tags(self, instance_id: str, gate: asyncio.Semaphore) -> dict[str, str]:
        async with gate:
            if _TAGS in self._closed:
                return {}
            request = ListTagsForResourceRequest(resource_type="ManagedInstance", resource_id=instance_id)
            try:
                answer = await self._client.list_tags_for_resource(request)
            except AccessDenied as denied:
                self._close(_TAGS, denied)
                return {}
            except (NotFound, InvalidInput):
                return {}
        self._lacks.forget(_TAGS)
        return {tag.key: tag.value for tag in answer.tag_list}

    def _close(self, what: str, denied: AccessDenied) -> None:
        self._closed.add(what)
        self._lacks.note(what, denied)
