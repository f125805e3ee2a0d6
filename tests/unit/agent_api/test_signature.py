"""Who may call: signatures as botocore makes them, and the codes that AWS gives to wrong ones."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.api.signature import KeyPair, ReceivedRequest, SignatureCheck
from patchgui.agent.refusal import Refusal
from tests.unit.agent_api.harness import FORM_TYPE, JSON_TYPE, KEYS, FakeClock, Harness, signed

pytestmark = pytest.mark.anyio

STS = "Action=GetCallerIdentity&Version=2011-06-15"
SSM = {"content-type": JSON_TYPE, "x-amz-target": "AmazonSSM.ListDocuments"}


async def test_a_request_as_botocore_signs_it_passes(agent: Harness) -> None:
    assert (await agent.post(signed("{}", SSM), b"{}")).status == 200


@given(body=st.text(), query=st.lists(st.tuples(st.sampled_from("abcXYZ"), st.sampled_from(["", "1", "two"]))))
def test_whatever_botocore_signs_passes(body: str, query: list[tuple[str, str]]) -> None:
    text = "&".join(f"{name}={value}" for name, value in query)
    headers = signed(body, {**SSM, "x-amz-note": "  two   spaces  "}, query=f"?{text}" if text else "")
    received = ReceivedRequest("POST", "/", text, {k.lower(): v for k, v in headers.items()}, body.encode())
    SignatureCheck(KEYS, "local", FakeClock()).check(received, "ssm")


async def test_an_unsigned_request_is_refused(agent: Harness) -> None:
    answer = await agent.post(SSM, b"{}")
    assert (answer.status, answer.code) == (400, "MissingAuthenticationTokenException")
    assert answer.message == "Missing Authentication Token"
    assert answer.headers["content-type"] == JSON_TYPE
    assert answer.headers["x-amzn-requestid"]


async def test_an_unsigned_request_to_sts_is_refused_in_its_own_protocol(agent: Harness) -> None:
    answer = await agent.post({"content-type": FORM_TYPE}, STS.encode())
    assert answer.status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in answer.body


async def test_an_unknown_key_is_refused(agent: Harness) -> None:
    answer = await agent.post(signed("{}", SSM, keys=KeyPair("AKIANOBODY", KEYS.secret_key)), b"{}")
    assert (answer.status, answer.code) == (400, "UnrecognizedClientException")
    assert answer.message == "The security token included in the request is invalid."


async def test_a_wrong_secret_is_refused(agent: Harness) -> None:
    answer = await agent.post(signed("{}", SSM, keys=KeyPair(KEYS.access_key, "guessed")), b"{}")
    assert (answer.status, answer.code) == (400, "InvalidSignatureException")
    assert answer.message.startswith("The request signature we calculated does not match the signature you provided.")


async def test_a_changed_body_is_refused(agent: Harness) -> None:
    assert (await agent.post(signed("{}", SSM), b'{"MaxResults": 1}')).code == "InvalidSignatureException"


@pytest.mark.parametrize(("minutes", "words"), [(6, "Signature expired: "), (-6, "Signature not yet current: ")])
async def test_a_request_from_another_time_is_refused(agent: Harness, minutes: int, words: str) -> None:
    headers = signed("{}", SSM)
    agent.clock.move(minutes=minutes)
    answer = await agent.post(headers, b"{}")
    assert (answer.status, answer.code) == (400, "InvalidSignatureException")
    assert answer.message.startswith(words)
    assert "5 min.)" in answer.message


@pytest.mark.parametrize("minutes", [4.9, -4.9])
async def test_a_clock_may_be_a_little_off(agent: Harness, minutes: float) -> None:
    headers = signed("{}", SSM)
    agent.clock.move(minutes=minutes)
    assert (await agent.post(headers, b"{}")).status == 200


@pytest.mark.parametrize(
    ("region", "service", "words"),
    [
        ("eu-west-1", "ssm", "Credential should be scoped to a valid region"),
        ("local", "ec2", "Credential should be scoped to correct service: 'ssm'"),
    ],
)
async def test_a_signature_for_another_place_is_refused(agent: Harness, region: str, service: str, words: str) -> None:
    answer = await agent.post(signed("{}", SSM, region=region, service=service), b"{}")
    assert answer.code == "InvalidSignatureException"
    assert words in answer.message


async def test_a_session_token_is_refused_for_none_was_given_out(agent: Harness) -> None:
    headers = signed("{}", {**SSM, "x-amz-security-token": "stolen"})
    assert (await agent.post(headers, b"{}")).code == "UnrecognizedClientException"


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer abc",
        "AWS4-HMAC-SHA256 Credential=AKIA",
        "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=d",
    ],
)
async def test_half_a_signature_is_refused(agent: Harness, authorization: str) -> None:
    answer = await agent.post({**SSM, "Host": "x", "Authorization": authorization}, b"{}")
    assert (answer.status, answer.code) == (400, "IncompleteSignatureException")


async def test_headers_that_were_not_signed_are_refused(agent: Harness) -> None:
    headers = signed("{}", {"content-type": JSON_TYPE})
    answer = await agent.post({**headers, "x-amz-target": SSM["x-amz-target"]}, b"{}")
    assert answer.code == "InvalidSignatureException"
    assert "'x-amz-target' must be a 'SignedHeader'" in answer.message


@pytest.mark.parametrize("date", ["yesterday", "20260230T000000Z", "2026-01-01T00:00:00Z"])
async def test_a_time_that_is_none_is_refused(agent: Harness, date: str) -> None:
    answer = await agent.post({**signed("{}", SSM), "X-Amz-Date": date}, b"{}")
    assert answer.code == "IncompleteSignatureException"
    assert date in answer.message


def test_an_http_date_is_a_time_too() -> None:
    clock = FakeClock()
    date = clock.now.strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers: dict[str, Any] = {"date": date, "host": "x", "authorization": _authorization(clock)}
    with pytest.raises(Refusal) as refused:
        SignatureCheck(KEYS, "local", clock).check(ReceivedRequest("POST", "/", "", headers, b""), "ssm")
    assert "we calculated does not match" in refused.value.message


def _authorization(clock: FakeClock) -> str:
    scope = f"{KEYS.access_key}/{clock.now:%Y%m%d}/local/ssm/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=date;host, Signature=0"


def test_a_key_is_not_carried_over_midnight() -> None:
    clock = FakeClock()
    check = SignatureCheck(KEYS, "local", clock)
    headers: dict[str, str] = {}
    for _ in range(12):
        headers = {name.lower(): value for name, value in signed("{}", SSM).items()}
        check.check(ReceivedRequest("POST", "/", "", headers, b"{}"), "ssm")
        clock.move(seconds=1)
    clock.now += timedelta(days=1)
    with pytest.raises(Refusal, match="Signature expired"):
        check.check(ReceivedRequest("POST", "/", "", headers, b"{}"), "ssm")


async def test_a_refused_request_does_not_keep_the_agent_awake(agent: Harness) -> None:
    before = agent.api.last_request_at
    await agent.post(SSM, b"{}")
    assert agent.api.last_request_at == before
    await agent.call("ListDocuments")
    assert agent.api.last_request_at > before


async def test_the_secret_is_in_no_answer_and_no_repr(agent: Harness) -> None:
    answer = await agent.post(signed("{}", SSM, keys=KeyPair(KEYS.access_key, "guessed")), b"{}")
    assert KEYS.secret_key not in json.dumps(answer.json)
    assert KEYS.secret_key not in repr(KEYS)
