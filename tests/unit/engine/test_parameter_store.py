"""References to Parameter Store."""

from collections.abc import Callable
from typing import Any

import pytest

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.parameter_store import resolve


@pytest.fixture
def filled(host: Any) -> Callable[[Any], Any]:
    host.parameters = {
        "cmd": {"Type": "String", "Value": "echo {{ ssm:/a/b }}"},
        "cmd:3": {"Type": "String", "Value": "third"},
        "/a/b": {"Type": "String", "Value": "AB"},
        "list": {"Type": "StringList", "Value": "x,y z,"},
        "secret": {"Type": "SecureString", "Value": "s"},
    }
    return lambda value: resolve(value, host)


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("{{ssm:cmd}} {{  ssm:/a/b  }}", "echo {{ ssm:/a/b }} AB"),
        ("{{ ssm:cmd:3 }}", "third"),
        (["{{ ssm:list }}", "and"], ["x", "y z", "", "and"]),
        ([" {{ ssm:list }} "], ["x", "y z", ""]),
        ({"k": [{"deep": "{{ ssm:/a/b }}"}]}, {"k": [{"deep": "AB"}]}),
        (["{{ ssm:/a/b }}", None], ["AB", ""]),
        ("{{\tssm:cmd }}", "{{\tssm:cmd }}"),
        ("{{ ssm-secure:secret }}", "{{ ssm-secure:secret }}"),
        ([5, "no reference"], [5, "no reference"]),
    ],
)
def test_references_are_replaced_once(filled: Callable[[Any], Any], value: Any, outcome: Any) -> None:
    assert filled(value) == outcome


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("{{ ssm:nope }}", "nope"),
        ("{{ ssm:cmd:2 }}", "cmd:2"),
        ("{{ ssm:secret }}", "SecureString"),
        ("{{ ssm:list }}", "StringList"),
        (["x {{ ssm:list }}"], "StringList"),
        (["{{ ssm:/a/b }}", 5], "nothing but texts"),
    ],
)
def test_references_that_cannot_be_replaced_break_the_document(
    filled: Callable[[Any], Any], value: Any, why: str
) -> None:
    with pytest.raises(DocumentInvalid, match=why):
        filled(value)
