"""Signature Version 4, by botocore, on httpx's requests."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from patchgui.ssm.credentials import CredentialSource

# What no proxy on the way rewrites; httpx adds hop headers of its own, which must stay out of the signature.
_SIGNED = ("content-type", "x-amz-target")


class SigV4(httpx.Auth):
    """Signs each request with the credentials that are valid at that moment."""

    requires_request_body = True

    def __init__(self, credentials: "CredentialSource", *, region: str, service: str = "ssm") -> None:
        self._credentials = credentials
        self._region = region
        self._service = service

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the signature; the credentials may have to be fetched first.

        Raises:
            CredentialError: there are none, or they have run out.
        """
        # Imported when the first call is signed: the console's window is up by then.
        from botocore.auth import S3SigV4Auth, SigV4Auth
        from botocore.awsrequest import AWSRequest

        keys = await self._credentials.current()
        headers = {name: request.headers[name] for name in _SIGNED if name in request.headers}
        unsigned = AWSRequest(request.method, str(request.url), headers, data=request.content)
        # S3 wants the body's hash as a header, and the path as it was sent.
        sign = S3SigV4Auth if self._service == "s3" else SigV4Auth
        sign(keys, self._service, self._region).add_auth(unsigned)
        request.headers.update(dict(unsigned.headers.items()))
        yield request
