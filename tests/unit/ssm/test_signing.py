"""The signature, computed here a second time from the published rules of Signature Version 4."""

import hashlib
import hmac

import httpx
import pytest

from patchgui.ssm.credentials import from_keys
from patchgui.ssm.signing import SigV4

pytestmark = pytest.mark.anyio


def expected_authorization(
    request: httpx.Request, secret: str, access_key: str, region: str, service: str, path: str = "/"
) -> str:
    names = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    lines = [f"{name}:{request.headers[name]}" for name in names.split(";")]
    payload = hashlib.sha256(request.content).hexdigest()
    canonical = "\n".join([request.method, path, "", *lines, "", names, payload])
    moment = request.headers["x-amz-date"]
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"


async def signed(
    headers: dict[str, str], body: bytes, *, token: str | None = None, service: str = "ssm"
) -> httpx.Request:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    auth = SigV4(from_keys("AKEXAMPLE", "secret", token), region="eu-central-1", service=service)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        await http.post("https://ssm.example:8443/", headers=headers, content=body, auth=auth)
    return sent[0]


async def test_the_signature_is_the_one_that_the_rules_give() -> None:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.ListCommands"}
    request = await signed(headers, '{"Comment":"Grüße"}'.encode())
    authorization = request.headers["authorization"]
    assert authorization == expected_authorization(request, "secret", "AKEXAMPLE", "eu-central-1", "ssm")
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-target," in authorization
    assert request.headers["host"] == "ssm.example:8443"


async def test_a_session_token_travels_signed() -> None:
    request = await signed({"content-type": "text/plain"}, b"x", token="token", service="sts")
    authorization = request.headers["authorization"]
    assert request.headers["x-amz-security-token"] == "token"
    assert "x-amz-security-token" in authorization
    assert authorization == expected_authorization(request, "secret", "AKEXAMPLE", "eu-central-1", "sts")


async def test_what_a_proxy_may_change_is_not_signed() -> None:
    request = await signed({"content-type": "text/plain", "user-agent": "x", "accept-encoding": "gzip"}, b"x")
    assert "user-agent" not in request.headers["authorization"]
    assert "accept-encoding" not in request.headers["authorization"]


async def test_a_request_to_s3_is_signed_with_its_path_as_sent_and_the_hash_of_its_body() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    auth = SigV4(from_keys("AKEXAMPLE", "secret"), region="eu-central-1", service="s3")
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        await http.get("https://s3.example/bucket/a%20b//c%3A/stdout", headers={"range": "bytes=0-9"}, auth=auth)
    (request,) = sent
    assert request.headers["x-amz-content-sha256"] == hashlib.sha256(b"").hexdigest()
    assert request.headers["authorization"] == expected_authorization(
        request, "secret", "AKEXAMPLE", "eu-central-1", "s3", "/bucket/a%20b//c%3A/stdout"
    )
