"""A call that must take effect once: after a lost answer, look before it is made again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from patchgui.ssm.errors import PatchError, Unreachable

_LOOKS_S = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0)
"""Waits before each look: a list may lag behind what was accepted (eventual consistency).

Half a minute in all. AWS names no bound for it; lists were seen to lag for seconds, and looking in vain costs a person
half a minute where making the call again too early would patch twice.
"""
_SENDS = 3
"""How often a call may be made when each time it is certain that the one before was not accepted."""

_LOOK_IN_RUNS = "It is not sent again. Open Runs once the connection is back: if it was started, it is there."

_Made = TypeVar("_Made")


async def once(
    send: Callable[[], Awaitable[_Made]],
    look: Callable[[], Awaitable[_Made | None]],
    sleep: Callable[[float], Awaitable[None]],
    what: str,
    hint: str = _LOOK_IN_RUNS,
    tell: Callable[[str], None] = lambda _: None,
) -> _Made:
    """Make the call, and return what came of it, whether its answer arrived or was found by looking.

    Args:
        send: makes the call.
        look: returns what an earlier call made, or None.
        sleep: waits for so many seconds.
        what: the words for "Whether … is not known", as in ``the run was started``.
        hint: what to do then, where nobody can say.
        tell: takes a sentence on what is being waited for, where that takes longer than a call does.

    Raises:
        PatchError: it was refused, or did certainly not take effect; or nobody can say whether it did.
    """
    lost: PatchError | None = None
    for _ in range(_SENDS):
        try:
            return await send()
        except PatchError as error:
            if error.is_outcome_known and not isinstance(error, Unreachable):
                raise
            lost = error
            if isinstance(error, Unreachable) and not error.was_sent:
                await sleep(_LOOKS_S[0])
                continue
            tell(f"No answer came. Looking whether {what} all the same: lists lag, so this takes up to half a minute.")
            found = await _look_for(look, sleep, error, what, hint)
            if found is not None:
                return found
    assert lost is not None
    raise lost


async def _look_for(
    look: Callable[[], Awaitable[_Made | None]],
    sleep: Callable[[float], Awaitable[None]],
    lost: PatchError,
    what: str,
    hint: str,
) -> _Made | None:
    """Return what was accepted although its answer got lost; None when there is nothing even after a long while."""
    seen = False
    for wait_s in _LOOKS_S:
        await sleep(wait_s)
        try:
            found = await look()
        except PatchError:
            # An early look that saw nothing says nothing: only the last one comes after what lists may lag.
            seen = False
            continue
        seen = True
        if found is not None:
            return found
    if not seen:
        raise _Lost(lost, what, hint)
    return None


class _Lost(PatchError):
    """No answer, and no way to find out: making the call again might do it twice."""

    def __init__(self, lost: PatchError, what: str, hint: str) -> None:
        super().__init__(
            f"Whether {what} is not known: {lost}",
            hint=hint,
            log_detail=lost.log_detail,
        )

    @property
    def is_outcome_known(self) -> bool:
        """False: that is what it says."""
        return False
