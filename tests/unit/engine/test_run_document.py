"""Documents inside of steps."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine import CancelToken, DocumentInvalid, DocumentResult
from patchgui.agent.engine.plugins.run_document import child_parameters, name_and_version

Run = Callable[..., DocumentResult]
Script = Callable[..., dict[str, Any]]
Store = Callable[[str, Any], None]


def nested(name: str, path: str, kind: str = "SSMDocument", **inputs: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:runDocument", "inputs": {"documentType": kind, "documentPath": path, **inputs}}


@pytest.mark.parametrize(
    ("path", "name", "version"),
    [
        ("Child", "Child", ""),
        ("Child:2", "Child", "2"),
        (
            "arn:aws:ssm:us-east-1:111122223333:document/Shared",
            "arn:aws:ssm:us-east-1:111122223333:document/Shared",
            "",
        ),
        ("arn:aws:ssm:eu-west-1:1:document/Shared:7", "arn:aws:ssm:eu-west-1:1:document/Shared", "7"),
    ],
)
def test_path_means_a_name_and_a_version(path: str, name: str, version: str) -> None:
    assert name_and_version(path) == (name, version)


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        (None, {}),
        ("", {}),
        ("null", {}),
        ({"a": None, "b": 0}, {"b": 0}),
        ('{"a": "1"}', {"a": "1"}),
        ('{"Operation":"Scan", "SnapshotId": }', {"Operation": "Scan"}),
        (
            '{"SnapshotId": 12345678-1234-1234-1234-123456789abc}',
            {"SnapshotId": "12345678-1234-1234-1234-123456789abc"},
        ),
        ("a: 1\nb: [x]", {"a": 1, "b": ["x"]}),
    ],
)
def test_parameters_may_be_an_object_or_text_in_json_or_yaml(value: Any, parameters: dict[str, Any]) -> None:
    assert child_parameters(value) == parameters


@pytest.mark.parametrize("value", ["{a: [", "[1]", "5", "text", ["a"], 5, True])
def test_other_parameters_are_refused(value: Any) -> None:
    with pytest.raises(DocumentInvalid):
        child_parameters(value)


def test_texts_are_joined_and_the_worst_status_counts(run: Run, script: Script, store_document: Store) -> None:
    store_document("Child", [script("a", "echo A; exit 3"), script("b", "echo B; exit 137"), script("c", "echo C")])
    result = run([nested("go", "Child", onFailure="exit"), script("after", "echo after")])
    go, after = result.steps
    assert (go.status, go.code, go.stdout) == ("TimedOut", 0, "A\nB\nC\n")
    assert go.stderr == "failed to run commands: exit status 3"
    assert (after.stdout, result.status) == ("after\n", "TimedOut")


def test_long_texts_are_joined_in_full_and_cut_once(run: Run, script: Script, store_document: Store) -> None:
    line = "head -c 20000 /dev/zero | tr '\\0' {}"
    store_document("Child", [script("a", line.format("a")), script("b", line.format("b"))])
    (go,) = run([nested("go", "Child")]).steps
    assert go.stdout == "a" * 20_000 + "b" * 3_980 + "--output truncated--"


def test_failure_at_the_gate_inside_is_told_and_has_code_1(run: Run, script: Script, store_document: Store) -> None:
    store_document("Child", [{"name": "x", "action": "aws:nope"}, script("b", "echo B")])
    (go,) = run([nested("go", "Child")]).steps
    assert (go.status, go.code, go.stdout) == ("Failed", 1, "B\n")
    assert "aws:nope is not supported" in go.stderr


def test_output_of_nested_steps_is_live_under_the_outer_name_and_told_once(
    run: Run, script: Script, store_document: Store, recorder: Any
) -> None:
    store_document("Inner", [script("i", "echo deep; exit 1")])
    store_document("Child", [script("a", "echo A"), nested("b", "Inner")])
    run([nested("go", "Child")])
    assert recorder.output == {
        ("go", "stdout"): b"A\ndeep\n",
        ("go", "stderr"): b"failed to run commands: exit status 1",
    }
    assert [event for event in recorder.events if event[0] in {"started", "ended"}] == [
        ("started", "go"), ("ended", "go"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["SSMDocument", "LocalPath"])
def test_noop_succeeds_and_fetches_nothing(run: Run, kind: str) -> None:
    (go,) = run([nested("go", "AWS-Noop", kind)]).steps
    assert (go.status, go.stdout, go.stderr) == ("Success", "", "")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"documentPath": "x"}, "Document Type must be specified"),
        ({"documentType": "Other", "documentPath": "x"}, "Document type specified in invalid"),
        ({"documentType": "LocalPath"}, "Document Path must be provided"),
        ({"documentType": 5}, "documentType must be a string"),
        ({"documentType": "LocalPath", "documentPath": "/proc/missing"}, "File is empty!"),
        ({"documentType": "SSMDocument", "documentPath": "Nope"}, "Document with name Nope does not exist"),
    ],
)
def test_wrong_inputs_fail_the_step(run: Run, inputs: Any, said: str) -> None:
    (go,) = run([{"name": "go", "action": "aws:runDocument", "inputs": inputs}]).steps
    assert (go.status, go.code) == ("Failed", 1)
    assert said in go.stderr


def test_relative_path_is_below_the_downloads(run: Run, script: Script, host: Any) -> None:
    downloads: Path = host.orchestration / "downloads" / "d"
    downloads.mkdir(parents=True)
    child = {"schemaVersion": "2.2", "mainSteps": [script("in", "echo found")]}
    (downloads / "n.json").write_text(json.dumps(child))
    assert run([nested("go", "d/n.json", "LocalPath")]).steps[0].stdout == "found\n"


@pytest.mark.parametrize(("name", "folder"), [("go", "go/go"), ("g:o", "go/g:o"), ("/go", "go/go"), ("a/b", "a/b/a/b")])
def test_output_of_a_child_lies_below_its_steps_name(
    run: Run, script: Script, store_document: Store, host: Any, name: str, folder: str
) -> None:
    store_document("Child", [script("in", "echo out")])
    run([nested(name, "Child")])
    assert (host.orchestration / folder / "awsrunShellScript" / "in" / "stdout").read_text() == "out\n"


def test_document_that_runs_itself_stops_at_the_third_level(run: Run, script: Script, store_document: Store) -> None:
    store_document("Self", [script("s", "echo level"), nested("again", "Self")])
    (go,) = run([nested("go", "Self")]).steps
    assert go.stdout == "level\n" * 3
    assert "Maximum depth" in go.stderr
    assert go.status == "Failed"


def test_settings_break_the_step_at_the_top_only(run: Run, script: Script, store_document: Store) -> None:
    store_document("Leaf", [script("s", "echo leaf")])
    store_document("Child", [{**nested("in", "Leaf"), "settings": {"a": 1}}])
    with_settings, without = run([{**nested("x", "Leaf"), "settings": {}}, nested("y", "Child")]).steps
    assert "depth of execution" in with_settings.stderr
    assert without.stdout == "leaf\n"


def test_parameters_of_children_are_checked_by_the_agent(run: Run, script: Script, store_document: Store) -> None:
    declared = {"p": {"type": "String", "allowedValues": ["a"]}, "n": {"type": "Integer", "default": 5}}
    child = {"schemaVersion": "2.2", "parameters": declared, "mainSteps": [script("s", "echo {{ p }} {{ n }}")]}
    store_document("Child", child)
    good, bad = run(
        [
            nested("go", "Child", documentParameters={"p": "a"}),
            nested("no", "Child", documentParameters={"p": "b", "n": 6}),
        ]
    ).steps
    assert good.stdout == "a 5\n"
    assert "/b/ is not in the allowed list [a]" in bad.stderr
    assert "/6/ not equal to default /5/" in bad.stderr


def test_yaml_map_breaks_the_child_and_a_json_one_does_not(run: Run, store_document: Store) -> None:
    child = """
        schemaVersion: "2.2"
        parameters: {m: {type: StringMap}}
        mainSteps: [{name: c, action: "aws:runShellScript", inputs: {runCommand: ["echo '{{ m }}'"]}}]
    """
    store_document("Child", child)
    inputs = {"documentType": "SSMDocument", "documentPath": "Child"}
    for parameters, said in (
        ({"m": {"k": "v"}}, '{"k":"v"}\n'),
        ('{"m": {"k": "v"}}', '{"k":"v"}\n'),
        ("{m: {k: v}}", ""),
        ("{m: [{k: v}]}", ""),
    ):
        (step,) = run(
            [{"name": "go", "action": "aws:runDocument", "inputs": {**inputs, "documentParameters": parameters}}]
        ).steps
        assert step.stdout.endswith(said) is True
        assert (step.code == 1) is (not said)


def test_map_as_a_default_breaks_a_yaml_file_and_no_document_of_the_service(
    run: Run, store_document: Store, host: Any
) -> None:
    text = (
        "schemaVersion: '2.2'\nparameters: {m: {type: StringMap, default: {a: b}}}\nmainSteps: [{name: a, action: x}]\n"
    )
    store_document("Child", text)
    file, stored = run(
        [nested("file", f"{host.documents[0]}/Child.json", "LocalPath"), nested("stored", "Child")]
    ).steps
    assert "internal error" in file.stderr
    assert "Plugin with name x is not supported" in stored.stderr


def test_cancel_is_not_passed_on_and_the_next_step_is_cancelled(
    run: Run, script: Script, store_document: Store, recorder: Any
) -> None:
    cancel = CancelToken()
    recorder.on_output = cancel.cancel
    store_document("Child", [script("a", "echo A; sleep 0.1; echo B"), script("b", "echo C")])
    go, after = run([nested("go", "Child"), nested("after", "Child")], cancel=cancel).steps
    assert (go.status, go.stdout) == ("Success", "A\nB\nC\n")
    assert (after.status, after.code) == ("Cancelled", 1)


def test_duplicate_names_inside_are_kept_as_on_the_real_agent(run: Run, script: Script, store_document: Store) -> None:
    store_document(
        "Child", [script("x", "echo A; exit 2", onFailure="exit"), script("x", "echo B"), script("y", "echo C")]
    )
    (go,) = run([nested("go", "Child")]).steps
    assert (go.status, go.stdout) == ("Success", "A\nB\nC\n")


def test_first_generation_child_runs(run: Run, store_document: Store) -> None:
    properties = [{"id": "0.x", "runCommand": ["echo one"]}, {"id": "1.x", "runCommand": ["echo two"]}]
    store_document("Old", {"schemaVersion": "1.2", "runtimeConfig": {"aws:runShellScript": {"properties": properties}}})
    assert run([nested("go", "Old")]).steps[0].stdout == "one\n\ntwo\n"
