"""How far the clocks are apart, as an answer's date shows it."""

import sys
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from patchgui.ssm.clock import clock_skew, difference_in, difference_to, measured
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
    ("words", "minutes"),
    [
        ("Signature expired: 20261126T120000Z is now earlier than 20261126T121000Z (20261126T121500Z - 5 min.)", -15),
        ("Signature not yet current: 20261126T120000Z is still later than x (20261126T113000Z + 5 min.)", 30),
        ("Signature expired: 1 is now earlier than 2 (20269926T121500Z - 5 min.)", None),
        ("Signature expired", None),
    ],
)
def test_the_difference_is_read_off_the_services_own_words(words: str, minutes: int | None) -> None:
    assert difference_in(words, NOW) == (None if minutes is None else timedelta(minutes=minutes))


def test_the_services_own_words_count_before_a_date_that_a_proxy_may_have_set() -> None:
    words = "Signature expired: 20261126T120000Z is now earlier than 20261126T121000Z (20261126T121500Z - 5 min.)"
    error = measured(clock_skew(words, ""), "Thu, 26 Nov 2026 12:00:00 GMT", now=NOW)
    assert str(error) == "This machine's clock is 15 min behind the service's, so calls are refused."


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
