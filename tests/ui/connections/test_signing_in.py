"""Signing in from the real window through the real sessions: an MFA code, a single sign-on that ended, closing."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import qasync
from botocore.credentials import SSOProvider
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from patchgui.console.connection import ConnectionColour, aws_connection
from patchgui.console.connection_draft import ConnectionDraft
from patchgui.place import Place
from patchgui.sessions import Sessions
from patchgui.ui.appearance import Appearance
from patchgui.ui.connections.code_asker import CodeAsker
from patchgui.ui.connections.code_dialog import CodeDialog
from patchgui.ui.console_window import ConsoleWindow
from patchgui.ui.errors import ErrorSurface, Trouble
from patchgui.ui.link_state import LinkState
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from tests.contract.credential_servers import RIGHT_CODE, Asked, empty_account, in_future, serve, sts
from tests.ui.scripted_window import words

Until = Callable[[Callable[[], bool]], None]
START_URL = "https://corp.awsapps.com/start"
CONFIG = f"""
[profile base]
aws_access_key_id = AKIABASE
aws_secret_access_key = secret
[profile prod]
role_arn = arn:aws:iam::123456789012:role/patching
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/jo
[profile staging]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Patching
"""


class Desk:
    """A window with real sessions on a machine of its own."""

    def __init__(self, app: QApplication, folder: Path, profile: str, url: str) -> None:
        self.connection = aws_connection(
            label="Production", profile=profile, region="eu-central-1", endpoint_url=url, colour=ConnectionColour.RED
        )
        surface = ErrorSurface()
        self.raised: list[Trouble] = []
        surface.raised.connect(self.raised.append)
        self.scope = TaskScope("app", surface.report)
        self.codes = CodeAsker()
        self.sessions = Sessions(Place(self.connection), self.codes.ask)
        state = ViewState(folder / "window.ini")
        self.window = ConsoleWindow(self.connection, self.sessions, self.scope, surface, Appearance(app), state)
        self.codes.show_over(self.window.shell)
        self.window.shell.show()

    @property
    def words(self) -> str:
        return words(self.window.shell)

    @property
    def state(self) -> LinkState:
        return self.window.workspaces.now.state

    def dialog(self) -> CodeDialog | None:
        """Return the question for a code that is on screen."""
        return next((each for each in self.window.shell.findChildren(CodeDialog) if each.isVisible()), None)

    def enter(self, code: str) -> None:
        dialog = self.dialog()
        assert dialog is not None
        QTest.keyClicks(dialog.code, code)
        QTest.keyClick(dialog.code, Qt.Key.Key_Return)

    def put_off(self) -> None:
        dialog = self.dialog()
        assert dialog is not None
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    async def start(self) -> None:
        self.codes.start()
        self.window.start()

    async def end(self) -> None:
        self.codes.close()
        await self.scope.close()
        await self.sessions.aclose()
        self.window.close()


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def sts_asked(servers: ExitStack, monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = servers.enter_context(serve(sts()))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", asked.url)
    return asked


@pytest.fixture
def sit(
    qloop: qasync.QEventLoop, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, servers: ExitStack
) -> Iterator[Callable[[str], Desk]]:
    """Open the window on a connection with this profile; everything ends with the test."""
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL_STS"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setattr(SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(tmp_path / "sso"))
    (tmp_path / "config").write_text(CONFIG)
    account = servers.enter_context(serve(empty_account))
    opened: list[Desk] = []

    def open_desk(profile: str) -> Desk:
        opened.append(Desk(qapp, tmp_path, profile, account.url))
        qloop.run_until_complete(opened[-1].start())
        return opened[-1]

    yield open_desk
    for desk in opened:
        qloop.run_until_complete(desk.end())
        desk.window.shell.deleteLater()


def test_a_code_opens_the_connection_and_a_wrong_one_is_asked_for_again(
    sts_asked: Asked, sit: Callable[[str], Desk], until: Until
) -> None:
    desk = sit("prod")
    until(lambda: desk.dialog() is not None)
    desk.enter("111111")
    until(lambda: len(sts_asked.codes) == 1)
    until(lambda: "That code was not accepted." in words(desk.dialog() or desk.window.shell))
    desk.enter(RIGHT_CODE)
    until(lambda: desk.state is LinkState.CONNECTED)
    until(lambda: desk.window.workspaces.now.account == "123456789012")
    assert sts_asked.codes == ["111111", RIGHT_CODE], "nodes, documents, runs and identity share one sign-in"
    assert desk.dialog() is None


def test_not_now_leaves_in_peace_and_try_again_asks(sts_asked: Asked, sit: Callable[[str], Desk], until: Until) -> None:
    desk = sit("prod")
    until(lambda: desk.dialog() is not None)
    desk.put_off()
    until(lambda: desk.state is LinkState.SIGNED_OUT)
    until(lambda: "it was put off." in desk.words)
    desk.window._on_refresh_due()
    until(lambda: "it was put off." in desk.words and not desk.window.patch_now._scope.is_running("nodes"))
    assert desk.dialog() is None, "what asks by itself asks nobody"
    button = next(b for b in desk.window.shell.findChildren(QPushButton) if b.text() == "Try again" and b.isVisible())
    button.click()
    until(lambda: desk.dialog() is not None)
    desk.enter(RIGHT_CODE)
    until(lambda: desk.state is LinkState.CONNECTED)
    assert sts_asked.codes == [RIGHT_CODE]


def test_a_code_is_nowhere_on_the_disk_afterwards(
    sts_asked: Asked, sit: Callable[[str], Desk], until: Until, tmp_path: Path
) -> None:
    desk = sit("prod")
    until(lambda: desk.dialog() is not None)
    desk.enter(RIGHT_CODE)
    until(lambda: desk.state is LinkState.CONNECTED)
    desk.window.shell.keep_state()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (RIGHT_CODE, "of-the-role", "ASIAROLE1"):
        assert secret.encode() not in kept


def test_after_a_sign_in_on_a_terminal_the_console_goes_on_by_itself(
    sit: Callable[[str], Desk], until: Until, tmp_path: Path, servers: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    expiry_ms = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
    keys = {"accessKeyId": "AKSSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": expiry_ms}
    portal = servers.enter_context(serve(lambda *_: (200, json.dumps({"roleCredentials": keys}))))
    monkeypatch.setattr("patchgui.ui.workspace._SIGN_IN_LOOK_S", 0.05)
    desk = sit("staging")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", portal.url)
    until(lambda: desk.state is LinkState.SIGN_IN_ENDED)
    assert "aws sso login --profile staging" in desk.words
    # What `aws sso login` does: a token where all AWS tools look.
    token = {
        "startUrl": START_URL,
        "region": "us-east-1",
        "accessToken": "t",
        "expiresAt": in_future(timedelta(hours=8)),
    }
    (tmp_path / "sso").mkdir()
    name = hashlib.sha1(START_URL.encode()).hexdigest()
    (tmp_path / "sso" / f"{name}.json").write_text(json.dumps(token))
    until(lambda: desk.state is LinkState.CONNECTED)
    until(lambda: "There are no managed nodes here." in desk.words)


def test_closing_the_window_while_a_code_is_asked_for_ends_everything(
    sts_asked: Asked, sit: Callable[[str], Desk], until: Until, qloop: qasync.QEventLoop
) -> None:
    desk = sit("prod")
    until(lambda: desk.dialog() is not None)
    qloop.run_until_complete(desk.end())
    assert desk.dialog() is None
    assert sts_asked.codes == []


def test_a_code_that_was_entered_for_a_test_opens_the_connection_too(
    sts_asked: Asked, sit: Callable[[str], Desk], until: Until
) -> None:
    desk = sit("base")
    until(lambda: desk.state is LinkState.CONNECTED)
    guarded = aws_connection(
        label="Other", profile="prod", region="eu-west-1", endpoint_url=desk.connection.endpoint_url
    )
    desk.window.connections.save(ConnectionDraft.of(guarded))
    until(lambda: desk.window.connections.row(guarded.id) is not None)
    desk.window.connections.test(guarded.id)
    until(lambda: desk.dialog() is not None)
    desk.enter(RIGHT_CODE)
    until(lambda: desk.window.connections.row(guarded.id).trial.probe is not None)  # type: ignore[union-attr]
    desk.window.pages.open_connection(guarded.id)
    until(lambda: desk.window.workspaces.now.account == "123456789012")
    assert sts_asked.codes == [RIGHT_CODE]


def test_closing_a_connection_in_the_middle_of_its_calls_raises_nothing(
    sit: Callable[[str], Desk], until: Until, servers: ExitStack
) -> None:
    desk = sit("base")
    until(lambda: desk.state is LinkState.CONNECTED)
    go_on = threading.Event()

    def slow(method: str, call: str, body: str) -> tuple[int, str]:
        go_on.wait(5)
        return empty_account(method, call, body)

    account = servers.enter_context(serve(slow))
    other = aws_connection(label="Slow", profile="base", region="eu-west-1", endpoint_url=account.url)
    desk.window.connections.save(ConnectionDraft.of(other))
    until(lambda: desk.window.connections.row(other.id) is not None)
    desk.window.pages.open_connection(other.id)
    until(lambda: len(account.requests) >= 2)
    desk.window.connections.close(other.id)
    until(lambda: not desk.window.workspaces._scope.is_running(f"close:{other.id}"))
    go_on.set()
    desk.window._on_refresh_due()
    until(lambda: not desk.window.patch_now._scope.is_running("nodes"))
    assert desk.raised == []
    assert desk.window.workspaces.of(other.id) is None
