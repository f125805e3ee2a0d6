import ssl
from collections.abc import Callable

import httpx
import pytest

from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import (
    InvalidInput,
    PatchError,
    TimedOut,
    TlsRefused,
    TransportError,
    Unreachable,
)
from patchgui.ssm.transport import Transport

pytestmark = pytest.mark.anyio

ENDPOINT = Endpoint("eu-central-1", "http://127.0.0.1:9", from_keys("AK", "secret"))


def transport(handle: Callable[[httpx.Request], httpx.Response]) -> Transport:
    return Transport(ENDPOINT, httpx.AsyncClient(transport=httpx.MockTransport(handle)))


def failing(error: Exception) -> Transport:
    def handle(_: httpx.Request) -> httpx.Response:
        raise error

    return transport(handle)


def untrusted() -> httpx.ConnectError:
    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")
    return error


async def test_a_call_names_itself_and_is_signed() -> None:
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, content=b"{}")

    assert await transport(handle).post_json("AmazonSSM.ListCommands", b'{"MaxResults":5}') == b"{}"
    (request,) = sent
    assert request.headers["x-amz-target"] == "AmazonSSM.ListCommands"
    assert request.headers["content-type"] == "application/x-amz-json-1.1"
    assert request.headers["user-agent"].startswith("patchgui/")
    assert "/eu-central-1/ssm/" in request.headers["authorization"]
    assert request.content == b'{"MaxResults":5}'
    assert request.extensions["timeout"] == {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}


async def test_sts_is_spoken_to_in_forms() -> None:
    sent: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, content=b"<xml/>")

    await transport(handle).post_form("GetCallerIdentity", b"Action=GetCallerIdentity")
    assert "/eu-central-1/sts/" in sent[0].headers["authorization"]
    assert sent[0].headers["content-type"].startswith("application/x-www-form-urlencoded")


async def test_a_refusal_carries_the_request_id() -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, headers={"x-amzn-RequestId": "r-9"}, json={"__type": "ValidationException"})

    with pytest.raises(InvalidInput) as caught:
        await transport(handle).post_json("AmazonSSM.ListCommands", b"{}")
    assert caught.value.request_id == "r-9"


async def test_a_redirect_is_no_answer() -> None:
    with pytest.raises(PatchError, match="not one of Systems Manager"):
        await transport(lambda _: httpx.Response(302, headers={"location": "/"})).post_json("AmazonSSM.X", b"{}")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ReadTimeout("slow"), TimedOut),
        (httpx.WriteTimeout("slow"), TimedOut),
        (httpx.PoolTimeout("busy"), TimedOut),
        (httpx.ReadError("reset"), Unreachable),
        (httpx.RemoteProtocolError("closed"), Unreachable),
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout("slow"), Unreachable),
        (httpx.ProxyError("no"), Unreachable),
        (untrusted(), TlsRefused),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
async def test_what_breaks_on_the_way_is_told_apart(error: Exception, kind: type[PatchError]) -> None:
    with pytest.raises(kind, match=r"127\.0\.0\.1:9") as caught:
        await failing(error).post_json("AmazonSSM.SendCommand", b"{}")
    assert caught.value.hint
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("error", "was_sent"), [(httpx.ConnectError("refused"), False), (httpx.ReadError("reset"), True)]
)
async def test_it_is_known_whether_the_service_can_have_seen_the_call(error: Exception, was_sent: bool) -> None:
    with pytest.raises(Unreachable) as caught:
        await failing(error).post_json("AmazonSSM.SendCommand", b"{}")
    assert caught.value.was_sent is was_sent


@pytest.mark.parametrize(
    ("call", "may_have_happened"),
    [("SendCommand", True), ("CancelCommand", True), ("ListCommands", False), ("DescribeInstanceInformation", False)],
)
async def test_only_a_call_that_changes_something_may_have_taken_effect(call: str, may_have_happened: bool) -> None:
    for error in (httpx.ReadError("reset"), httpx.ReadTimeout("slow")):
        with pytest.raises(TransportError) as caught:
            await failing(error).post_json(f"AmazonSSM.{call}", b"{}")
        assert ("taken effect" in caught.value.hint) is may_have_happened


async def test_a_client_of_somebody_else_stays_open() -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as http:
        await Transport(ENDPOINT, http).aclose()
        assert not http.is_closed


async def test_nobody_listening_is_unreachable() -> None:
    own = Transport(ENDPOINT)
    with pytest.raises(Unreachable, match="cannot be reached") as caught:
        await own.post_json("AmazonSSM.ListCommands", b"{}")
    assert not caught.value.was_sent
    await own.aclose()
