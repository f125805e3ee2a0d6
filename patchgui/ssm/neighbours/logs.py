"""CloudWatch Logs: the output of steps while they run, where a log group gets it."""

import json
from dataclasses import dataclass
from typing import Any, Final

from patchgui.ssm.caller import Caller
from patchgui.ssm.errors import ProtocolError

_MOST_EVENTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class LogPart:
    """A part of a log stream, and the token that goes on behind it. The token repeats where nothing is behind."""

    text: str
    token: str


class Logs:
    """The call to CloudWatch Logs."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def read(self, group: str, stream: str, token: str = "") -> LogPart:
        """Return the stream's next part: 10,000 lines or a megabyte at most, from its head where no token is given.

        Raises:
            AccessDenied: ``logs:GetLogEvents`` is missing.
            NotFound: there is no such group or stream (yet).
            PatchError: as any call.
        """
        members: dict[str, Any] = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
        members |= {"limit": _MOST_EVENTS} | ({"nextToken": token} if token else {})
        body = json.dumps(members).encode()
        answer = await self._caller.repeat(
            "logs", lambda: self._caller.transport.post_json("Logs_20140328.GetLogEvents", body, service="logs")
        )
        try:
            page = json.loads(answer)
            text = "".join(_line(event["message"]) for event in page.get("events", ()))
            return LogPart(text, str(page.get("nextForwardToken", "")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProtocolError(
                "The answer to GetLogEvents is not understood.", log_detail=repr(answer[:500])
            ) from error


def _line(message: str) -> str:
    return message if message.endswith("\n") else f"{message}\n"
