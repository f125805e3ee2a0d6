"""Answers of many items, written as JSON at once: a shape for each of ten thousand would cost more than all else."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import override

from patchgui.ssm.shapes.base import Shape


class Written(Shape):
    """An answer that is JSON already. Contract tests hold it against the service model, as all others."""

    body: bytes

    @override
    def to_wire_json(self) -> bytes:
        """Return the JSON text."""
        return self.body


def written_page(member: str, items: Iterable[str], next_token: str | None) -> Written:
    """Return a page of items that are JSON text each."""
    token = f',"NextToken":{json.dumps(next_token)}' if next_token else ""
    return Written(body=f'{{"{member}":[{",".join(items)}]{token}}}'.encode())


def text_of(members: Mapping[str, Any]) -> str:
    """Return members as JSON text; those that are None are left out."""
    return json.dumps({name: value for name, value in members.items() if value is not None}, separators=(",", ":"))
