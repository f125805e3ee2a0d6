"""Which commands and invocations a caller asks for."""

from collections.abc import Sequence
from datetime import UTC, datetime

from patchgui.agent.refusal import Refusal
from patchgui.agent.store.database import Database
from patchgui.ssm.shapes import CommandFilter, ListCommandInvocationsRequest, ListCommandsRequest

_COMMAND_FILTERS = {
    "InvokedAfter": "c.requested_at > ?",
    "InvokedBefore": "c.requested_at < ?",
    "Status": "(c.status = ?1 OR c.status_details = ?1)",
    "DocumentName": "c.document_name = ?",
    "ExecutionStage": "c.is_final = ?",
}
_INVOCATION_FILTERS = {
    "InvokedAfter": "i.requested_at > ?",
    "InvokedBefore": "i.requested_at < ?",
    "Status": "(i.status = ?1 OR i.status_details = ?1)",
}
_STAGES = {"Executing": 0, "Complete": 1}


class CommandSearch:
    """Finds keys of rows by what the API's list calls take; a page of rows is read by them afterwards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def commands(self, request: ListCommandsRequest) -> list[str]:
        """Return the ids of the fitting commands, newest first.

        Raises:
            Refusal: InvalidFilterKey, ValidationException.
        """
        conditions, values = _conditions(request.filters or (), _COMMAND_FILTERS)
        if request.command_id:
            conditions.append("c.command_id = ?")
            values.append(request.command_id)
        if request.instance_id:
            conditions.append(
                "EXISTS (SELECT 1 FROM invocation i WHERE i.command_id = c.command_id AND instance_id = ?)"
            )
            values.append(request.instance_id)
        where = " AND ".join(["TRUE", *conditions])
        query = f"SELECT c.command_id FROM command c WHERE {where} ORDER BY c.seq DESC"  # noqa: S608
        return [row["command_id"] for row in self._database.rows(query, values)]

    def invocations(self, request: ListCommandInvocationsRequest) -> list[tuple[str, str]]:
        """Return command and node of the fitting invocations: the newest command first, in the order of its nodes.

        Raises:
            Refusal: InvalidFilterKey, ValidationException.
        """
        conditions, values = _conditions(request.filters or (), _INVOCATION_FILTERS)
        for column in ("command_id", "instance_id"):
            if getattr(request, column):
                conditions.append(f"i.{column} = ?")
                values.append(getattr(request, column))
        where = " AND ".join(["TRUE", *conditions])
        query = f"""SELECT i.command_id, i.instance_id FROM invocation i JOIN command c USING (command_id)
            WHERE {where} ORDER BY c.seq DESC, i.position"""  # noqa: S608
        return [(row["command_id"], row["instance_id"]) for row in self._database.rows(query, values)]


def _conditions(filters: Sequence[CommandFilter], known: dict[str, str]) -> tuple[list[str], list[str | float]]:
    conditions: list[str] = []
    values: list[str | float] = []
    for each in filters:
        if each.key not in known:
            raise Refusal("InvalidFilterKey", f"{each.key} is no filter of this call.")
        value = filter_value(each)
        condition = known[each.key]
        conditions.append(condition.replace("?1", "?"))
        values += [value] * condition.count("?")
    return conditions, values


def filter_value(each: CommandFilter) -> str | float:
    """Return what a filter compares with: seconds since 1970, 1 or 0 for ended or not, or a text.

    Raises:
        Refusal: ValidationException.
    """
    if each.key in {"InvokedAfter", "InvokedBefore"}:
        try:
            moment = datetime.fromisoformat(each.value)
        except ValueError:
            raise Refusal("ValidationException", f"{each.value} is not a time such as 2026-07-07T00:00:00Z.") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if each.key == "ExecutionStage":
        if each.value not in _STAGES:
            raise Refusal("ValidationException", f"{each.value} is no execution stage: use Executing or Complete.")
        return _STAGES[each.value]
    return each.value
