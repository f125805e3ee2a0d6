"""The Patch now page on a real event loop, with a console that follows a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from pytestqt.qtbot import QtBot

from patchgui.ui.patch_now.page import PatchNowPage
from patchgui.ui.patch_now.presenter import PatchNowPresenter
from patchgui.ui.task_scope import TaskScope
from patchgui.ui.view_state import ViewState
from tests.ui.patch_now.scenes import ScriptedConsole


@pytest.fixture
def console() -> ScriptedConsole:
    return ScriptedConsole()


@pytest.fixture
def presenter(qloop: qasync.QEventLoop) -> Iterator[PatchNowPresenter]:
    def fail(name: str, error: Exception) -> None:
        raise AssertionError(f"{name} was not handled") from error

    scope = TaskScope("test", fail)
    yield PatchNowPresenter(scope)
    qloop.run_until_complete(scope.close())


@pytest.fixture
def page(presenter: PatchNowPresenter, tmp_path: Path, qtbot: QtBot) -> PatchNowPage:
    made = PatchNowPage(presenter, ViewState(tmp_path / "window.ini"))
    qtbot.addWidget(made)
    made.resize(1260, 800)
    made.show()
    return made
