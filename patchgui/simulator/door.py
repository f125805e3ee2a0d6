"""Stands before the API and does what networks, front ends and time do to calls."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from patchgui.agent.api.errors import json_refusal, query_refusal
from patchgui.agent.refusal import Refusal
from patchgui.simulator.api.groups import PATHS
from patchgui.simulator.faults import FaultKind
from patchgui.simulator.future import of_tomorrow
from patchgui.simulator.limits import CallLimits
from patchgui.simulator.parts import FleetParts

CONTROL_PREFIX = "PatchNowSimulator."
_EXTENSION = "patchgui.connection"
_EXPIRED = "The security token included in the request is expired"
_DENIED = "The caller is not authorized to perform: ssm:{0} because no identity-based policy allows the ssm:{0} action"


class BreakableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, whose connections the application may break."""

    def on_message_begin(self) -> None:
        """Hand the connection on with each request."""
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"break": self.transport.abort}}


class FaultyDoor:
    """Passes requests on, unless one of the faults strikes or a limit is reached; calls of our own always pass."""

    def __init__(self, app: ASGIApp, controls: ASGIApp, parts: FleetParts, limits: CallLimits | None) -> None:
        self._app = app
        self._controls = controls
        self._parts = parts
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        target = _header(scope, b"x-amz-target")
        if target.startswith(CONTROL_PREFIX):
            await self._controls(scope, receive, send)
            return
        call = target.rpartition(".")[2] or PATHS.get(scope["path"].strip("/"), "")
        is_query = not call
        if is_query:
            # The query protocol names its call in the body.
            message = await receive()
            receive, call = _again(message, receive), _action(message)
        self._parts.calls[call] += 1
        if self._strikes(FaultKind.OUTAGE, call):
            await _break(scope, receive)
            return
        delay = self._parts.faults.strikes(FaultKind.DELAY, call)
        if delay is not None:
            await asyncio.sleep(delay.amount)
        refusal = self._refusal(call)
        if refusal is not None:
            await _drain(receive)
            response = (query_refusal if is_query else json_refusal)(refusal, str(uuid4()))
            await response(scope, receive, send)
            return
        await self._pass(call, scope, receive, send)

    async def _pass(self, call: str, scope: Scope, receive: Receive, send: Send) -> None:
        # Nothing runs between two requests, so what came due meanwhile is begun now.
        self._parts.associations.run_due()
        self._parts.windows.run_due()
        if self._strikes(FaultKind.LOSE, call):
            await self._app(scope, receive, _nowhere)
            await _break(scope, receive)
        elif self._strikes(FaultKind.FUTURE, call):
            await self._app(scope, receive, _changing(send, of_tomorrow))
        else:
            await self._app(scope, receive, send)

    def _refusal(self, call: str) -> Refusal | None:
        faults = self._parts.faults
        error = faults.strikes(FaultKind.ERROR, call)
        if error is not None:
            status = int(error.amount) or 500
            code = "ServiceUnavailable" if status == 503 else "InternalServerError"
            return Refusal(code, "An error occurred on the server side.", http_status=status)
        is_over_limit = self._limits is not None and not self._limits.admits(call)
        if is_over_limit or self._strikes(FaultKind.THROTTLE, call):
            return Refusal("ThrottlingException", "Rate exceeded")
        if self._strikes(FaultKind.EXPIRE, call):
            return Refusal("ExpiredTokenException", _EXPIRED)
        if self._strikes(FaultKind.DENY, call):
            return Refusal("AccessDeniedException", _DENIED.format(call))
        return None

    def _strikes(self, kind: FaultKind, call: str) -> bool:
        return self._parts.faults.strikes(kind, call) is not None


def _header(scope: Scope, wanted: bytes) -> str:
    found: bytes = next((value for name, value in scope["headers"] if name == wanted), b"")
    return found.decode("latin-1")


def _action(message: Message) -> str:
    body: bytes = message.get("body", b"")
    return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]


def _again(message: Message, receive: Receive) -> Receive:
    waiting = [message]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


async def _drain(receive: Receive) -> None:
    while (await receive()).get("more_body", False):
        pass


async def _nowhere(_message: Message) -> None:
    """Lose what was to be sent."""


async def _break(scope: Scope, receive: Receive) -> None:
    scope["extensions"][_EXTENSION]["break"]()
    while (await receive())["type"] != "http.disconnect":
        pass


def _changing(send: Send, change: Callable[[bytes], bytes]) -> Send:
    """Return a ``send`` that passes a whole JSON answer on in another form."""
    begun: list[Message] = []
    parts: list[bytes] = []

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        parts.append(message.get("body", b""))
        if message.get("more_body", False):
            return
        body = b"".join(parts)
        is_json = any(value.startswith(b"application/x-amz-json") for _, value in begun[0]["headers"])
        body = change(body) if is_json else body
        headers = [(name, value) for name, value in begun[0]["headers"] if name != b"content-length"]
        await send({**begun[0], "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    return send_changed
