"""Documents that change while commands that run them are under way."""

import json
from typing import TYPE_CHECKING

import pytest

from patchgui.agent.documents import NewVersion
from patchgui.agent.worker.journal import uptime
from patchgui.ssm.shapes import DocumentFormat, DocumentType

if TYPE_CHECKING:
    from patchgui.agent.documents import DocumentStore
    from tests.unit.commands.conftest import Desk

A, B, C, D, WINDOWS = (f"mi-{number:017x}" for number in range(1, 6))


def test_a_message_carries_all_that_a_worker_needs_alone(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    desk.send(A, document="Outer", Parameters={"Hook": ["One"]})

    command = worker.sent[-1]["command"]

    assert command["parameters"] == {"Hook": "One"}
    assert list(command["documents"]) == ["One"]
    assert command["content"]["mainSteps"][0]["name"] == "hook"
    assert command["baseline"]
    assert command["deliver_until_up"] == pytest.approx(uptime() + 3600, abs=5)


def test_nodes_under_way_are_told_what_a_hook_is_now(desk: "Desk") -> None:
    _outer(desk)
    workers = desk.connect(A, B)
    command_id = desk.send(A, B, document="Outer", Parameters={"Hook": ["One"]}, MaxConcurrency="1")
    workers[0].accept(command_id)

    _change(desk.documents, "One", "first", "second")

    told = workers[0].sent[-1]
    assert (told["type"], told["command"]) == ("documents", command_id)
    assert "second" in told["documents"]["One"]["text"]
    workers[0].end(command_id)
    assert "second" in workers[1].sent[0]["command"]["documents"]["One"], "a node that waited gets it with the command"


def test_a_node_that_was_away_is_told_when_it_comes_back(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    command_id = desk.send(A, document="Outer", Parameters={"Hook": ["One"]})
    worker.accept(command_id)
    worker.disconnect()
    desk.documents.delete("One")
    worker.sent.clear()

    worker.connect()

    error = "InvalidDocument: Document with name One does not exist."
    assert worker.sent == [{"type": "documents", "command": command_id, "documents": {"One": {"error": error}}}]


def test_a_document_that_a_command_does_not_run_is_of_no_concern_to_its_nodes(desk: "Desk") -> None:
    (worker,) = desk.connect(A)
    command_id = desk.send(A)
    worker.accept(command_id)
    worker.sent.clear()

    desk.create("Another", "step")
    _change(desk.documents, "One", "first")

    assert worker.sent == [], "the command's own document was sent with it"


def test_a_new_version_that_is_not_the_default_changes_nothing(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    worker.accept(desk.send(A, document="Outer", Parameters={"Hook": ["One"]}))
    worker.sent.clear()
    desk.documents.update("One", _new(_shell("later")), None)
    assert worker.sent == []

    desk.documents.set_default("One", "2")

    assert worker.sent[-1]["type"] == "documents"


def test_an_agent_that_was_killed_between_a_change_and_telling_it_tells_at_its_return(desk: "Desk") -> None:
    _outer(desk)
    (worker,) = desk.connect(A)
    command_id = desk.send(A, document="Outer", Parameters={"Hook": ["One"]})
    worker.accept(command_id)
    worker.sent.clear()
    _change(desk.unwatched_documents(), "One", "late")
    assert worker.sent == []

    desk.restart()
    worker.connect()

    assert "late" in worker.sent[-1]["documents"]["One"]["text"]


def _outer(desk: "Desk") -> None:
    """Make a document that runs the one named by its parameter."""
    hook = {"documentType": "SSMDocument", "documentPath": "{{ Hook }}"}
    content = {
        "schemaVersion": "2.2",
        "parameters": {"Hook": {"type": "String"}},
        "mainSteps": [{"name": "hook", "action": "aws:runDocument", "inputs": hook}],
    }
    desk.documents.create("Outer", _new(json.dumps(content)), DocumentType.COMMAND, {})


def _change(documents: "DocumentStore", name: str, *steps: str) -> None:
    """Give a document other steps."""
    changed = documents.update(name, _new(_shell(*steps)), None)
    documents.set_default(name, changed.version)


def _shell(*steps: str) -> str:
    main = [{"name": step, "action": "aws:runShellScript", "inputs": {"runCommand": [step]}} for step in steps]
    return json.dumps({"schemaVersion": "2.2", "mainSteps": main})


def _new(text: str) -> NewVersion:
    return NewVersion(text, DocumentFormat.JSON)
