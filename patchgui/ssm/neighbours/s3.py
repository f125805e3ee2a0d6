"""S3: whole outputs of steps, where a bucket keeps them."""

from typing import Final
from urllib.parse import quote, unquote, urlsplit

from patchgui.ssm.caller import Caller

MOST_BYTES: Final = 4 * 1024 * 1024
"""The largest part of an object that is fetched: more text than a person reads, and a window can show."""
_HOST_MARK: Final = (".s3.", ".s3-")


class S3:
    """The call to S3."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._region_of: dict[str, str] = {}

    async def read(self, url: str, start: int = 0) -> bytes:
        """Return an object's bytes from ``start`` on, ``MOST_BYTES`` at most; none where it ends before.

        ``url`` is an address as Systems Manager gives it, with the bucket in the host name or in the path.

        Raises:
            AccessDenied: ``s3:GetObject`` is missing.
            NotFound: there is no such object (yet).
            PatchError: as any call.
        """
        bucket, key = place_of(url)
        path, wanted = quote(f"{bucket}/{key}", safe="/-_.~"), f"bytes={start}-{start + MOST_BYTES - 1}"
        content, elsewhere = await self._get(path, wanted, self._region_of.get(bucket))
        if elsewhere:
            self._region_of[bucket] = elsewhere
            content, _ = await self._get(path, wanted, elsewhere)
        return content

    async def _get(self, path: str, wanted: str, region: str | None) -> tuple[bytes, str]:
        return await self._caller.repeat("s3", lambda: self._caller.transport.get_object(path, wanted, region))


def place_of(url: str) -> tuple[str, str]:
    """Return bucket and key of an object's address, in either form that S3 has."""
    parts = urlsplit(url)
    host, path = parts.netloc, unquote(parts.path.lstrip("/"))
    for mark in _HOST_MARK:
        bucket, found, _ = host.partition(mark)
        if found:
            return bucket, path
    bucket, _, key = path.partition("/")
    return bucket, key
