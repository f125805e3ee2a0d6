"""Notices on their way: a webhook that is a real server, and a command that is a real program."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from patchgui.console.notice_courier import WAITS_S, deliver
from patchgui.console.notice_settings import NoticeFile, NoticeSettings, problems
from patchgui.console.notices import Notice, Occasion
from patchgui.ssm.errors import ServiceError, StepFailed, StoreError, Unreachable

NOTICE = Notice(
    occasion=Occasion.ENDED,
    run_id="r-1",
    title="Production: Patch now failed",
    text="1 of 3 nodes did not succeed.",
    status="Failed",
    node_count=3,
    error_count=1,
    place="Production",
)
SECRET = "T000/B000/keep-this-to-yourself"


class Chat:
    """A chat's webhook: answers with the statuses that it was given, then with 200."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.messages: list[dict[str, Any]] = []
        chat = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                chat.messages.append(json.loads(body))
                self.send_response(chat.answers.pop(0) if chat.answers else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/services/{SECRET}"


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat()
    yield chat
    chat.server.shutdown()
    chat.server.server_close()


class Patience:
    """Waits for nothing, and writes down how long it would have been."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.mark.anyio
async def test_a_chat_gets_what_happened_in_its_own_form(chat: Chat) -> None:
    assert await deliver(NOTICE, NoticeSettings(webhook_url=chat.url)) == ()
    (message,) = chat.messages
    assert message["text"] == "Production: Patch now failed"
    (attachment,) = message["attachments"]
    assert attachment["text"] == "1 of 3 nodes did not succeed."
    assert {field["title"]: field["value"] for field in attachment["fields"]} == {"Status": "Failed", "Run": "r-1"}


@pytest.mark.anyio
async def test_a_chat_that_has_trouble_is_tried_again(chat: Chat) -> None:
    chat.answers, patience = [503, 429], Patience()
    assert await deliver(NOTICE, NoticeSettings(webhook_url=chat.url), patience) == ()
    assert (len(chat.messages), patience.waits) == (3, list(WAITS_S[:2]))


@pytest.mark.anyio
async def test_a_chat_that_says_no_is_not_asked_twice_and_its_address_is_never_told(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    chat.answers, patience = [404], Patience()
    with caplog.at_level(logging.DEBUG):
        (error,) = await deliver(NOTICE, NoticeSettings(webhook_url=chat.url), patience)
    assert isinstance(error, ServiceError)
    assert (patience.waits, error.http_status) == ([], 404)
    assert SECRET not in f"{error} {error.hint} {error.log_detail} {caplog.text}"


@pytest.mark.anyio
async def test_a_chat_that_is_away_is_given_up_in_the_end(chat: Chat) -> None:
    chat.server.shutdown()
    chat.server.server_close()
    patience = Patience()
    (error,) = await deliver(NOTICE, NoticeSettings(webhook_url=chat.url), patience)
    assert isinstance(error, Unreachable)
    assert patience.waits == list(WAITS_S)
    assert SECRET not in f"{error} {error.hint} {error.log_detail}"


def command(folder: Path, code: str) -> NoticeSettings:
    """Return settings with a small program of Python."""
    script = folder / "tell me.py"
    script.write_text(code, encoding="utf-8")
    return NoticeSettings(command=f'"{sys.executable}" "{script}" "{folder / "told.json"}"')


@pytest.mark.anyio
async def test_a_command_reads_the_notice_and_its_environment(tmp_path: Path) -> None:
    settings = command(
        tmp_path,
        "import json, os, sys\n"
        "told = [json.load(sys.stdin), os.environ['PATCHGUI_STATUS'], os.environ['PATCHGUI_CONNECTION']]\n"
        "open(sys.argv[1], 'w').write(json.dumps(told))\n",
    )
    assert problems(settings) == {}
    assert await deliver(NOTICE, settings) == ()
    read, status, connection = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert (read["run_id"], read["error_count"], status, connection) == ("r-1", 1, "Failed", "Production")


@pytest.mark.anyio
async def test_a_command_that_fails_is_tried_again_and_told_with_its_last_words(tmp_path: Path) -> None:
    settings = command(
        tmp_path,
        "import sys\nopen(sys.argv[1], 'a').write('x')\nsys.exit('no pager; password=hunter2')\n",
    )
    patience = Patience()
    (error,) = await deliver(NOTICE, settings, patience)
    assert isinstance(error, StepFailed)
    assert (error.exit_code, len((tmp_path / "told.json").read_text(encoding="utf-8"))) == (1, len(WAITS_S) + 1)
    assert "no pager" in error.hint
    assert "hunter2" not in error.hint


@pytest.mark.anyio
async def test_one_way_that_fails_does_not_hold_up_the_other(chat: Chat) -> None:
    settings = NoticeSettings(webhook_url=chat.url, command="/nowhere/at-all")
    (error,) = await deliver(NOTICE, settings, Patience())
    assert "could not be started" in str(error)
    assert len(chat.messages) == 1


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (NoticeSettings(webhook_url="http://chat.example.com/x"), "webhook_url"),
        (NoticeSettings(webhook_url="chat.example.com"), "webhook_url"),
        (NoticeSettings(webhook_url="https://[::1"), "webhook_url"),
        (NoticeSettings(command="no-such-program-here --now"), "command"),
        (NoticeSettings(command='sh -c "open'), "command"),
        (NoticeSettings(command="  "), "command"),
    ],
)
def test_what_cannot_work_is_said_before_it_is_kept(settings: NoticeSettings, field: str) -> None:
    assert list(problems(settings)) == [field]


def test_settings_come_back_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    file = NoticeFile(tmp_path / "config" / "notices.json")
    assert file.read().contents == NoticeSettings()
    wanted = NoticeSettings(
        on_desktop=False, only_trouble=True, webhook_url="https://chat.example.com/x", command="true"
    )
    file.write(wanted)
    assert file.read().contents == wanted
    assert file.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"on_desktop": "yes"}', "7", "null"])
def test_a_damaged_file_is_set_aside_and_said(tmp_path: Path, text: str) -> None:
    file = NoticeFile(tmp_path / "notices.json")
    file.path.write_text(text, encoding="utf-8")
    kept = file.read()
    assert kept.contents == NoticeSettings()
    assert "set aside" in kept.notice
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_text(encoding="utf-8") == text


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notices.json").mkdir()
    with pytest.raises(StoreError, match="cannot be read"):
        NoticeFile(tmp_path / "notices.json").read()
