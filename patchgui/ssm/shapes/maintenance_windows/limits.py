"""SSM's limits on the simple values of requests about maintenance windows, by the service model's own names."""

from typing import Annotated

from pydantic import Field, StringConstraints

AutomationParameterValue = Annotated[str, StringConstraints(min_length=1, max_length=512)]

ClientToken = Annotated[str, StringConstraints(min_length=1, max_length=64)]

MaintenanceWindowCutoff = Annotated[int, Field(ge=0, le=23)]

MaintenanceWindowDescription = Annotated[str, StringConstraints(min_length=1, max_length=128)]

MaintenanceWindowDurationHours = Annotated[int, Field(ge=1, le=24)]

MaintenanceWindowExecutionId = Annotated[
    str,
    StringConstraints(
        min_length=36,
        max_length=36,
        pattern=r"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$",
    ),
]

MaintenanceWindowExecutionTaskId = Annotated[
    str,
    StringConstraints(
        min_length=36,
        max_length=36,
        pattern=r"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$",
    ),
]

MaintenanceWindowExecutionTaskInvocationId = Annotated[
    str,
    StringConstraints(
        min_length=36,
        max_length=36,
        pattern=r"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$",
    ),
]

MaintenanceWindowFilterKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]

MaintenanceWindowFilterValue = Annotated[str, StringConstraints(min_length=1, max_length=256)]

MaintenanceWindowId = Annotated[str, StringConstraints(min_length=20, max_length=20, pattern=r"^mw-[0-9a-f]{17}$")]

MaintenanceWindowLambdaClientContext = Annotated[str, StringConstraints(min_length=1, max_length=8000)]

MaintenanceWindowLambdaPayload = Annotated[str, StringConstraints(max_length=5464)]

MaintenanceWindowLambdaQualifier = Annotated[str, StringConstraints(min_length=1, max_length=128)]

MaintenanceWindowMaxResults = Annotated[int, Field(ge=10, le=100)]

MaintenanceWindowName = Annotated[
    str, StringConstraints(min_length=3, max_length=128, pattern=r"^[a-zA-Z0-9_\-.]{3,128}$")
]

MaintenanceWindowOffset = Annotated[int, Field(ge=1, le=6)]

MaintenanceWindowSchedule = Annotated[str, StringConstraints(min_length=1, max_length=256)]

MaintenanceWindowSearchMaxResults = Annotated[int, Field(ge=1)]

MaintenanceWindowStepFunctionsInput = Annotated[str, StringConstraints(max_length=4096)]

MaintenanceWindowStepFunctionsName = Annotated[str, StringConstraints(min_length=1, max_length=80)]

MaintenanceWindowTargetId = Annotated[
    str,
    StringConstraints(
        min_length=36,
        max_length=36,
        pattern=r"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$",
    ),
]

MaintenanceWindowTaskArn = Annotated[str, StringConstraints(min_length=1, max_length=1600)]

MaintenanceWindowTaskId = Annotated[
    str,
    StringConstraints(
        min_length=36,
        max_length=36,
        pattern=r"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$",
    ),
]

MaintenanceWindowTaskParameterValue = Annotated[str, StringConstraints(min_length=1, max_length=255)]

MaintenanceWindowTaskPriority = Annotated[int, Field(ge=0)]

OwnerInformation = Annotated[str, StringConstraints(min_length=1, max_length=128)]
