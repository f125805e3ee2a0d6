"""Documents, read from JSON and from YAML."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchgui.agent.engine import DocumentInvalid, load_document
from patchgui.agent.engine.message import read_message
from patchgui.agent.engine.reading import read_document, read_document_text
from patchgui.agent.engine.yaml_text import YamlInvalid, compose, value_of

STEP: dict[str, Any] = {"name": "s", "action": "aws:runShellScript"}


def document(**members: Any) -> dict[str, Any]:
    return {"schemaVersion": "2.2", "mainSteps": [STEP], **members}


def test_names_of_the_structure_match_regardless_of_case_and_unknown_ones_are_ignored() -> None:
    read = read_document({"SCHEMAVERSION": "2.2", "MainSteps": [{**STEP, "Inputs": {"A": 1}, "x": 2}], "extra": []})
    assert read.schema_version == "2.2"
    assert read.main_steps[0].inputs == {"A": 1}


@pytest.mark.parametrize(
    "content",
    [
        {"schemaVersion": 2.2},
        document(mainSteps={"a": 1}),
        document(mainSteps=[None]),
        document(mainSteps=["text"]),
        document(mainSteps=[{**STEP, "name": 1}]),
        document(mainSteps=[{**STEP, "timeoutSeconds": "5"}]),
        document(mainSteps=[{**STEP, "maxAttempts": 1.5}]),
        document(mainSteps=[{**STEP, "onFailure": True}]),
        document(mainSteps=[{**STEP, "precondition": {"StringEquals": "x"}}]),
        document(mainSteps=[{**STEP, "precondition": {"StringEquals": ["x", 1]}}]),
        document(parameters=[]),
        document(parameters={"p": None}),
        document(parameters={"p": {"allowedValues": [True]}}),
        document(parameters={"p": {"allowedPattern": 5}}),
        document(parameters={"p": {"minChars": "many"}}),
        document(parameters={"p": {"minChars": ""}}),
        document(runtimeConfig={"aws:runShellScript": None}),
        document(description=5),
        document(parameters={"p": {"default": float("inf")}}),
    ],
)
def test_wrong_types_break_the_document(content: dict[str, Any]) -> None:
    with pytest.raises(DocumentInvalid):
        read_document(content)


def test_limits_may_be_numbers_or_numbers_in_quotes() -> None:
    declared = read_document(document(parameters={"p": {"minChars": 3, "maxChars": "4"}})).parameters["p"]
    assert (declared.min_chars, declared.max_chars) == ("3", "4")


@pytest.mark.parametrize("text", ['{"DocumentContent": {', "[]", '{"Parameters": [1], "DocumentContent": {}}', "NaN"])
def test_malformed_messages_are_refused(text: str) -> None:
    with pytest.raises(DocumentInvalid):
        read_message(text)


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["schemaVersion", "mainSteps", "runtimeConfig", "parameters", "name", "action", "inputs"])
            | st.sampled_from(["precondition", "StringEquals", "type", "default", "allowedValues", "settings", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(["schemaVersion", "mainSteps", "runtimeConfig", "parameters"]), JSON_LIKE))
def test_any_json_is_read_or_refused(content: dict[str, Any]) -> None:
    with contextlib.suppress(DocumentInvalid):
        read_document(content)


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (load_document, read_document_text):
        with contextlib.suppress(DocumentInvalid):
            read(text)


YAML_CHILD = """---
schemaVersion: 2.2
parameters:
  flag: {type: Boolean, default: yes}
  time: {type: String, default: 12:30:45}
  day: {type: String, default: 2024-02-30}
  octal: {type: Integer, default: 0700}
  words: {type: StringList, allowedValues: [1, true, x]}
mainSteps:
- name: 5
  action: aws:runShellScript
  timeoutSeconds: 60.0
  inputs: &shared
    runCommand: ["echo y", 'on', y]
    1: dropped or not
- name: second
  action: aws:runShellScript
  inputs: {<<: *shared, timeoutSeconds: 7}
"""


def test_yaml_is_read_as_go_reads_it() -> None:
    read = read_document_text(YAML_CHILD)
    assert read.schema_version == "2.2"
    assert {name: declared.default for name, declared in read.parameters.items()} == {
        "flag": True,
        "time": "12:30:45",
        "day": "2024-02-30",
        "octal": 0o700,
        "words": None,
    }
    assert read.parameters["words"].allowed_values == ("1", "true", "x")
    assert [step.name for step in read.main_steps] == ["5", "second"]
    assert read.main_steps[0].inputs["runCommand"] == ["echo y", "on", True]
    assert read.main_steps[1].inputs["timeoutSeconds"] == 7
    assert read.main_steps[1].inputs["runCommand"] == ["echo y", "on", True]


def test_yaml_names_match_by_exact_case() -> None:
    with pytest.raises(DocumentInvalid):
        read_document_text("schemaVersion: '2.2'\nmainSteps:\n- Name: [a]\n  name: [a]\n")
    assert read_document_text("SchemaVersion: x\n").schema_version == ""


def test_json_with_wrong_types_gets_its_chance_as_yaml() -> None:
    assert read_document_text(json.dumps({"schemaVersion": 2.2, "mainSteps": [STEP]})).schema_version == "2.2"


def test_documents_of_people_keep_their_whole_numbers_and_versions_become_texts() -> None:
    content = load_document("schemaVersion: 2.2\nmainSteps:\n- {name: s, action: a, timeoutSeconds: 60}\n")
    assert content == {"schemaVersion": "2.2", "mainSteps": [{"name": "s", "action": "a", "timeoutSeconds": 60}]}


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [bomb(9), "a: &a [*a]", "&a {b: *a}", "[" * 20_000, "{a: " * 500 + "}" * 500, "a: b: c", "\x00", "!!python/x y: ["],
    ids=["bomb", "cycle", "cycle-map", "deep", "deep-map", "syntax", "control", "tag"],
)
def test_hostile_yaml_is_refused_at_once(text: str) -> None:
    with pytest.raises(YamlInvalid):
        compose(text)
    with pytest.raises(DocumentInvalid):
        load_document(text)


def test_unknown_tags_are_texts() -> None:
    assert value_of(compose("a: !custom x")) == {"a": "x"}


def test_deep_json_is_refused() -> None:
    with pytest.raises(DocumentInvalid):
        load_document('{"a":' * 100_000)
    with pytest.raises(DocumentInvalid, match="nested too deeply"):
        load_document('{"a":' * 300 + "1" + "}" * 300)
