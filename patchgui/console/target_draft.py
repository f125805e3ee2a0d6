"""Targets as a person types them, before they are registered with a maintenance window."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from patchgui.console.window_changes import NewTarget
from patchgui.ssm.shapes.maintenance_windows import MaintenanceWindowResourceType

PAIRS_MAX: Final = 5
"""The service takes so many keys for one target."""
_NAME = re.compile(r"^[a-zA-Z0-9_\-.]{3,128}$")
_NODE_ID = re.compile(r"^(i|mi)-[0-9a-f]{8,17}$")
_TEXT_MAX: Final = 128


class TargetKind(StrEnum):
    """By what the targets are told."""

    TAGS = "tags"
    NODES = "nodes"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """One target. ``tags`` are keys with values, ``ids`` are nodes: several are set apart by commas."""

    kind: TargetKind = TargetKind.TAGS
    tags: tuple[tuple[str, str], ...] = ()
    ids: str = ""
    group: str = ""
    name: str = ""
    description: str = ""
    owner: str = ""

    def problems(self) -> Mapping[str, str]:
        """Return what is wrong, by the name of the field."""
        found: dict[str, str] = {}
        if self.name and not _NAME.match(self.name):
            found["name"] = "Use 3 to 128 letters, digits, dots, dashes and underscores; or none at all."
        for field, words in (("description", self.description), ("owner", self.owner)):
            if len(words) > _TEXT_MAX:
                found[field] = f"At most {_TEXT_MAX} characters; these are {len(words)}."
        match self.kind:
            case TargetKind.TAGS:
                if not self.tags or not all(key and _parts(values) for key, values in self.tags):
                    found["tags"] = "Give each tag a key and at least one value."
                elif len({key for key, _ in self.tags}) < len(self.tags):
                    found["tags"] = "Name each key once; several values are set apart by commas."
            case TargetKind.NODES:
                strange = [each for each in _parts(self.ids) if not _NODE_ID.match(each)]
                if strange:
                    found["ids"] = f"“{strange[0]}” is no node's id. They begin with i- or mi-."
                elif not _parts(self.ids):
                    found["ids"] = "Give at least one node's id."
            case TargetKind.GROUP:
                if not self.group.strip():
                    found["group"] = "Give the name of a resource group."
        return found

    def target(self) -> NewTarget:
        """Return the target as it is registered."""
        kind = MaintenanceWindowResourceType.INSTANCE
        if self.kind is TargetKind.GROUP:
            kind = MaintenanceWindowResourceType.RESOURCE_GROUP
            pairs: tuple[tuple[str, tuple[str, ...]], ...] = (("resource-groups:Name", (self.group.strip(),)),)
        elif self.kind is TargetKind.NODES:
            pairs = (("InstanceIds", _parts(self.ids)),)
        else:
            pairs = tuple((f"tag:{key}", _parts(values)) for key, values in self.tags)
        return NewTarget(kind, pairs, self.name, self.description, self.owner)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
