import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.worker.messages import LineBuffer, encode

MESSAGES = st.lists(st.dictionaries(st.text(), st.text() | st.integers(), max_size=3), max_size=5)


@given(messages=MESSAGES, cuts=st.lists(st.integers(min_value=1, max_value=9)))
def test_messages_arrive_whole_however_the_stream_is_cut(messages: list[dict[str, object]], cuts: list[int]) -> None:
    stream = b"".join(map(encode, messages))
    lines = LineBuffer()
    arrived: list[dict[str, object]] = []
    for cut in [*cuts, len(stream) + 1]:
        arrived += lines.feed(stream[:cut])
        stream = stream[cut:]

    assert arrived == messages


def test_what_is_no_object_ends_the_conversation() -> None:
    with pytest.raises(ValueError, match="object"):
        list(LineBuffer().feed(json.dumps([1]).encode() + b"\n"))
