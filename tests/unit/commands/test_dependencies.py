import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from patchgui.agent.commands.dependencies import answer, documents_of, renewed
from patchgui.agent.refusal import Refusal
from patchgui.ssm.shapes import DocumentFormat


def runs(path: str, **parameters: str) -> dict[str, Any]:
    inputs = {"documentType": "SSMDocument", "documentPath": path, "documentParameters": parameters}
    return {"name": path, "action": "aws:runDocument", "inputs": inputs}


def document(*steps: dict[str, Any], **defaults: str) -> dict[str, Any]:
    declared = {name: {"type": "String", "default": value} for name, value in defaults.items()}
    return {"schemaVersion": "2.2", "parameters": declared, "mainSteps": list(steps)}


@dataclass(frozen=True)
class Shelved:
    content: Mapping[str, Any]
    document_format: DocumentFormat = DocumentFormat.JSON

    @property
    def text(self) -> str:
        return yaml.safe_dump(self.content) if self.document_format is DocumentFormat.YAML else json.dumps(self.content)


@dataclass
class Shelf:
    """A library of a few documents; it remembers what it was asked for."""

    documents: Mapping[str, Mapping[str, Any]]
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def get(self, name: str, version: str | None = None) -> Shelved:
        self.asked.append((name, version))
        if name not in self.documents:
            raise Refusal("InvalidDocument", f"Document with name {name} does not exist.")
        return Shelved(self.documents[name])


def found(root: dict[str, Any], parameters: Mapping[str, str], library: Mapping[str, dict[str, Any]]) -> set[str]:
    shelf = Shelf(library)
    texts = documents_of(root, parameters, shelf)
    assert len(shelf.asked) == len(set(shelf.asked))
    return set(texts)


def test_a_document_in_yaml_reaches_the_node_as_json() -> None:
    hook = Shelved(document(), DocumentFormat.YAML)

    class YamlShelf:
        def get(self, name: str, version: str | None = None) -> Shelved:
            return hook

    for text in (
        documents_of(document(runs("Hook")), {}, YamlShelf())["Hook"],
        answer(YamlShelf(), "Hook", "")["text"],
    ):
        assert json.loads(text) == hook.content


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


OLD, NEW = document(old="1"), document(new="2")
GONE = {"error": "InvalidDocument: Document with name Mine does not exist."}


def told_of(library: Mapping[str, dict[str, Any]], *, told: Collection[str] = (), fresh: Collection[str] = ()) -> Any:
    return renewed({"Mine": json.dumps(OLD)}, told, fresh, Shelf(library))


def test_a_node_is_told_of_a_document_only_when_it_has_changed() -> None:
    assert told_of({"Mine": OLD}) == {}
    assert told_of({"Mine": NEW}) == {"Mine": {"text": json.dumps(NEW)}}


def test_a_node_is_told_of_a_document_that_there_is_no_more() -> None:
    assert told_of({}) == {"Mine": GONE}


def test_a_node_that_was_told_of_a_change_is_told_when_it_was_taken_back() -> None:
    assert told_of({"Mine": OLD}, told=["Mine"]) == {"Mine": {"text": json.dumps(OLD)}}


def test_a_node_is_told_of_a_document_that_a_changed_one_runs_now() -> None:
    library = {"Mine": NEW, "Other": OLD}

    assert set(told_of(library, fresh=["Mine", "Other"])) == {"Mine", "Other"}
