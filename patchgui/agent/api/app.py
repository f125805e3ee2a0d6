"""The HTTP frame: reads a request, checks its signature, finds its operation, answers in the right protocol."""

import json
import logging
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Generic, TypeVar
from urllib.parse import parse_qs
from uuid import uuid4

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from patchgui.agent.api import control, documents, nodes, patches, tags, validation
from patchgui.agent.api.errors import JSON_TYPE, json_refusal, query_refusal
from patchgui.agent.api.identity import caller_identity, identity_response
from patchgui.agent.api.operation import Operation, Query, RestCall
from patchgui.agent.api.signature import ReceivedRequest, SignatureCheck
from patchgui.agent.context import AgentContext, Named
from patchgui.agent.refusal import Refusal
from patchgui.ssm.errors import PatchError

SSM_PREFIX = "AmazonSSM."
CONTROL_PREFIX = "PatchNowAgent."
MAX_BODY_BYTES = 1024 * 1024
"""The largest request taken; a document of 64 KB may be six times as long once it is escaped."""

_FORM_TYPE = "application/x-www-form-urlencoded"
_log = logging.getLogger(__name__)


Server = TypeVar("Server", bound=Named)


def operations() -> dict[str, Operation[AgentContext]]:
    """Return every call of the JSON protocol that the agent serves, by its full ``X-Amz-Target``."""
    from patchgui.agent.api import associations, commands, windows, windows_executions, windows_parts

    tables: tuple[Mapping[str, Operation[AgentContext]], ...] = (
        *(associations.OPERATIONS, commands.OPERATIONS, documents.OPERATIONS, nodes.OPERATIONS),
        *(patches.OPERATIONS, patches.BASELINE_OPERATIONS, tags.OPERATIONS),
        *(windows.OPERATIONS, windows_parts.OPERATIONS, windows_executions.OPERATIONS),
    )
    found = {f"{SSM_PREFIX}{name}": each for table in tables for name, each in table.items()}
    return found | {f"{CONTROL_PREFIX}{name}": each for name, each in control.OPERATIONS.items()}


class Api(Generic[Server]):
    """Answers requests with what ``served`` makes of ``server``'s parts.

    ``last_request_at`` (monotonic seconds) is when the last rightly signed one came.
    """

    def __init__(
        self,
        server: Server,
        signatures: SignatureCheck,
        access_key: str,
        served: Mapping[str, Operation[Server]],
        queries: Mapping[str, Query[Server]] = MappingProxyType({}),
        paths: Mapping[str, RestCall[Server]] = MappingProxyType({}),
    ) -> None:
        self._server = server
        self._signatures = signatures
        self._access_key = access_key
        self._served = served
        self._queries = queries
        self._paths = paths
        self.last_request_at = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        headers = _headers(scope)
        request_id = str(uuid4())
        is_query = "x-amz-target" not in headers and headers.get("content-type", "").startswith(_FORM_TYPE)
        try:
            body = await _read_body(receive, headers)
            rest = self._paths.get(scope["path"].strip("/"))
            if rest is not None:
                response = self._answer_rest(rest, _received(scope, headers, body), request_id)
            elif is_query:
                response = self._answer_query(_received(scope, headers, body), request_id)
            else:
                response = await self._answer_json(_received(scope, headers, body), request_id)
        except Refusal as refusal:
            response = (query_refusal if is_query else json_refusal)(refusal, request_id)
        except PatchError as error:
            # The state file is full, busy or damaged: said in words, and in the log.
            _log.error("%s %s", error, error.log_detail)
            response = json_refusal(Refusal("InternalServerError", str(error), http_status=500), request_id)
        await response(scope, receive, send)

    async def _answer_json(self, received: ReceivedRequest, request_id: str) -> Response:
        target = received.headers.get("x-amz-target", "")
        self._signatures.check(received, "ssm")
        self.last_request_at = time.monotonic()
        operation = self._served.get(target)
        if operation is None:
            name = target.rpartition(".")[2] or "without a name"
            raise Refusal("UnknownOperationException", f"The operation {name} is not served here.")
        try:
            request = operation.request.from_wire_json(received.body or b"{}")
        except ValidationError as error:
            raise validation.refusal_of(error) from error
        result = await operation.handle(self._server, request)
        return Response(result.to_wire_json(), 200, {"x-amzn-requestid": request_id, "content-type": JSON_TYPE})

    def _answer_rest(self, call: RestCall[Server], received: ReceivedRequest, request_id: str) -> Response:
        self._signatures.check(received, call.service)
        self.last_request_at = time.monotonic()
        fields = {name: values[0] for name, values in parse_qs(received.query).items()}
        try:
            members = json.loads(received.body or b"{}")
        except ValueError:
            members = None
        if not isinstance(members, dict):
            raise Refusal("SerializationException", "The request body is not well-formed JSON.")
        answer = json.dumps(call.handle(self._server, fields, members))
        return Response(answer, 200, {"x-amzn-requestid": request_id, "content-type": "application/json"})

    def _answer_query(self, received: ReceivedRequest, request_id: str) -> Response:
        fields = parse_qs(received.body.decode(errors="replace"), keep_blank_values=True)
        action, version = fields.get("Action", [""])[0], fields.get("Version", [""])[0]
        query = self._queries.get(action)
        self._signatures.check(received, query.service if query else "sts")
        self.last_request_at = time.monotonic()
        if query is not None:
            return query.handle(self._server, fields, request_id)
        if not action:
            raise Refusal("MissingAction", "The request must contain the parameter Action.")
        if action != "GetCallerIdentity":
            raise Refusal("InvalidAction", f"Could not find operation {action} for version {version}")
        return identity_response(caller_identity(self._server.settings, self._access_key), request_id)


def application(api: ASGIApp) -> Starlette:
    """Return the whole application: every path and method leads to the API, a bug to an answer that says nothing."""
    return Starlette(routes=[Mount("/", app=api)], exception_handlers={Exception: _internal_error})


async def _internal_error(_request: Request, _error: Exception) -> Response:
    # Starlette raises the error again afterwards, so that the server logs it.
    refusal = Refusal("InternalServerError", "An error occurred on the server side.", http_status=500)
    return json_refusal(refusal, str(uuid4()))


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _received(scope: Scope, headers: Mapping[str, str], body: bytes) -> ReceivedRequest:
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return ReceivedRequest(
        scope["method"], raw_path.decode("latin-1"), scope["query_string"].decode("latin-1"), headers, body
    )


async def _read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """Read the whole body.

    Raises:
        Refusal: RequestEntityTooLargeException.
    """
    length = headers.get("content-length", "")
    parts: list[bytes] = []
    size = int(length) if length.isdecimal() else 0
    more = size <= MAX_BODY_BYTES
    total = 0
    while more:
        message = await receive()
        part = message.get("body", b"")
        total += len(part)
        parts.append(part)
        more = message.get("more_body", False) and total <= MAX_BODY_BYTES
    if max(size, total) > MAX_BODY_BYTES:
        raise Refusal("RequestEntityTooLargeException", f"A request may have {MAX_BODY_BYTES} bytes.", http_status=413)
    return b"".join(parts)
