"""What a node may say: true words pass as they are, anything else is refused and goes no further."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine import StepResult, StepStatus
from patchgui.agent.supervisor.words import understood
from patchgui.agent.worker.messages import LineBuffer
from patchgui.ssm.errors import ProtocolError

NOW = datetime.now(UTC)
RESULT = StepResult("s", "aws:runShellScript", StepStatus.FAILED, 3, "out", "err", started_at=NOW, ended_at=NOW)
RECORD = {"n": 1, "at": 1.5}
TRUE_WORDS: list[dict[str, Any]] = [
    {"type": "hello", "protocol": 1, "instance_id": "mi-1", "boot_id": "b", "pid": 2, "journals": {"c": 3}},
    *(
        {"type": "report", "command": "c", "record": {**RECORD, **record}}
        for record in (
            {"type": "accepted", "format": 1},
            {"type": "started", "boot_id": "b", "session": 7},
            {"type": "step_started", "step": "s", "action": "a", "started_at": 1.5},
            {"type": "step_ended", "result": RESULT.to_json()},
            {"type": "interrupted", "result": RESULT.to_json()},
            {"type": "inventory", "report": {"patches": []}},
            {"type": "ended", "status": "Success", "reason": "", "ended_at": 1.5},
            {"type": "of a later release", "whatever": [1]},
        )
    ),
    {"type": "output", "command": "c", "step": "s", "stream": "stdout", "offset": 0, "data": "eA=="},
    {"type": "question", "id": 1, "name": "Doc", "version": ""},
    {"type": "lost", "command": "c", "reason": "why"},
    {"type": "refused", "command": "c", "reason": "why"},
    {"type": "pong"},
    {"type": "of a later release"},
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("message", TRUE_WORDS, ids=lambda message: str(message["type"]))
def test_what_a_worker_says_passes_as_it_is(message: dict[str, Any]) -> None:
    assert understood(message) is message


@given(st.sampled_from(TRUE_WORDS), st.data())
def test_a_message_with_anything_in_a_member_is_understood_or_refused(message: dict[str, Any], data: Any) -> None:
    spoilt: dict[str, Any] = json.loads(json.dumps(message))
    inside = data.draw(st.sampled_from([spoilt, spoilt.get("record", spoilt)]))
    inside = data.draw(st.sampled_from([inside, inside.get("result", inside)]))
    member = data.draw(st.sampled_from(sorted(inside)))
    if data.draw(st.booleans()):
        inside[member] = data.draw(ANY_JSON)
    else:
        del inside[member]
    with contextlib.suppress(ProtocolError):
        understood(spoilt)


@pytest.mark.parametrize(
    ("at", "value"),
    [("n", -1), ("n", 2**70), ("at", float("nan")), ("at", 1e300), ("result", {"name": "s"}), ("type", 5)],
)
def test_a_record_that_no_journal_holds_is_refused(at: str, value: Any) -> None:
    record = {**RECORD, "type": "step_ended", "result": RESULT.to_json(), at: value}
    with pytest.raises(ProtocolError):
        understood({"type": "report", "command": "c", "record": record})


@pytest.mark.parametrize(
    ("member", "value"), [("status", "Splendid"), ("endedAt", "soon"), ("stdout", "x" * 40_000), ("stderr", "\ud800")]
)
def test_a_result_that_no_step_has_is_refused(member: str, value: Any) -> None:
    result = {**RESULT.to_json(), member: value}
    with pytest.raises(ProtocolError):
        understood({"type": "report", "command": "c", "record": {**RECORD, "type": "step_ended", "result": result}})


def test_an_endless_message_is_given_up() -> None:
    lines = LineBuffer()
    chunk = b"x" * 1024 * 1024
    for _ in range(33):
        assert list(lines.feed(chunk)) == []
    with pytest.raises(ValueError, match="too long"):
        list(lines.feed(chunk))
