"""The window with three connections set up, two of them on AWS."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from patchgui.console.connection import ConnectionColour, aws_connection
from patchgui.ui.connections.page import ConnectionsPage
from patchgui.ui.console_pages import CONNECTIONS
from tests.ui.scripted_window import Stage

PROD = aws_connection(
    label="Production", profile="prod", region="eu-central-1", colour=ConnectionColour.RED, is_guarded=True
)
STAGING = aws_connection(label="Staging", profile="staging", region="us-gov-west-1", colour=ConnectionColour.VIOLET)


@pytest.fixture
def stage(qloop: qasync.QEventLoop, qapp: QApplication, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qapp, tmp_path)
    for connection in (PROD, STAGING):
        made.service.file.add(connection)
    made.window.shell.resize(1440, 900)
    made.window.shell.show()
    made.window.start()
    yield made
    qloop.run_until_complete(made.aclose())
    made.window.close()
    made.window.shell.deleteLater()


def connections_page(stage: Stage) -> ConnectionsPage:
    """Go to the Connections page and return it."""
    stage.window.shell.go_to(CONNECTIONS)
    page = stage.window.shell.page(CONNECTIONS)
    assert isinstance(page, ConnectionsPage)
    return page
