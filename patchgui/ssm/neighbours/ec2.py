"""EC2: the tags of instances, which Systems Manager does not tell."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from patchgui.ssm.caller import Caller
from patchgui.ssm.errors import ProtocolError

IDS_PER_CALL: Final = 200
"""A filter of DescribeInstances takes no more values (EC2's API reference)."""
_PAGE: Final = 1000
_VERSION: Final = "2016-11-15"
# An answer may be a megabyte; reading it whole would hold the window up.
_PIECE_BYTES: Final = 32_768


class Ec2:
    """The calls to EC2."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def tags(self, instance_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
        """Return the tags of up to 200 instances by id; instances that EC2 does not know are left out.

        Raises:
            AccessDenied: ``ec2:DescribeInstances`` is missing.
            PatchError: as any call.
        """
        # By a filter: naming an id that EC2 has forgotten would fail the whole call.
        asked = {"Action": "DescribeInstances", "Version": _VERSION, "MaxResults": str(_PAGE)}
        asked["Filter.1.Name"] = "instance-id"
        asked |= {f"Filter.1.Value.{number}": each for number, each in enumerate(instance_ids, start=1)}
        found: dict[str, Mapping[str, str]] = {}
        token = await self._page(asked, found)
        while token:
            before, token = token, await self._page({**asked, "NextToken": token}, found)
            if token == before:
                raise ProtocolError("The service repeats a page of the list.", hint="Read the list again.")
        return found

    async def _page(self, asked: Mapping[str, str], found: dict[str, Mapping[str, str]]) -> str:
        body = urlencode(asked).encode()
        answer = await self._caller.repeat(
            "ec2", lambda: self._caller.transport.post_form("DescribeInstances", body, service="ec2")
        )
        return await _read(answer, found)


async def _read(answer: bytes, found: dict[str, Mapping[str, str]]) -> str:
    """Add the tags of one page's instances and return the token of the next page, empty at the end."""
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(("start", "end"))
    path: list[str] = []
    token = ""
    try:
        for at in range(0, len(answer), _PIECE_BYTES):
            parser.feed(answer[at : at + _PIECE_BYTES])
            for event, element in cast("Iterator[tuple[str, ET.Element]]", parser.read_events()):
                if event == "start":
                    path.append(_name(element))
                    continue
                path.pop()
                if _name(element) == "item" and path[-1:] == ["instancesSet"]:
                    found[_text(element, "instanceId")] = _tags(element)
                    element.clear()
                elif _name(element) == "nextToken" and len(path) == 1:
                    token = element.text or ""
            await asyncio.sleep(0)
        parser.close()
    except ET.ParseError as error:
        raise ProtocolError(
            "The answer to DescribeInstances is not understood.", log_detail=f"{error}: {answer[:500]!r}"
        ) from error
    return token


def _tags(instance: ET.Element) -> dict[str, str]:
    return {
        _text(tag, "key"): _text(tag, "value") for tag_set in instance if _name(tag_set) == "tagSet" for tag in tag_set
    }


def _text(parent: ET.Element, name: str) -> str:
    return next((child.text or "" for child in parent if _name(child) == name), "")


def _name(element: ET.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]
