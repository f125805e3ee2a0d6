import threading

import pytest

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.worker.messages import Message
from patchgui.agent.worker.questions import Questions


def test_a_document_is_asked_for_and_answered() -> None:
    asked: list[Message] = []

    def answer(message: Message) -> None:
        asked.append(message)
        threading.Thread(target=questions.answered, args=({"id": message["id"], "text": "{}"},)).start()

    questions = Questions(answer)

    assert questions.ask("Mine", "3") == "{}"
    assert asked == [{"type": "question", "id": 1, "name": "Mine", "version": "3"}]
    assert questions.pending() == []


def test_a_refusal_is_told_as_it_is() -> None:
    questions = Questions(lambda message: questions.answered({"id": message["id"], "error": "InvalidDocument: none"}))

    with pytest.raises(EngineError, match="InvalidDocument: none"):
        questions.ask("Mine", "")


def test_a_control_plane_that_stays_away_is_not_waited_for_for_ever() -> None:
    with pytest.raises(EngineError, match="did not answer"):
        Questions(lambda _message: None, patience_s=0.01).ask("Mine", "")
