"""The Connections page in the whole window: what there is, setting up, trying, removing – by keyboard."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from patchgui.console.connection import BUILTIN, SANDBOX, ConnectionColour
from patchgui.console.probe import Probe
from patchgui.ssm.errors import AccessDenied, CredentialsExpired, StoreFull, Unreachable
from patchgui.ui.connections.page import ConnectionsPage
from patchgui.ui.console_pages import PATCH_NOW
from patchgui.ui.shell.question import Question
from patchgui.ui.widgets.command_button import CommandButton
from tests.ui.connections.conftest import PROD, STAGING, connections_page
from tests.ui.scripted_window import Stage, words

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def page(stage: Stage, until: Until) -> ConnectionsPage:
    made = connections_page(stage)
    until(lambda: made.model.rowCount() == 4)
    return made


def cells(page: ConnectionsPage, row: int) -> list[str]:
    return [str(page.model.index(row, column).data()) for column in range(page.model.columnCount())]


def seen(widget: QWidget, text: str) -> bool:
    return any(button.text() == text and button.isVisible() for button in widget.findChildren(QAbstractButton))


def press(page: QWidget, text: str) -> None:
    next(b for b in page.findChildren(QPushButton) if b.text() == text and b.isVisible()).click()


def fill(page: ConnectionsPage, name: str, profile: str, region: str) -> None:
    page.begin_new()
    QTest.keyClicks(page.form.name, name)
    page.form.profile.take(profile)
    if region:
        page.form.region.take(region)


def test_it_lists_what_is_always_there_and_what_was_set_up(page: ConnectionsPage, until: Until) -> None:
    until(lambda: cells(page, 0)[4] == "Connected")
    assert [cells(page, row)[0] for row in range(4)] == [BUILTIN[0].label, BUILTIN[1].label, "Production", "Staging"]
    assert cells(page, 2)[1:] == ["prod", "eu-central-1", "", "Not opened"]
    assert page.table.current_id == SANDBOX.id
    assert "4 connections, 1 open" in words(page)


def test_a_new_connection_is_kept_and_chosen(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    fill(page, "Gov", "staging", "")
    until(lambda: page.form.profile.profile() is not None)
    page.form.profile.take("")
    page.form.profile.take("staging")
    assert page.form.region.value == "us-gov-west-1", "the profile's own region is offered"
    assert "single sign-on" in words(page.form)
    page.form.region.take("us-gov-east-1")
    press(page.form, "Save")
    until(lambda: page.model.rowCount() == 5)
    kept = stage.service.file.read().connections[-1]
    assert (kept.label, kept.profile, kept.region) == ("Gov", "staging", "us-gov-east-1")
    assert page.table.current_id == kept.id
    assert page.pane.isVisible()


def test_a_form_with_mistakes_keeps_nothing_and_says_each_where_it_is(page: ConnectionsPage, stage: Stage) -> None:
    page.begin_new()
    assert "Give it a name." not in words(page.form)
    page.form.address.setText("ftp://jo:secret@host")
    press(page.form, "Save")
    told = words(page.form)
    assert "Give it a name." in told
    assert "Choose a region." in told
    assert "No name or password in the address" in told
    assert len(stage.service.file.read().connections) == 2
    assert page.form.name.hasFocus() or page.form.isAncestorOf(page.form.name)


def test_a_disk_that_is_full_is_said_in_the_form(
    page: ConnectionsPage, stage: Stage, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreFull("The list of connections cannot be written: No space left on device.", hint="Make room.")

    monkeypatch.setattr(stage.service, "keep", full)
    fill(page, "Gov", "staging", "us-gov-east-1")
    press(page.form, "Save")
    until(lambda: "No space left on device" in words(page.form))


def test_a_new_colour_runs_through_the_window_at_once(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    stage.window.pages.open_connection(PROD.id)
    until(lambda: stage.window.shell.top_bar.connection.label == "Production")
    page = connections_page(stage)
    page.choose(PROD.id)
    press(page.pane, "Edit…")
    page.form.name.setText("Prod, do not touch")
    page.form.colour.set_value(ConnectionColour.AMBER)
    press(page.form, "Save")
    until(lambda: stage.window.shell.top_bar.connection.label == "Prod, do not touch")
    assert stage.window.shell.strip.accessibleName() == "Colour of Prod, do not touch: amber"
    assert stage.window.shell.windowTitle().startswith("Prod, do not touch")
    assert stage.service.closed == [], "the session stays open: it leads to the same place"


def test_another_region_is_another_place(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    stage.window.pages.open_connection(PROD.id)
    until(lambda: stage.window.workspaces.now.connection == PROD)
    page = connections_page(stage)
    page.choose(PROD.id)
    press(page.pane, "Edit…")
    page.form.region.take("eu-west-1")
    press(page.form, "Save")
    until(lambda: stage.service.closed == [PROD.id])
    assert stage.window.workspaces.now.connection.region == "eu-west-1"


def test_removing_asks_first_and_goes_on_elsewhere(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    stage.window.pages.open_connection(STAGING.id)
    until(lambda: stage.window.workspaces.now.connection == STAGING)
    page = connections_page(stage)
    page.choose(STAGING.id)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    question = page.findChild(Question)
    assert question is not None
    assert "Remove “Staging”?" in words(question)
    assert len(stage.service.file.read().connections) == 2
    press(question, "Remove the connection")
    until(lambda: stage.service.file.read().connections == (PROD,))
    until(lambda: stage.service.closed == [STAGING.id])
    assert stage.window.workspaces.now.connection.id == SANDBOX.id


def test_what_is_always_there_can_neither_be_changed_nor_removed(page: ConnectionsPage) -> None:
    page.choose(SANDBOX.id)
    assert not seen(page.pane, "Edit…")
    assert not seen(page.pane, "Remove…")
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert page.findChild(Question) is None


def test_a_test_says_who_is_signed_in_and_how_fast_it_is(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    page.choose(PROD.id)
    press(page.pane, "Test")
    until(lambda: "It works: Systems Manager answers in 21\u00a0ms." in words(page.pane))
    assert "Account 123456789012, signed in as arn:aws:iam::123456789012:user/jo." in words(page.pane)
    assert stage.service.probed == [PROD]
    assert cells(page, 2)[4] == "Not opened", "a test opens nothing"


def test_a_sign_in_that_ended_is_said_with_a_command_to_copy(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    error = CredentialsExpired("The single sign-on has ended.", hint="Type it.", command="aws sso login --profile x")
    stage.service.probe_answer = Probe(identity_error=error, ssm_error=error)
    page.choose(STAGING.id)
    press(page.pane, "Test")
    until(lambda: "The single sign-on has ended." in words(page.pane))
    button = next(b for b in page.pane.findChildren(CommandButton) if b.isVisible())
    button.click()
    assert QGuiApplication.clipboard().text() == "aws sso login --profile x"
    assert button.text() == "Copied"


def test_systems_manager_may_answer_where_nobody_knows_who_asks(
    page: ConnectionsPage, stage: Stage, until: Until
) -> None:
    stage.service.probe_answer = Probe(latency_ms=9.0, identity_error=Unreachable("sts cannot be reached."))
    page.choose(PROD.id)
    press(page.pane, "Test")
    until(lambda: "It works: Systems Manager answers in 9\u00a0ms." in words(page.pane))
    assert "sts cannot be reached." in words(page.pane)


def test_the_form_is_tried_before_it_is_kept(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    stage.service.probe_answer = Probe("1", "arn", None, None, AccessDenied("ssm said no"))
    fill(page, "Gov", "staging", "us-gov-east-1")
    press(page.form, "Test")
    until(lambda: "ssm said no" in words(page.form))
    assert stage.service.probed[-1].region == "us-gov-east-1"
    assert len(stage.service.file.read().connections) == 2


def test_the_keyboard_stays_on_test_while_it_runs(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    fill(page, "Gov", "staging", "us-gov-east-1")
    test = next(found for found in page.form.findChildren(QPushButton) if found.text() == "Test")
    test.setFocus()
    QTest.keyClick(test, Qt.Key.Key_Space)
    until(lambda: bool(stage.service.probed) and test.text() == "Test")
    assert page.form.focusWidget() is test


def test_enter_works_on_a_connection(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    page.choose(PROD.id)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert stage.window.shell.current_page == PATCH_NOW
    until(lambda: stage.window.shell.top_bar.connection.label == "Production" and "3 nodes" in stage.words)


def test_profiles_that_cannot_be_read_leave_the_form_usable(page: ConnectionsPage, stage: Stage, until: Until) -> None:
    stage.service.profiles_error = Unreachable("The configuration of the AWS tools cannot be read.")
    page.begin_new()
    until(lambda: "cannot be read" in words(page.form))
    assert [item.key for item in page.form.region.search("frankfurt")] == ["eu-central-1"]
    assert page.form.profile.search("typed")[-1].key == "typed"


def test_a_damaged_list_is_said(stage: Stage, until: Until) -> None:
    stage.service.file.path.write_text("{")
    page = connections_page(stage)
    until(page.notice.isVisible)
    assert "was damaged" in page.notice.text


def test_a_region_that_no_list_has_may_be_typed(page: ConnectionsPage) -> None:
    page.begin_new()
    assert page.form.region.search("eu-new-1")[-1].key == "eu-new-1"
    assert page.form.region.search("no region!") == []
