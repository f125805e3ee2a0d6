"""One request out, one answer in: HTTP, signature, and what may break on the way. Nothing is retried here."""

import ssl
from dataclasses import replace
from typing import Final

import httpx

from patchgui import __version__
from patchgui.ssm.clock import measured
from patchgui.ssm.credentials import CredentialSource
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import PatchError, TimedOut, TlsRefused, Unreachable
from patchgui.ssm.replies import error_of_json, error_of_xml
from patchgui.ssm.signing import SigV4

_JSON: Final = "application/x-amz-json-1.1"
_FORM: Final = "application/x-www-form-urlencoded; charset=utf-8"
_HEADERS: Final = {"user-agent": f"patchgui/{__version__}", "accept-encoding": "gzip"}
_EXTENSIONS: Final = {"timeout": httpx.Timeout(30.0, connect=5.0).as_dict()}
# Sooner than the local agent and AWS drop an idle connection: a call must not meet one that is just closing.
_IDLE_S: Final = 20.0


class Transport:
    """Speaks HTTP with one endpoint, and with other services of its region.

    An ``http`` client that is given stays the caller's to close.
    """

    def __init__(self, endpoint: Endpoint, http: httpx.AsyncClient | None = None) -> None:
        self._endpoint = endpoint
        self._owns_http = http is None
        self._http = http or _http_client(endpoint)
        self._urls: dict[tuple[str, str], httpx.URL] = {}
        self._signers: dict[tuple[str, str], SigV4] = {}

    @property
    def credentials(self) -> CredentialSource:
        """Whose keys sign the requests."""
        return self._endpoint.credentials

    async def post_json(self, target: str, body: bytes, *, service: str = "ssm") -> bytes:
        """Make a call of the JSON protocol; ``target`` is as in ``AmazonSSM.SendCommand``.

        Raises:
            TransportError: no answer came.
            CredentialError: the call could not be signed, or its signature was refused.
            ServiceError: the service said no.
            ProtocolError: the answer is not the service's.
        """
        operation = target.rpartition(".")[2]
        headers = {**_HEADERS, "content-type": _JSON, "x-amz-target": target}
        answer = await self._send(service, operation, "POST", headers=headers, body=body)
        if answer.status_code == httpx.codes.OK:
            return answer.content
        error = error_of_json(operation, answer.status_code, answer.content, _request_id(answer), service=service)
        raise measured(error, _date(answer))

    async def post_form(self, operation: str, body: bytes, *, service: str = "sts") -> bytes:
        """Make a call to STS or EC2 in the query protocol; raises what :meth:`post_json` raises."""
        answer = await self._send(service, operation, "POST", headers={**_HEADERS, "content-type": _FORM}, body=body)
        if answer.status_code == httpx.codes.OK:
            return answer.content
        error = error_of_xml(operation, answer.status_code, answer.content, _request_id(answer), service=service)
        raise measured(error, _date(answer))

    async def post_path(self, service: str, operation: str, path: str, body: bytes) -> bytes:
        """Make a call whose path names it, its members in JSON; raises what :meth:`post_json` raises."""
        headers = {**_HEADERS, "content-type": "application/json"}
        answer = await self._send(service, operation, "POST", path, headers=headers, body=body)
        if answer.status_code == httpx.codes.OK:
            return answer.content
        code, request_id = str(answer.headers.get("x-amzn-errortype", "")), _request_id(answer)
        error = error_of_json(operation, answer.status_code, answer.content, request_id, service=service, code=code)
        raise measured(error, _date(answer))

    async def get_object(self, path: str, byte_range: str, region: str | None = None) -> tuple[bytes, str]:
        """Fetch a part of an object of S3; ``path`` is ``bucket/key``, quoted.

        Returns:
            The bytes, none beyond the object's end; and the region to ask instead when the bucket is in another one.

        Raises:
            PatchError: as :meth:`post_json`.
        """
        # Not compressed on the way: a range counts the bytes of the object.
        headers = {"user-agent": _HEADERS["user-agent"], "accept-encoding": "identity", "range": byte_range}
        answer = await self._send("s3", "GetObject", "GET", path, headers=headers, region=region)
        if answer.status_code in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
            return answer.content, ""
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return b"", ""
        elsewhere = str(answer.headers.get("x-amz-bucket-region", ""))
        if elsewhere and elsewhere != (region or self._endpoint.region):
            return b"", elsewhere
        request_id = str(answer.headers.get("x-amz-request-id", ""))
        error = error_of_xml("GetObject", answer.status_code, answer.content, request_id, service="s3")
        raise measured(error, _date(answer))

    async def aclose(self) -> None:
        """Close the connections, unless they belong to somebody else."""
        if self._owns_http:
            await self._http.aclose()

    async def _send(
        self,
        service: str,
        operation: str,
        method: str,
        path: str = "",
        *,
        headers: dict[str, str],
        body: bytes = b"",
        region: str | None = None,
    ) -> httpx.Response:
        there = service, region or self._endpoint.region
        if there not in self._urls:
            self._urls[there] = httpx.URL(await replace(self._endpoint, region=there[1]).url(service))
            self._signers[there] = SigV4(self._endpoint.credentials, region=there[1], service=service)
        url = self._urls[there]
        if path:
            url = url.copy_with(raw_path=url.raw_path + path.encode())
        # Built here, not by the client: it would merge headers, cookies and parameters that no call has.
        request = httpx.Request(method, url, headers=headers, content=body, extensions=_EXTENSIONS)
        try:
            return await self._http.send(request, auth=self._signers[there])
        except httpx.HTTPError as error:
            raise _no_answer(operation, url, error) from error


def _http_client(endpoint: Endpoint) -> httpx.AsyncClient:
    verify: ssl.SSLContext | bool
    if not endpoint.is_tls:
        # Reading the certificate authorities takes longer than a hundred calls to the local agent.
        verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    elif isinstance(endpoint.verify, str):
        verify = ssl.create_default_context(cafile=endpoint.verify)
    else:
        verify = endpoint.verify
    return httpx.AsyncClient(
        verify=verify,
        limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=_IDLE_S),
        trust_env=not endpoint.is_loopback,
        follow_redirects=False,
    )


def _request_id(answer: httpx.Response) -> str:
    return str(answer.headers.get("x-amzn-requestid", ""))


def _date(answer: httpx.Response) -> str:
    return str(answer.headers.get("date", ""))


def _hint(operation: str) -> str:
    """Return what to do about a call without an answer: one that only asks can simply be made again."""
    if operation.rpartition(".")[2].startswith(("Describe", "Get", "List")):
        return "Check the network; nothing was changed."
    return "It may have taken effect all the same: look before you do it again."


def _no_answer(operation: str, url: httpx.URL, error: httpx.HTTPError) -> PatchError:
    """Return our error for a request that got no answer."""
    where = url.netloc.decode()
    log_detail = f"{operation}: {type(error).__name__}: {error}"
    if _is_tls_failure(error):
        return TlsRefused(
            f"The certificate of {where} does not hold.",
            hint="Check this machine's clock, and whether a proxy with its own certificate stands in between.",
            log_detail=log_detail,
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError | httpx.UnsupportedProtocol):
        return Unreachable(
            f"{where} cannot be reached.",
            hint="Check the network and the address of this connection; the local agent may not be running.",
            log_detail=log_detail,
            was_sent=False,
        )
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(
            f"{where} did not answer {operation} in time.",
            hint=_hint(operation),
            log_detail=log_detail,
        )
    return Unreachable(
        f"The connection to {where} broke before {operation} was answered.",
        hint=_hint(operation),
        log_detail=log_detail,
    )


def _is_tls_failure(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
