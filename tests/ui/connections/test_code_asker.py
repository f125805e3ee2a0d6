"""Codes of MFA devices: from a thread that waits, over the window, and back; kept nowhere on the way."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from patchgui.ssm.credentials import CodeRequest
from patchgui.ssm.errors import CodeNotGiven
from patchgui.ui.connections.code_asker import CodeAsker
from patchgui.ui.connections.code_dialog import CodeDialog
from tests.ui.connections.conftest import PROD, STAGING

Until = Callable[[Callable[[], bool]], None]
REQUEST = CodeRequest("prod", "arn:aws:iam::123456789012:mfa/jo")


@pytest.fixture
def window(qloop: qasync.QEventLoop) -> Iterator[QWidget]:
    made = QWidget()
    made.show()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def asker(window: QWidget, qloop: qasync.QEventLoop) -> Iterator[CodeAsker]:
    made = CodeAsker(patience_s=5)
    made.show_over(window)
    made.start()
    yield made
    made.close()


def dialog(window: QWidget) -> CodeDialog | None:
    return next((each for each in window.findChildren(CodeDialog) if each.isVisible()), None)


def texts(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel))


async def wait_for_dialog(window: QWidget) -> CodeDialog:
    async with asyncio.timeout(5):
        while (found := dialog(window)) is None:  # noqa: ASYNC110 - widgets have no event
            await asyncio.sleep(0.005)
    return found


def test_a_code_that_is_entered_reaches_the_thread(asker: CodeAsker, window: QWidget, qloop: qasync.QEventLoop) -> None:
    async def enter() -> str:
        asking = asyncio.ensure_future(asyncio.to_thread(asker.ask, PROD, REQUEST))
        shown = await wait_for_dialog(window)
        assert "arn:aws:iam::123456789012:mfa/jo" in texts(shown)
        assert not shown.go.isEnabled()
        QTest.keyClicks(shown.code, "12a3456")
        assert shown.code.text() == "123456", "nothing but digits"
        QTest.keyClick(shown.code, Qt.Key.Key_Return)
        assert shown.code.text() == "", "the field forgets it"
        return await asking

    assert qloop.run_until_complete(enter()) == "123456"
    assert not any(line.text() for line in window.findChildren(QLineEdit))
    assert asker._asked is None


def test_escape_puts_it_off(asker: CodeAsker, window: QWidget, qloop: qasync.QEventLoop) -> None:
    async def escape() -> None:
        asking = asyncio.ensure_future(asyncio.to_thread(asker.ask, PROD, REQUEST))
        QTest.keyClick(await wait_for_dialog(window), Qt.Key.Key_Escape)
        with pytest.raises(CodeNotGiven, match="it was put off") as caught:
            await asking
        assert "Try again" in caught.value.hint

    qloop.run_until_complete(escape())


def test_who_takes_too_long_is_asked_no_longer(window: QWidget, qloop: qasync.QEventLoop) -> None:
    asker = CodeAsker(patience_s=0.05)
    asker.show_over(window)

    async def wait() -> None:
        asker.start()
        with pytest.raises(CodeNotGiven, match="nobody entered one"):
            await asyncio.to_thread(asker.ask, PROD, REQUEST)
        async with asyncio.timeout(5):
            while dialog(window) is not None:  # noqa: ASYNC110 - widgets have no event
                await asyncio.sleep(0.005)

    qloop.run_until_complete(wait())


def test_two_who_ask_are_answered_one_after_the_other(
    asker: CodeAsker, window: QWidget, qloop: qasync.QEventLoop
) -> None:
    async def answer_both() -> list[str]:
        asking = [asyncio.ensure_future(asyncio.to_thread(asker.ask, each, REQUEST)) for each in (PROD, STAGING)]
        for code in ("111111", "222222"):
            shown = await wait_for_dialog(window)
            assert sum(each.isVisible() for each in window.findChildren(CodeDialog)) == 1
            QTest.keyClicks(shown.code, code)
            shown.go.click()
        return sorted(await asyncio.gather(*asking))

    assert qloop.run_until_complete(answer_both()) == ["111111", "222222"]


def test_a_window_that_closes_lets_everybody_go(asker: CodeAsker, window: QWidget, qloop: qasync.QEventLoop) -> None:
    async def close() -> None:
        asking = [asyncio.ensure_future(asyncio.to_thread(asker.ask, each, REQUEST)) for each in (PROD, STAGING)]
        await wait_for_dialog(window)
        asker.close()
        for each in asking:
            with pytest.raises(CodeNotGiven):
                await each
        with pytest.raises(CodeNotGiven, match="the window is closing"):
            await asyncio.to_thread(asker.ask, PROD, REQUEST)

    qloop.run_until_complete(close())
    assert dialog(window) is None


def test_a_code_that_was_refused_is_said(asker: CodeAsker, window: QWidget, qloop: qasync.QEventLoop) -> None:
    async def look() -> None:
        again = CodeRequest("prod", "device", was_refused=True)
        asking = asyncio.ensure_future(asyncio.to_thread(asker.ask, PROD, again))
        shown = await wait_for_dialog(window)
        assert "That code was not accepted." in texts(shown)
        shown.reject()
        with pytest.raises(CodeNotGiven):
            await asking

    qloop.run_until_complete(look())
