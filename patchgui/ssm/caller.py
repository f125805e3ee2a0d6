"""Makes one call until it answers or its error stands: held back, retried, counted."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from patchgui.ssm.errors import CredentialsExpired, PatchError, Throttled
from patchgui.ssm.meter import Meter
from patchgui.ssm.retry import RetryPolicy
from patchgui.ssm.throttle import TokenBucket, leisure
from patchgui.ssm.transport import Transport

_Answer = TypeVar("_Answer")


class Caller:
    """What all calls over one connection share. ``buckets`` hold each service's calls back, by its name."""

    def __init__(
        self,
        transport: Transport,
        buckets: Mapping[str, TokenBucket],
        retry: RetryPolicy | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.meter = Meter()
        self.transport = transport
        self._buckets = buckets
        self._retry = retry or RetryPolicy()
        self._sleep = sleep

    async def repeat(
        self, service: str, attempt: Callable[[], Awaitable[_Answer]], *, is_repeatable: bool = True
    ) -> _Answer:
        """Make the attempt until it answers, or its error stands.

        Args:
            service: whose bucket holds it back.
            attempt: the call.
            is_repeatable: whether making it twice does no harm.

        Raises:
            PatchError: what became of the last attempt.
        """
        number, has_signed_anew = 0, False
        while True:
            number += 1
            try:
                return await self._attempt(self._buckets[service], attempt)
            except CredentialsExpired as error:
                # Somebody may have signed in on a terminal; the refused call did nothing, so once more does no harm.
                if has_signed_anew:
                    raise await self.transport.credentials.explained(error) from error
                has_signed_anew = True
                self.transport.credentials.forget()
            except PatchError as error:
                delay_s = self._retry.delay_s(error, number, is_repeatable=is_repeatable)
                if delay_s is None:
                    raise
                await self._sleep(delay_s)

    async def _attempt(self, bucket: TokenBucket, attempt: Callable[[], Awaitable[_Answer]]) -> _Answer:
        await leisure()
        await bucket.acquire()
        self.meter.count_call()
        try:
            answer = await attempt()
        except Throttled:
            self.meter.count_throttled()
            bucket.slow_down()
            raise
        except PatchError:
            self.meter.count_failed()
            raise
        bucket.speed_up()
        return answer
