"""Parameters in texts: once, to the letter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.substitution import Substitution


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("{{ list }}", ["a", "b"]),
        ("{{list}}", ["a", "b"]),
        ("{{\t\n\f\r list }}", ["a", "b"]),
        (" {{ list }}", ' ["a","b"]'),
        ("{{ list }}\n", '["a","b"]\n'),
        ("{{ number }}", 5),
        ("x{{ number }}", "x5"),
        ("{{ none }}", None),
        ("-{{ none }}-", "-null-"),
        ("{{ money }}", "a$$b$"),
        ("={{ money }}", "=a$b$"),
        ("$$ {{ name }}", "$$ value"),
        ("{{ other }} {{name}}", "{{ other }} value"),
        ("{{ Name }}", "{{ Name }}"),
        ("{{ under_score }}", '["x"]'),
        ("{ { name } } {{ name }", "{ { name } } {{ name }"),
        ("{{ recursive }} {{ name }}", "{{ name }} value"),
        ("{{ recursive }}", "{{ name }}"),
        ("{{\u00a0name }}", "{{\u00a0name }}"),
    ],
)
def test_text_becomes(text: str, outcome: Any) -> None:
    values = {
        "list": ["a", "b"],
        "number": 5,
        "none": None,
        "money": "a$$b$",
        "name": "value",
        "under_score": ["x"],
        "recursive": "{{ name }}",
    }
    assert Substitution(values).apply(text) == outcome


def test_values_are_filled_in_everywhere_but_keys_are_not() -> None:
    inputs = {"{{ p }}": ["{{ p }}", {"deep": "x{{ p }}"}], "number": 1}
    assert Substitution({"p": "v"}).apply(inputs) == {"{{ p }}": ["v", {"deep": "xv"}], "number": 1}


def test_declared_name_is_a_regular_expression() -> None:
    assert Substitution({"a.b": "v", "c": "w"}).apply("{{ aXb }}-{{ c }}-{{ a.b }}") == "v-w-v"


def test_name_that_is_no_regular_expression_breaks_the_document() -> None:
    with pytest.raises(DocumentInvalid, match=r"'a\(b' can't be used: missing \)"):
        Substitution({"a(b": "v"}).apply("any text")


def test_document_that_multiplies_a_value_beyond_measure_is_refused() -> None:
    with pytest.raises(DocumentInvalid, match="larger than 64 MiB"):
        Substitution({"a": "x" * 60_000}).apply(["{{a}} " * 100] * 20)


@given(st.text(), st.dictionaries(st.from_regex(r"[a-zA-Z0-9]{1,3}", fullmatch=True), st.text(), max_size=3))
def test_text_without_braces_never_changes(text: str, values: dict[str, str]) -> None:
    text = text.replace("{", "")
    assert Substitution(values).apply(text) == text


@given(
    st.lists(st.sampled_from(["a", "b", " ", "x", "{{", "}}", "{{ a }}", "{{b}}", "$$", "\n"]), max_size=8).map("".join)
)
def test_one_pass_equals_replacing_from_left_to_right(text: str) -> None:
    """An independent reading of the rule: scan for the next reference, copy what is before, put in its value."""
    values = {"a": "{{ b }}", "b": "$$x"}
    done, rest = "", text
    while rest:
        for name, value in values.items():
            body = rest[2:].lstrip("\t\n\f\r ")
            if rest.startswith("{{") and body.startswith(name) and body[1:].lstrip("\t\n\f\r ").startswith("}}"):
                after = body[1:].lstrip("\t\n\f\r ")[2:]
                if not done and not after and rest == text:
                    assert Substitution(values).apply(text) == value
                    return
                done, rest = done + value.replace("$$", "$"), after
                break
        else:
            done, rest = done + rest[0], rest[1:]
    assert Substitution(values).apply(text) == done
