"""The window on a real agent with the sandbox's own maintenance window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import qasync
from mypy_boto3_ssm import SSMClient
from PySide6.QtWidgets import QApplication

from patchgui.console.connection import SANDBOX, aws_connection
from patchgui.place import Place
from patchgui.sessions import Sessions
from patchgui.ui.appearance import Appearance
from patchgui.ui.console_pages import WINDOWS
from patchgui.ui.console_window import ConsoleWindow
from patchgui.ui.errors import ErrorSurface, Trouble
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from patchgui.ui.windows.page import WindowsPage
from tests.agent_process import AgentProcess
from tests.fleet import KEYS, Fleet
from tests.ui.scripted_window import words

Until = Callable[[Callable[[], bool]], None]


class Desk:
    """The console with its Windows page in front, and boto3 as somebody else at the same agent."""

    def __init__(self, app: QApplication, folder: Path, place: Place, ssm: SSMClient) -> None:
        surface = ErrorSurface()
        self.raised: list[Trouble] = []
        surface.raised.connect(self.raised.append)
        self.scope = TaskScope("app", surface.report)
        self.sessions = Sessions(place, self._no_code)
        self.state = ViewState(folder / "window.ini")
        self.window = ConsoleWindow(place.connection, self.sessions, self.scope, surface, Appearance(app), self.state)
        self.window.shell.resize(1440, 900)
        self.window.shell.show()
        self.ssm = ssm

    @staticmethod
    def _no_code(*_: object) -> str:
        raise AssertionError("no code is needed here")

    @property
    def page(self) -> WindowsPage:
        return self.window.pages.windows_page()

    @property
    def words(self) -> str:
        return words(self.window.shell)

    def open(self) -> WindowsPage:
        self.window.start()
        self.window.shell.go_to(WINDOWS)
        return self.page

    def named(self, name: str) -> dict[str, object]:
        """Return a window as the agent tells it."""
        found = self.ssm.describe_maintenance_windows()["WindowIdentities"]
        return next((dict(each) for each in found if each["Name"] == name), {})

    async def end(self) -> None:
        await self.scope.close()
        await self.sessions.aclose()
        self.window.close()
        self.window.shell.deleteLater()


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    with AgentProcess(tmp_path_factory.mktemp("agent") / "state") as running:
        running.wait_online()
        yield running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    return tmp_path


@pytest.fixture
def desk(qloop: qasync.QEventLoop, qapp: QApplication, home: Path, agent: AgentProcess) -> Iterator[Desk]:
    """A desk on an agent; what a test makes there is gone after it."""
    made = Desk(qapp, home, Place(SANDBOX, state_dir=agent.state_dir), agent.boto3_client())
    yield made
    for each in made.ssm.describe_maintenance_windows()["WindowIdentities"]:
        if each["Name"] != "BlogPostDemo":
            made.ssm.delete_maintenance_window(WindowId=each["WindowId"])
    qloop.run_until_complete(made.end())
    assert not made.raised


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Fleet() as running:
        yield running


@pytest.fixture
def away(
    qloop: qasync.QEventLoop, qapp: QApplication, home: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk on a service that stands for AWS, where things go wrong on demand."""
    keys = home / "credentials"
    keys.write_text(f"[fleet]\naws_access_key_id = {KEYS.access_key}\naws_secret_access_key = {KEYS.secret_key}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "config"))
    region, url = fleet.settings.region, fleet.endpoint_url
    connection = aws_connection(label="Away", profile="fleet", region=region, endpoint_url=url)
    made = Desk(qapp, home, Place(connection), fleet.boto3_client())
    yield made
    fleet.calm()
    qloop.run_until_complete(made.end())
    assert not made.raised
