"""A run and those that tried it again know each other in the archive, too."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.archived_runs import ArchivedRuns
from patchgui.console.archive.entries import ArchivedRun, Launched, Origin
from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.events import RunEvent, RunOpened
from patchgui.console.rows import RunSummary

pytestmark = pytest.mark.anyio
_START = datetime(2026, 11, 26, 14, tzinfo=UTC)
_PLACE = Connection("local", "Sandbox", ConnectionKind.SANDBOX, "local")


def _run(run_id: str, after_s: int, retry_of: str = "") -> ArchivedRun:
    summary = RunSummary(
        *(run_id, "Patch now, 1 node", "AWS-RunPatchBaselineWithHooks", "Install", "NoReboot", "Failed"),
        *(_START + timedelta(seconds=after_s), None, 1, 1, 1),
    )
    return ArchivedRun(summary, Origin(_PLACE, Launched.WINDOW), retry_of=retry_of)


async def test_an_archived_run_names_what_it_retries_and_what_retries_it(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        for run in (_run("first", 0), _run("third", 20, "first"), _run("second", 10, "first"), _run("first-2", 30)):
            await archive.begin(run)
        assert await archive.retries("first") == ("second", "third")
        told: list[RunEvent] = []
        await ArchivedRuns(archive).watch("first", told.append)
        await ArchivedRuns(archive).watch("third", told.append)
    summaries = [event.run.summary for event in told if isinstance(event, RunOpened)]
    assert [(each.retry_of, each.retried_by) for each in summaries] == [("", ("second", "third")), ("first", ())]
