"""The whole window over a real archive: runs of a connection that is open, and of one that is not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import ArchivedRun, Launched, Origin
from patchgui.console.connection import SANDBOX, Connection, ConnectionColour, aws_connection
from patchgui.console.events import RunEnded
from patchgui.console.rows import RunSummary, StepOutput
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress
from patchgui.ui.console_pages import RUNS
from patchgui.ui.runs.page import RunsPage
from tests.ui.run.scenes import APP_1, OUTPUT, PIPELINE, PLATFORMS, SUMMARY, WEB_2
from tests.ui.scripted_window import Stage

Until = Callable[[Callable[[], bool]], None]
PROD = aws_connection(label="Production", profile="prod", region="eu-central-1", colour=ConnectionColour.RED)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ARN = "arn:aws:sts::123456789012:assumed-role/patching/jo"
AFTER = Phase.AFTER_INSTALL.value


def run_at(run_id: str, hours: float, status: str = "Success", **changes: object) -> RunSummary:
    """A run that started so many hours after noon and took a minute."""
    started_at = NOON + timedelta(hours=hours)
    ended_at = started_at + timedelta(minutes=1) if status not in {"InProgress", "Pending"} else None
    made = replace(SUMMARY, run_id=run_id, status=status, started_at=started_at, ended_at=ended_at)
    return replace(made, **changes)  # type: ignore[arg-type]


async def put(
    archive: Archive,
    summary: RunSummary,
    connection: Connection = PROD,
    *,
    nodes: Sequence[NodeProgress] = (APP_1,),
    output: StepOutput | None = None,
    comment: str = "",
) -> None:
    """Archive a run as the recorder does: its launch, its nodes, an output of web-2, and its end where it has one."""
    origin = Origin(connection, Launched.WINDOW, "123456789012", ARN, "ws-7", "root")
    await archive.begin(ArchivedRun(summary, origin, comment=comment), "", (), PIPELINE)
    await archive.take(summary.run_id, nodes, PLATFORMS)
    if output is not None:
        await archive.take_output(summary.run_id, WEB_2.instance_id, AFTER, output)
    if summary.is_final:
        headline = "1 of 2 nodes failed: web-2, After install failed: exit 4." if summary.error_count else ""
        await archive.end(summary.run_id, RunEnded(summary.status, summary.ended_at, headline))
        await archive.seal(summary.run_id)


@dataclass
class History:
    """The window on its Runs page, and what a test needs of it."""

    loop: qasync.QEventLoop
    stage: Stage
    until: Until

    @property
    def archive(self) -> Archive:
        """The real archive behind the page."""
        return self.stage.service.archive()

    @property
    def page(self) -> RunsPage:
        """The Runs page."""
        page = self.stage.window.shell.page(RUNS)
        assert isinstance(page, RunsPage)
        return page

    @property
    def ids(self) -> list[str]:
        """The ids of the runs that are listed, from top to bottom."""
        return [row.key for row in self.page.runs.model.rows]

    @property
    def count(self) -> str:
        """What is said of how many there are."""
        return self.page.list.count.text().removeprefix("· ")

    def fill(self, *runs: RunSummary, connection: Connection = PROD) -> None:
        """Archive plain runs."""

        async def put_all() -> None:
            for each in runs:
                await put(self.archive, each, connection)

        self.loop.run_until_complete(put_all())

    def fill_failed(self) -> None:
        """Archive a run in which web-2 failed, with what it wrote."""
        failed = run_at("failed", 1, "Failed", error_count=1, node_count=2, completed_count=2)
        work = put(self.archive, failed, nodes=(APP_1, WEB_2), output=OUTPUT, comment="Friday night shift")
        self.loop.run_until_complete(work)

    def show(self) -> None:
        """Come on screen, on the Runs page."""
        self.stage.window.shell.resize(1440, 900)
        self.stage.window.shell.show()
        self.stage.window.start()
        self.stage.window.shell.go_to(RUNS)


@pytest.fixture
def history(qloop: qasync.QEventLoop, qapp: QApplication, tmp_path: Path, until: Until) -> Iterator[History]:
    stage = Stage(qapp, tmp_path, SANDBOX)
    stage.service.file.add(PROD)
    made = History(qloop, stage, until)
    yield made
    qloop.run_until_complete(stage.aclose())
    stage.window.close()
    stage.window.shell.deleteLater()
