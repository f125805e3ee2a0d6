"""Resource Groups: the names of groups that may be targets, and the nodes in one."""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final
from urllib.parse import urlencode

from patchgui.ssm.caller import Caller
from patchgui.ssm.errors import ProtocolError

_PAGE: Final = 50


class ResourceGroups:
    """The calls to Resource Groups."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def names(self) -> tuple[str, ...]:
        """Return the names of all groups of the account in this region, in order.

        Raises:
            AccessDenied: ``resource-groups:ListGroups`` is missing.
            PatchError: as any call.
        """
        found: list[str] = []
        async for page in self._pages("ListGroups", "groups-list", {}):
            found += [str(group.get("GroupName", "")) for group in _list(page, "GroupIdentifiers")]
        return tuple(sorted(filter(None, found), key=str.lower))

    async def instance_ids(self, group: str) -> tuple[str, ...]:
        """Return the ids of the nodes in a group: instances of EC2, and nodes joined by an activation.

        Raises:
            AccessDenied: ``resource-groups:ListGroupResources`` is missing.
            NotFound: there is no such group.
            PatchError: as any call.
        """
        found: list[str] = []
        async for page in self._pages("ListGroupResources", "list-group-resources", {"Group": group}):
            arns = [str(each.get("ResourceArn", "")) for each in _list(page, "ResourceIdentifiers")]
            found += [arn.rpartition("/")[2] for arn in arns if ":instance/" in arn or ":managed-instance/" in arn]
        return tuple(dict.fromkeys(found))

    async def _pages(self, operation: str, path: str, members: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
        token = ""
        while True:
            page = await self._page(operation, path, members, token)
            yield page
            before, token = token, str(page.get("NextToken") or "")
            if not token:
                return
            if token == before:
                raise ProtocolError("The service repeats a page of the list.", hint="Read the list again.")

    async def _page(self, operation: str, path: str, members: dict[str, str], token: str) -> dict[str, Any]:
        # ListGroups takes its page in the address, ListGroupResources in the body (service model).
        if members:
            asked: dict[str, Any] = {**members, "MaxResults": _PAGE} | ({"NextToken": token} if token else {})
        else:
            asked = {}
            path = f"{path}?{urlencode({'maxResults': _PAGE} | ({'nextToken': token} if token else {}))}"
        body = json.dumps(asked).encode()
        answer = await self._caller.repeat(
            "resource-groups", lambda: self._caller.transport.post_path("resource-groups", operation, path, body)
        )
        try:
            page = json.loads(answer or b"{}")
        except ValueError:
            page = None
        if not isinstance(page, dict):
            raise ProtocolError(f"The answer to {operation} is not understood.", log_detail=repr(answer[:500]))
        return page


def _list(page: dict[str, Any], member: str) -> Iterable[dict[str, Any]]:
    return [each for each in page.get(member) or () if isinstance(each, dict)]
