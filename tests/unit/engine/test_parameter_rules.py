"""What a declared parameter demands of its value."""

from typing import Any

import pytest

from patchgui.agent.engine.document import Declaration
from patchgui.agent.engine.parameter_rules import other_violations, pattern_violation


@pytest.mark.parametrize("value", ["1 a 1", ["abc", "b"], {"k": "a"}, [["a"]]])
def test_pattern_is_searched_anywhere_in_texts_and_json(value: Any) -> None:
    assert pattern_violation(value, Declaration(type="String", allowed_pattern="[a-z]")) == ""


@pytest.mark.parametrize("value", [5, True, None, "", ["a", "1"], {}])
def test_pattern_refuses_what_does_not_match_and_what_is_no_text(value: Any) -> None:
    assert pattern_violation(value, Declaration(type="String", allowed_pattern="[a-z]"))


@pytest.mark.parametrize("pattern", ["(?!a)x", "(?<=a)b", "(", "\\1"])
def test_pattern_that_is_no_re2_expression_is_a_violation(pattern: str) -> None:
    assert "RE2" in pattern_violation("x", Declaration(type="String", allowed_pattern=pattern))


def violations(value: Any, **rules: Any) -> list[str]:
    return [f"{name}: {text}" for name, text in other_violations(value, Declaration(**rules))]


@pytest.mark.parametrize(
    ("value", "rules", "said"),
    [
        ("b", {"type": "String", "allowed_values": ("a", "b")}, None),
        ("c", {"type": "String", "allowed_values": ("a", "b")}, "parameter value /c/ is not in the allowed list [a b]"),
        (["a", "c"], {"type": "StringList", "allowed_values": ("a",)}, "/c/ is not in the allowed list [a]"),
        (None, {"type": "String", "allowed_values": ("a",)}, "parameter type String with parameter value <nil>"),
        ({"k": "v"}, {"type": "StringMap", "allowed_values": ('{"k":"v"}',)}, None),
        ("ü", {"type": "String", "min_chars": "2", "max_chars": "2"}, None),
        ("abc", {"type": "String", "max_chars": "2"}, "parameter value /abc/ is exceeding the max chars /2/"),
        ("a", {"type": "String", "min_chars": "2"}, "parameter value /a/ is less than the min char limit /2/"),
        ("abc", {"type": "String", "max_chars": "-1"}, None),
        ("", {"type": "String", "min_chars": "1.5"}, None),
        (7, {"type": "Integer", "default": 7, "min_chars": "9"}, None),
        (["a"], {"type": "StringList", "min_items": "2"}, "parameter value list length /1/ is less the min item count"),
        (["a", "b"], {"type": "StringList", "max_items": "1"}, "length /1/ has exceeded the max item count"),
        ("text", {"type": "StringMap", "min_items": "2"}, None),
        ("text", {"type": "String", "min_items": "2"}, None),
        (6, {"type": "Integer", "default": 5}, "parameter value /6/ not equal to default /5/ for Integer"),
        ("5", {"type": "Integer", "default": 5}, "could not convert /5/ to float64 for Integer"),
        (2**31 - 1, {"type": "Integer", "default": 2**31 - 1}, "out-of-boundary error"),
        (-(2**31), {"type": "Integer", "default": -(2**31)}, "out-of-boundary error"),
        (2**31 - 2, {"type": "Integer", "default": 2**31 - 2}, None),
        (True, {"type": "Boolean", "default": True}, None),
        (True, {"type": "Boolean", "default": False}, "parameter value /true/ not equal to default for Boolean"),
        ("true", {"type": "Boolean", "default": True}, "parameter value /true/ not equal to default for Boolean"),
    ],
)
def test_value_under_its_rules(value: Any, rules: dict[str, Any], said: str | None) -> None:
    found = violations(value, **rules)
    assert bool(found) == bool(said)
    assert said is None or said in found[0]
