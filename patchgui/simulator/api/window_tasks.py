"""Tasks of maintenance windows as a later release keeps them: members that nobody here has heard of stay in them."""

import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import PrivateAttr
from typing_extensions import override

from patchgui.agent.api import windows_parts
from patchgui.agent.api.operation import Operation
from patchgui.agent.windows.repository import Part
from patchgui.agent.windows.views import part_members
from patchgui.simulator.answer import Written, text_of
from patchgui.simulator.parts import FleetParts
from patchgui.ssm.shapes.base import Shape
from patchgui.ssm.shapes.maintenance_windows import (
    GetMaintenanceWindowTaskRequest,
    RegisterTaskWithMaintenanceWindowRequest,
    UpdateMaintenanceWindowTaskRequest,
)


class _Whole(Shape):
    """A request that is checked as any other, and of which nothing is dropped."""

    _members: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    @override
    def from_wire_json(cls, body: bytes | str) -> Self:
        return super().from_wire_json(body).holding(json.loads(body))

    def holding(self, members: dict[str, Any]) -> Self:
        """Return the request, with all members that came."""
        self._members = members
        return self

    @override
    def to_wire(self) -> dict[str, Any]:
        return {name: value for name, value in self._members.items() if value is not None}


class WholeRegisterTaskRequest(_Whole, RegisterTaskWithMaintenanceWindowRequest):
    """Add a task to a window, with all that it has."""


class WholeUpdateTaskRequest(_Whole, UpdateMaintenanceWindowTaskRequest):
    """Change a task, with all that was given."""


async def get_task(parts: FleetParts, request: GetMaintenanceWindowTaskRequest) -> Written:
    """Return a task with every member that it was given."""
    row = parts.windows.registry.part(Part.TASK, request.window_id, request.window_task_id)
    return Written(body=text_of(part_members(row, "WindowTaskId")).encode())


OPERATIONS: Mapping[str, Operation[FleetParts]] = {
    "GetMaintenanceWindowTask": Operation(GetMaintenanceWindowTaskRequest, get_task),
    "RegisterTaskWithMaintenanceWindow": Operation(WholeRegisterTaskRequest, windows_parts.register_task),
    "UpdateMaintenanceWindowTask": Operation(WholeUpdateTaskRequest, windows_parts.update_task),
}
