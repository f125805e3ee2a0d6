"""Posts JSON to an address that somebody else gave, such as a chat's incoming webhook. No credentials go there."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

import httpx

from patchgui import __version__
from patchgui.ssm.errors import InvalidInput, PatchError, ServiceError, Throttled, TimedOut, Unreachable

_TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
_FAULT_FROM: Final = 500

# httpx logs every address that it calls, whole.
logging.getLogger("httpx").setLevel(logging.WARNING)


async def post(url: str, members: Mapping[str, Any]) -> None:
    """Post ``members`` once. The address is a secret: no error, log or text names more of it than the host.

    Raises:
        Throttled, ServiceError: the other side said no; a status of 500 and more may pass.
        TransportError: no answer came.
        InvalidInput: the address is none.
    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise _no_address() from error
    body = json.dumps(members, ensure_ascii=False).encode()
    headers = {"user-agent": f"patchgui/{__version__}", "content-type": "application/json"}
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as http:
            answer = await http.post(address, content=body, headers=headers)
    except httpx.UnsupportedProtocol as error:
        raise _no_address() from error
    except httpx.TimeoutException as error:
        raise TimedOut(f"The webhook at {address.host} did not answer in time.", hint="It is tried again.") from error
    except httpx.HTTPError as error:
        kind = type(error).__name__
        raise Unreachable(
            f"The webhook at {address.host} cannot be reached.", hint="Check the network.", log_detail=kind
        ) from error
    if not answer.is_success:
        raise _refusal(address.host, answer.status_code)


def _no_address() -> InvalidInput:
    return InvalidInput("The address of the webhook is none.", hint="Copy it anew from where it was made.")


def _refusal(host: str, status: int) -> PatchError:
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Throttled(f"The webhook at {host} takes no more for now.", code="429", http_status=status)
    if status >= _FAULT_FROM:
        hint = "The trouble is on its side."
    elif status in {httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.FORBIDDEN, httpx.codes.UNAUTHORIZED}:
        hint = "It may have been taken away: copy its address anew from where it was made."
    else:
        hint = "It may not be a webhook that takes the messages of Slack."
    return ServiceError(
        f"The webhook at {host} refused the message (status {status}).", code=str(status), http_status=status, hint=hint
    )
