"""Waiting for an event, but not for ever."""

import asyncio


async def happens(event: asyncio.Event, within_s: float | None) -> bool:
    """Wait until an event is set, for so many seconds at most (None: for ever); return whether it is.

    Not `asyncio.wait_for`: below Python 3.12 it forgets that its task is cancelled when the event is set at that
    moment.
    """
    try:
        async with asyncio.timeout(within_s):
            return await event.wait()
    except TimeoutError:
        return event.is_set()
