"""Numbers, texts and bad bytes as Go has them."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine.values import compact_json, decode, plain, shown

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (1e21, "1e+21"),
        (1.5, "1.5"),
        (-1e-7, "-1e-7"),
        (123456789012345678901, "123456789012345680000"),
        (0.000001, "0.000001"),
        (True, "true"),
        (None, "null"),
        ({"b": "<&>", "a": [1, {}]}, '{"a":[1,{}],"b":"\\u003c\\u0026\\u003e"}'),
    ],
)
def test_values_in_texts_are_compact_json_as_go_writes_it(value: object, text: str) -> None:
    assert compact_json(plain(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "<nil>"), (6, "6"), (1234567, "1.234567e+06"), (0.00001, "1e-05"), (["a", {"k": True}], "[a map[k:true]]")],
)
def test_values_in_messages_look_as_go_prints_them(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"gr\xc3\xbc\xc3\x9fe", "grüße"),
        (b"a\xff\xfeb\xc3c", "a\ufffd\ufffdb\ufffdc"),
        (b"\xe2\x82", "\ufffd\ufffd"),
        (b"\x00\r\x1b", "\x00\r\x1b"),
    ],
)
def test_each_invalid_byte_becomes_one_replacement_character(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_lone_surrogates_become_replacement_characters() -> None:
    assert plain(json.loads('{"\\ud800a": "\\udc00"}')) == {"\ufffda": "\ufffd"}


@pytest.mark.parametrize("value", [math.inf, math.nan, 10**400])
def test_numbers_that_float64_cannot_hold_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="too large"):
        plain(value)


def test_endless_nesting_is_refused() -> None:
    value: list[object] = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(ValueError, match="nested too deeply"):
        plain(value)


@given(JSON_VALUES)
def test_compact_json_reads_back_as_the_same_value(value: object) -> None:
    # Text survives but for lone surrogates; numbers are those of float64.
    assert json.loads(compact_json(plain(value)), parse_int=float) == json.loads(
        json.dumps(plain(value)), parse_int=float
    )


@given(st.binary())
def test_decoding_never_fails_and_keeps_valid_text(data: bytes) -> None:
    text = decode(data)
    assert text == data.decode("utf-8", "replace") or "\ufffd" in text
