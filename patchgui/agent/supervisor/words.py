"""What a node may say: the shapes of its worker's messages, checked before any of them counts.

A script on a node can speak in its worker's place, since both are the node's root; it can spoil its own node's reports
that way, and must not reach further.
"""

import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from patchgui.agent.engine.statuses import StepStatus
from patchgui.ssm.errors import ProtocolError

_Whole = Annotated[int, Field(ge=0, le=2**53)]
_Code = Annotated[int, Field(ge=-(2**31), le=2**31)]
_Moment = Annotated[float, Field(ge=0, le=253_000_000_000, allow_inf_nan=False)]
_Name = Annotated[str, Field(max_length=100_000)]
_Text = Annotated[str, Field(max_length=4 * 1024 * 1024)]
_Stream = Annotated[str, Field(max_length=32_000)]


def _time(text: str) -> str:
    try:
        datetime.fromisoformat(text).timestamp()
    except (OverflowError, OSError) as error:
        raise ValueError("no such time") from error
    return text


def _base64(text: str) -> str:
    binascii.a2b_base64(text)
    return text


_Time = Annotated[str, AfterValidator(_time)] | None


class _Result(BaseModel):
    name: _Name
    action: _Name
    status: StepStatus
    code: _Code = 0
    stdout: _Stream = ""
    stderr: _Stream = ""
    output: _Stream = ""
    error: _Text = ""
    startedAt: _Time = None  # noqa: N815 - the journal's name
    endedAt: _Time = None  # noqa: N815 - the journal's name


class _Record(BaseModel):
    n: _Whole
    at: _Moment
    type: _Name


class _StepStarted(_Record):
    step: _Name
    action: _Name
    started_at: _Moment = 0.0


class _StepEnded(_Record):
    result: _Result


class _Inventory(_Record):
    report: dict[str, Any]


class _Ended(_Record):
    status: _Name
    reason: _Text


class _Hello(BaseModel):
    protocol: _Whole
    instance_id: _Name
    boot_id: _Name
    journals: dict[_Name, _Whole]


class _Report(BaseModel):
    command: _Name
    record: _Record


class _Output(BaseModel):
    command: _Name
    step: _Name
    stream: Literal["stdout", "stderr"]
    offset: Annotated[int, Field(ge=0, le=24_000)]
    data: Annotated[str, Field(max_length=200_000), AfterValidator(_base64)]


class _Question(BaseModel):
    id: _Whole
    name: _Name
    version: _Name


class _Refusal(BaseModel):
    command: _Name
    reason: _Text


_WORDS: Mapping[str, type[BaseModel]] = {
    "hello": _Hello,
    "report": _Report,
    "output": _Output,
    "question": _Question,
    "lost": _Refusal,
    "refused": _Refusal,
}
_RECORDS: Mapping[str, type[_Record]] = {
    "step_started": _StepStarted,
    "step_ended": _StepEnded,
    "interrupted": _StepEnded,
    "inventory": _Inventory,
    "ended": _Ended,
}


def understood(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a message as it is, when it is one that a worker could say; words of a newer one pass unread.

    Raises:
        ProtocolError: it has not the shape of its type.
    """
    kind = message.get("type")
    try:
        if not isinstance(kind, str):
            raise ValueError("it has no type")  # noqa: TRY004 - what is wrong with it is told like everything else
        shape = _WORDS.get(kind)
        if shape is not None:
            shape.model_validate(message)
        if kind == "report":
            record = message["record"]
            _RECORDS.get(record["type"], _Record).model_validate(record)
    except ValueError as error:
        raise ProtocolError(
            f"A node said what no worker says, in a message of type {str(kind)[:40]!r}.",
            log_detail=" ".join(str(error).split())[:500],
        ) from error
    return message
