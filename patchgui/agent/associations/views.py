"""How an association and its executions stand, in SSM's shapes."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from sqlite3 import Row
from typing import Any

from patchgui.agent.commands.sending import KeptCommands
from patchgui.ssm.shapes import (
    Association,
    AssociationDescription,
    AssociationExecution,
    AssociationExecutionTarget,
    AssociationOverview,
    OutputSource,
)

_FINAL = {"Success": "Success", "Failed": "Failed", "TimedOut": "Failed", "Cancelled": "Failed"}


class AssociationViews:
    """Makes the answers; the commands tell how executions stand."""

    def __init__(self, commands: KeptCommands) -> None:
        self._commands = commands

    def listed(self, row: Row, executions: Sequence[Row]) -> Association:
        """Return an association as a list shows it."""
        return Association.from_wire(self._members(row, executions))

    def described(self, row: Row, executions: Sequence[Row]) -> AssociationDescription:
        """Return an association whole."""
        members = self._members(row, executions)
        members |= {"Date": row["created_at"], "LastUpdateAssociationDate": row["updated_at"]}
        succeeded = [each for each in executions if self.status(each)[0] == "Success"]
        if succeeded:
            members["LastSuccessfulExecutionDate"] = succeeded[0]["created_at"]
        return AssociationDescription.from_wire(members)

    def _members(self, row: Row, executions: Sequence[Row]) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(row["settings"])
        members |= {"AssociationId": row["association_id"], "AssociationVersion": str(row["version"])}
        members["Overview"] = self._overview(executions).to_wire()
        if executions:
            members["LastExecutionDate"] = executions[0]["created_at"]
        return members

    def _overview(self, executions: Sequence[Row]) -> AssociationOverview:
        if not executions:
            return AssociationOverview(status="Pending", detailed_status="Pending")
        status, detailed = self.status(executions[0])
        counts = Counter(each for _, each, _ in self._nodes(executions[0]))
        return AssociationOverview(
            status=status, detailed_status=detailed, association_status_aggregated_count=dict(counts)
        )

    def status(self, execution: Row) -> tuple[str, str]:
        """Return how an execution stands: status, and what it says in detail."""
        if execution["command_id"] is None:
            return "Failed", execution["refusal"] or "Failed"
        command = self._commands.command(execution["command_id"])
        if command is None:
            return "Success", "Forgotten"
        status = str(command["status"])
        return _FINAL.get(status, "InProgress"), status

    def execution(self, execution: Row) -> AssociationExecution:
        """Return an execution as a list shows it."""
        status, detailed = self.status(execution)
        counts = Counter(each for _, each, _ in self._nodes(execution))
        moment = datetime.fromtimestamp(execution["created_at"], UTC)
        return AssociationExecution(
            association_id=execution["association_id"],
            association_version=str(execution["version"]),
            execution_id=execution["execution_id"],
            status=status,
            detailed_status=detailed,
            created_time=moment,
            last_execution_date=moment,
            resource_count_by_status="{" + ", ".join(f"{name}={count}" for name, count in counts.items()) + "}",
        )

    def targets(self, execution: Row) -> list[AssociationExecutionTarget]:
        """Return the nodes of an execution, and how each stands."""
        moment = datetime.fromtimestamp(execution["created_at"], UTC)
        return [
            AssociationExecutionTarget(
                association_id=execution["association_id"],
                association_version=str(execution["version"]),
                execution_id=execution["execution_id"],
                resource_id=instance_id,
                resource_type="ManagedInstance",
                status=status,
                detailed_status=detailed,
                last_execution_date=moment,
                output_source=OutputSource(output_source_id=execution["command_id"], output_source_type="RunCommand"),
            )
            for instance_id, status, detailed in self._nodes(execution)
        ]

    def _nodes(self, execution: Row) -> list[tuple[str, str, str]]:
        if execution["command_id"] is None:
            return []
        return [
            (row["instance_id"], _FINAL.get(row["status"], "InProgress"), row["status_details"])
            for row in self._commands.invocations(execution["command_id"])
        ]
