"""What the service checks before it sends a command, and when a document is stored."""

from typing import Any

import pytest

from patchgui.agent.engine import DocumentInvalid, check_parameters, validate_document

DECLARED: dict[str, Any] = {
    "word": {"type": "String", "allowedValues": ["a", "b"], "default": "a"},
    "pattern": {"type": "String", "allowedPattern": "^[a-z]+$", "default": "x"},
    "short": {"type": "String", "maxChars": 3, "default": ""},
    "list": {"type": "StringList", "minItems": 2, "default": ["x", "y"]},
    "number": {"type": "Integer", "allowedValues": ["1", "2"], "default": 1},
    "free": {"type": "Integer", "default": 1},
    "flag": {"type": "Boolean", "default": False},
    "map": {"type": "StringMap", "default": {}},
    "maps": {"type": "MapList", "default": []},
}


@pytest.mark.parametrize(
    "given",
    [{}, {"word": "b"}, {"number": 2}, {"free": 99}, {"flag": True}, {"map": {"a": 1}}, {"map": '{"a": 1}'},
     {"maps": [{"a": 1}]}, {"word": "{{ ssm:word }}"}, {"list": ["a", "b"]}],
)  # fmt: skip
def test_good_parameters_pass(given: dict[str, Any]) -> None:
    assert check_parameters(DECLARED, given) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"word": "c"}, "word: parameter value /c/ is not in the allowed list [a b]"),
        ({"pattern": "A1"}, "pattern: parameter value /A1/ does not match"),
        ({"short": "long"}, "short: parameter value /long/ is exceeding"),
        ({"list": ["x"]}, "list: parameter value list length"),
        ({"list": "x"}, "list must be a list of strings, not a string"),
        ({"number": 3}, "number: parameter value /3/ is not in the allowed list [1 2]"),
        ({"number": "1"}, "number must be a whole number, not a string"),
        ({"number": True}, "number must be a whole number, not a boolean"),
        ({"flag": "yes"}, "flag must be true or false, not a string"),
        ({"word": 5}, "word must be a string, not a number"),
        ({"map": []}, "map must be an object, not a list"),
        ({"maps": {}}, "maps must be a list of objects, not an object"),
        ({"Word": "a"}, "Word is not declared"),
    ],
)
def test_bad_parameters_are_named(given: dict[str, Any], said: str) -> None:
    (problem,) = check_parameters(DECLARED, given)
    assert said in problem


def test_missing_required_parameter_is_named() -> None:
    (problem,) = check_parameters({"p": {"type": "String"}}, {})
    assert "p has no default" in problem


STEP = {"name": "s", "action": "aws:runShellScript", "inputs": {}}


def test_good_documents_are_stored() -> None:
    validate_document({"schemaVersion": "2.2", "parameters": DECLARED, "mainSteps": [STEP]})
    validate_document({"schemaVersion": "1.2", "runtimeConfig": {"aws:runShellScript": {"properties": []}}})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"schemaVersion": "3.0", "mainSteps": [STEP]}, "schemaVersion '3.0' is not supported"),
        ({"schemaVersion": "2.2", "mainSteps": []}, "needs mainSteps"),
        ({"schemaVersion": "1.2", "mainSteps": [STEP]}, "needs runtimeConfig"),
        ({"schemaVersion": "2.2", "mainSteps": [STEP, STEP]}, "Two steps have the name 's'"),
        ({"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript"}]}, "Step number 1 has no name"),
        ({"schemaVersion": "2.2", "mainSteps": [{**STEP, "action": "aws:nope"}]}, "'aws:nope', which does not exist"),
        ({"schemaVersion": "2.0", "mainSteps": [{**STEP, "precondition": {"X": []}}]}, "needs schema version 2.2"),
        ({"schemaVersion": "2.2", "parameters": {"p": {"type": "Text"}}, "mainSteps": [STEP]}, "has type 'Text'"),
        (
            {"schemaVersion": "2.2", "parameters": {"p": {"type": "Integer", "interpolationType": "ENV_VAR"}},
             "mainSteps": [STEP]},
            "only a String",
        ),
        (
            {"schemaVersion": "2.2", "parameters": {"p": {"type": "String", "interpolationType": "X"}},
             "mainSteps": [STEP]},
            "there is only ENV_VAR",
        ),
    ],
)  # fmt: skip
def test_bad_documents_are_refused_in_words(content: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentInvalid, match=said):
        validate_document(content)
