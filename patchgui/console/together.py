"""Several calls at the same time whose first failure is raised as itself, not wrapped in a group."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

_Result = TypeVar("_Result")


async def together(coroutines: Iterable[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """Run all of them and return their results in order; when one fails the others are cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in coroutines]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]
