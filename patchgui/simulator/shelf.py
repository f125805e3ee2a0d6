"""Documents, tags and nodes of the fleet: the agent's own stores, with what a fleet has besides."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from patchgui.agent.clock import Clock
from patchgui.agent.documents import DocumentStore
from patchgui.agent.store.database import Database
from patchgui.agent.stored_document import StoredDocument
from patchgui.agent.tags import TagStore
from patchgui.simulator.population import Population, SyntheticNode
from patchgui.ssm.shapes import PlatformType, ResourceTypeForTagging

_EVERYWHERE = (PlatformType.WINDOWS, PlatformType.LINUX, PlatformType.MAC_OS)
_PATCH_DOCUMENTS = frozenset({"AWS-RunPatchBaseline", "AWS-RunPatchBaselineWithHooks", "AWS-InstanceRebootWithHooks"})
_SHELL, _POWERSHELL = "aws:runShellScript", "aws:runPowerShellScript"


class FleetTags(TagStore):
    """All tags; nodes carry theirs from the beginning, although nothing is kept of them."""

    def __init__(self, database: Database, population: Population) -> None:
        super().__init__(database)
        self._population = population
        self.version = 0

    def get(self, resource_type: ResourceTypeForTagging, resource_id: str) -> Mapping[str, str]:
        """Return a resource's tags, by key."""
        if resource_type == ResourceTypeForTagging.MANAGED_INSTANCE and (resource_type, resource_id) not in self._tags:
            return self._population.tags_of(resource_id)
        return super().get(resource_type, resource_id)

    def changed(self, instance_id: str) -> Mapping[str, str] | None:
        """Return a node's tags if somebody has changed them, so that the others cost nothing."""
        return self._tags.get((ResourceTypeForTagging.MANAGED_INSTANCE, instance_id))


class FleetNodes:
    """All nodes of the fleet with the tags that they have now."""

    def __init__(self, population: Population, tags: FleetTags) -> None:
        self._population = population
        self._tags = tags

    def __iter__(self) -> Iterator[SyntheticNode]:
        return iter(self._population)

    def __contains__(self, instance_id: object) -> bool:
        return instance_id in self._population

    def tags_of(self, instance_id: str) -> Mapping[str, str]:
        """Return a node's tags."""
        return self._tags.get(ResourceTypeForTagging.MANAGED_INSTANCE, instance_id)


class FleetDocuments(DocumentStore):
    """All documents; those that patch are for every platform, as Amazon's own are."""

    def __init__(self, database: Database, tags: TagStore, clock: Clock, account_id: str) -> None:
        super().__init__(database, tags, clock, account_id)
        for name in _PATCH_DOCUMENTS & self._built_in.keys():
            self._built_in[name] = _for_all_platforms(self._built_in[name])


def _for_all_platforms(document: StoredDocument) -> StoredDocument:
    """Return a document that has, beside each step for Linux, its like for the other platforms."""
    steps: list[dict[str, Any]] = []
    for step in document.content["mainSteps"]:
        steps.append(step)
        if step.get("precondition", {}).get("StringEquals") == ["platformType", "Linux"]:
            steps += [_twin(step, "Windows", _POWERSHELL), _twin(step, "MacOS", _SHELL)]
    content = {**document.content, "mainSteps": steps}
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return replace(document, text=text, platform_types=_EVERYWHERE)


def _twin(step: Mapping[str, Any], platform: str, action: str) -> dict[str, Any]:
    name = f"{step['name'].removesuffix('Linux')}{platform}"
    return {**step, "name": name, "action": action, "precondition": {"StringEquals": ["platformType", platform]}}
