"""A run of the archive is sent once more: where it ran, once that connection is open."""

from dataclasses import replace
from types import MethodType

from PySide6.QtWidgets import QPushButton

from patchgui.patching.plan import PatchPlan
from patchgui.ssm.errors import NotFound
from patchgui.ui.patch_now.confirm import ConfirmDialog
from patchgui.ui.run.again.sheet import AgainSheet
from tests.ui.run.scenes import WEB_2
from tests.ui.runs.conftest import PROD, History, run_at

_PLAN = PatchPlan(instance_ids=("mi-1", WEB_2.instance_id))


async def _no_plan(_session: object, run_id: str) -> PatchPlan:
    raise NotFound(f"There is no run {run_id}.")


def _open_failed(history: History) -> None:
    """Look at the failures of a run whose connection is not open; only the archive knows its plan."""
    history.fill_failed()
    archive = history.archive

    async def keep_plan() -> None:
        await archive.begin(await archive.run("failed"), _PLAN.model_dump_json())

    history.loop.run_until_complete(keep_plan())
    session = history.stage.at(PROD)
    session.plan = MethodType(_no_plan, session)  # type: ignore[attr-defined]
    history.show()
    history.until(lambda: history.ids == ["failed"])
    history.stage.window.pages.open_run("failed")
    history.until(lambda: bool(history.page.run.failures.groups()))


def test_an_archived_run_and_its_retry_lead_to_each_other(history: History) -> None:
    history.fill_failed()
    history.fill(run_at("again", 2))
    archive = history.archive

    async def link() -> None:
        await archive.begin(replace(await archive.run("again"), retry_of="failed"))

    history.loop.run_until_complete(link())
    history.show()
    history.until(lambda: history.ids == ["again", "failed"])
    history.stage.window.pages.open_run("failed")
    _follow_link(history, "Retried by again", "again")
    _follow_link(history, "Retry of failed", "failed")


def _follow_link(history: History, words: str, run_id: str) -> None:
    links = history.page.view.header.links
    history.until(lambda: [each.text() for each in links.findChildren(QPushButton)] == [words])
    links.findChildren(QPushButton)[0].click()
    history.until(lambda: history.page.run.run_id == run_id)


def test_an_archived_run_is_retried_where_it_ran_once_its_connection_was_opened(history: History) -> None:
    _open_failed(history)
    history.page.view.header.retry.click()
    banner = history.page.view.banner
    assert "Production is not open." in banner.text
    next(each for each in banner.findChildren(QPushButton) if each.text() == "Open Production").click()
    history.until(lambda: history.stage.window.workspaces.now.connection.id == PROD.id)
    history.until(lambda: history.page.run.summary is not None and bool(history.page.run.failures.groups()))

    history.page.view.header.retry.click()
    history.until(lambda: history.page.run.again.can_launch)
    (sheet,) = history.page.view.findChildren(AgainSheet)
    sheet.happen.go.click()
    (question,) = sheet.findChildren(ConfirmDialog)
    question.go.click()

    session = history.stage.at(PROD)
    history.until(lambda: bool(session.launched))
    (plan,) = session.launched
    assert (plan.instance_ids, plan.retry_of) == ((WEB_2.instance_id,), "failed")
    history.until(lambda: history.page.run.run_id != "failed")
    history.until(lambda: session.watched == [history.page.run.run_id])
