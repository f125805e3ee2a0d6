"""The window that sandbox and demo fleet give their user to begin with, so that there is one to put hooks into."""

from patchgui.agent.windows.registry import WindowRegistry
from patchgui.ssm.shapes import Target
from patchgui.ssm.shapes.maintenance_windows import (
    CreateMaintenanceWindowRequest,
    RegisterTargetWithMaintenanceWindowRequest,
    RegisterTaskWithMaintenanceWindowRequest,
)

NAME = "BlogPostDemo"


def seed(registry: WindowRegistry, patch_group: str = "web-servers") -> None:
    """Give the user the window of a patch group, once; what was changed or deleted of it stays so.

    It is disabled: nothing surprises.
    """
    repository = registry.repository
    if repository.was_seeded(NAME):
        return
    with repository.write():
        window_id = registry.create(
            CreateMaintenanceWindowRequest(
                name=NAME,
                description="Patches the web servers on Sunday night. Enable it to let it run.",
                schedule="cron(0 2 ? * SUN *)",
                duration=2,
                cutoff=1,
                allow_unassociated_targets=False,
            ),
            is_enabled=False,
        )
        target_id = registry.register_target(
            RegisterTargetWithMaintenanceWindowRequest.from_wire(
                {
                    "WindowId": window_id,
                    "ResourceType": "INSTANCE",
                    "Name": "WebServers",
                    "Targets": [{"Key": "tag:PatchGroup", "Values": [patch_group]}],
                }
            )
        )
        registry.register_task(
            RegisterTaskWithMaintenanceWindowRequest.from_wire(
                {
                    "WindowId": window_id,
                    "Name": "PatchingTask",
                    "TaskArn": "AWS-RunPatchBaseline",
                    "TaskType": "RUN_COMMAND",
                    "Priority": 1,
                    "MaxConcurrency": "1",
                    "MaxErrors": "1",
                    "Targets": [Target(key="WindowTargetIds", values=(target_id,)).to_wire()],
                    "TaskInvocationParameters": {"RunCommand": {"Parameters": {"Operation": ["Install"]}}},
                }
            )
        )
        repository.mark_seeded(NAME)
