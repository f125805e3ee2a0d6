"""Nodes chosen by what they have in common, not one by one: SSM works out which they are when the run starts."""

from dataclasses import dataclass
from typing import NamedTuple

from patchgui.ui.errors import Trouble

GROUP_KEY = "resource-groups:Name"
"""The key of a target that is a resource group (SendCommand's API reference)."""


@dataclass(frozen=True, slots=True)
class ChosenTarget:
    """A tag with a value, or a resource group."""

    key: str
    value: str

    @property
    def targets(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The same as a plan takes it."""
        return ((self.key, (self.value,)),)

    @property
    def words(self) -> str:
        """What a person calls it: ``tag Role = web``, ``resource group shop``."""
        if self.key == GROUP_KEY:
            return f"resource group {self.value}"
        return f"tag {self.key.removeprefix('tag:')} = {self.value or '(empty)'}"


class TargetState(NamedTuple):
    """How the target stands: ``node_count`` is None while its nodes are looked up."""

    target: ChosenTarget
    node_count: int | None = None
    trouble: Trouble | None = None
