"""How far the clocks are apart, as an answer's date shows it."""

import sys
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from patchgui.ssm.clock import clock_skew, difference_to, measured
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import ClockSkew, NotFound
from patchgui.ssm.transport import Transport

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "minutes"),
    [
        ("Thu, 26 Nov 2026 11:53:00 GMT", 7),
        ("Thu, 26 Nov 2026 12:20:00 GMT", -20),
        ("Thu, 26 Nov 2026 12:20:00 -0000", -20),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_difference_is_read_off_the_answer(date: str, minutes: int | None) -> None:
    assert difference_to(date, NOW) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (timedelta(minutes=7), "7 min ahead of"),
        (timedelta(minutes=-20), "20 min behind"),
        (timedelta(hours=-3), "3 h behind"),
        (timedelta(days=400), "400 days ahead of"),
        (timedelta(seconds=10), "differ by more than five minutes"),
        (None, "differ by more than five minutes"),
    ],
)
def test_the_difference_is_said_in_words(difference: timedelta | None, words: str) -> None:
    assert words in str(clock_skew("Signature expired", "", difference))


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        ("linux", "sudo timedatectl set-ntp true"),
        ("win32", "w32tm /resync"),
        ("darwin", "sudo sntp -sS time.apple.com"),
    ],
)
def test_the_command_that_mends_it_is_the_platforms_own(
    platform: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    error = clock_skew("Signature expired", "", timedelta(hours=1))
    assert error.command == command
    assert command in error.hint


def test_other_errors_are_left_alone() -> None:
    error = NotFound("x")
    assert measured(error, "Thu, 26 Nov 2026 11:53:00 GMT") is error


@pytest.mark.anyio
async def test_a_refused_signature_is_measured_by_the_transport() -> None:
    date = (datetime.now(UTC) - timedelta(minutes=9)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    body = {"__type": "InvalidSignatureException", "message": "Signature not yet current: x is still later than y"}
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(400, json=body, headers={"date": date}))
    )
    transport = Transport(Endpoint("eu-central-1", "https://ssm.example", from_keys("AK", "secret")), http)
    with pytest.raises(ClockSkew, match="9 min ahead of the service's"):
        await transport.post_json("AmazonSSM.ListCommands", b"{}")
    await http.aclose()
