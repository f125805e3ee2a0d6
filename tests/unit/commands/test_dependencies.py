import json
from collections.abc import Mapping
from typing import Any

from patchgui.agent.commands.dependencies import documents_of


def runs(path: str, **parameters: str) -> dict[str, Any]:
    inputs = {"documentType": "SSMDocument", "documentPath": path, "documentParameters": parameters}
    return {"name": path, "action": "aws:runDocument", "inputs": inputs}


def document(*steps: dict[str, Any], **defaults: str) -> dict[str, Any]:
    declared = {name: {"type": "String", "default": value} for name, value in defaults.items()}
    return {"schemaVersion": "2.2", "parameters": declared, "mainSteps": list(steps)}


def found(root: dict[str, Any], parameters: Mapping[str, str], library: Mapping[str, dict[str, Any]]) -> set[str]:
    asked: list[tuple[str, str]] = []

    def find(name: str, version: str) -> tuple[str, Mapping[str, Any]] | None:
        asked.append((name, version))
        content = library.get(name)
        return None if content is None else (json.dumps(content), content)

    texts = documents_of(root, parameters, find)
    assert len(asked) == len(set(asked))
    return set(texts)


def test_a_hook_is_found_by_the_parameter_that_names_it() -> None:
    root = document(runs("{{ Hook }}"), Hook="AWS-Noop")

    assert found(root, {"Hook": "Mine"}, {"Mine": document()}) == {"Mine"}
    assert found(root, {}, {"AWS-Noop": document()}) == {"AWS-Noop"}


def test_documents_below_documents_are_found_with_their_own_parameters() -> None:
    library = {"Outer": document(runs("{{ Which }}"), Which="none"), "Inner": document()}

    assert found(document(runs("Outer", Which="{{ Name }}")), {"Name": "Inner"}, library) == {"Outer", "Inner"}


def test_a_version_stays_in_the_name_that_steps_call() -> None:
    assert found(document(runs("Mine:3")), {}, {"Mine": document()}) == {"Mine:3"}


def test_an_arn_is_no_version() -> None:
    arn = "arn:aws:ssm:eu-west-1:123456789012:document/Mine"

    assert found(document(runs(arn)), {}, {arn: document()}) == {arn}


def test_what_is_missing_or_runs_itself_ends() -> None:
    root = document(runs("Self"), runs("Missing"))

    assert found(root, {}, {"Self": document(runs("Self"))}) == {"Self"}
