from collections.abc import Sequence
from typing import Any

import pytest

from patchgui.agent.commands.typed_parameters import typed
from patchgui.agent.refusal import Refusal

DECLARED = {
    "Text": {"type": "String"},
    "Texts": {"type": "StringList"},
    "Number": {"type": "Integer"},
    "Flag": {"type": "Boolean"},
    "Map": {"type": "StringMap"},
    "Maps": {"type": "MapList"},
}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("Text", ["a"], "a"),
        ("Text", ["{}"], "{}"),
        ("Texts", ["a", "b"], ["a", "b"]),
        ("Texts", [], []),
        ("Number", ["7"], 7),
        ("Flag", ["true"], True),
        ("Flag", ["False"], False),
        ("Map", ['{"k": "v"}'], {"k": "v"}),
        ("Maps", ['{"k": "v"}', "{}"], [{"k": "v"}, {}]),
        ("Unknown", ["a"], "a"),
    ],
)
def test_texts_become_values_of_the_declared_type(name: str, given: Sequence[str], value: Any) -> None:
    assert typed(DECLARED, {name: given}) == {name: value}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Text", ["a", "b"]),
        ("Number", ["seven"]),
        ("Number", ["true"]),
        ("Number", ["1.5"]),
        ("Flag", ["1"]),
        ("Map", ["[]"]),
        ("Map", ["{"]),
        ("Maps", ["3"]),
    ],
)
def test_a_text_of_another_type_is_refused_by_name(name: str, given: Sequence[str]) -> None:
    with pytest.raises(Refusal, match=f"InvalidParameters: Parameter {name}"):
        typed(DECLARED, {name: given})
