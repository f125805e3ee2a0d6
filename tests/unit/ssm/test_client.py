import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import CredentialSource, from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import (
    CredentialsExpired,
    NotFound,
    PatchError,
    ProtocolError,
    ServiceError,
    Throttled,
)
from patchgui.ssm.operations import OPERATIONS
from patchgui.ssm.retry import RetryPolicy
from patchgui.ssm.shapes import (
    DescribeInstanceInformationRequest,
    GetDocumentRequest,
    ListCommandsRequest,
    ListTagsForResourceRequest,
    ResourceTypeForTagging,
    SendCommandRequest,
)
from patchgui.ssm.throttle import TokenBucket

pytestmark = pytest.mark.anyio

Step = httpx.Response | Exception
SEND = SendCommandRequest(document_name="AWS-Noop", instance_ids=("mi-0123456789abcdef0",))
COMMAND = {"Command": {"CommandId": "c-1"}}


class ScriptedService:
    """Answers the calls in the order of a script, and remembers what it was asked."""

    def __init__(self, *script: Step, credentials: CredentialSource | None = None) -> None:
        self._script = list(script)
        self.asked: list[dict[str, Any]] = []
        self.targets: list[str] = []
        self.slept: list[float] = []
        self.now_s = 0.0
        endpoint = Endpoint("local", "http://127.0.0.1:9", credentials or from_keys("AK", "secret"))
        self.bucket = TokenBucket(1000.0, 1000, clock=lambda: self.now_s, sleep=self._wait_for_turn)
        self.client = SsmClient(
            endpoint,
            httpx.AsyncClient(transport=httpx.MockTransport(self._answer)),
            retry=RetryPolicy(random=lambda: 1.0),
            bucket=self.bucket,
            sleep=self._sleep,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.targets.append(request.headers.get("x-amz-target", ""))
        if self.targets[-1]:
            self.asked.append(json.loads(request.content))
        step = self._script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds

    async def _wait_for_turn(self, seconds: float) -> None:
        self.now_s += seconds


def ok(members: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json=members)


def refused(code: str, http_status: int = 400) -> httpx.Response:
    return httpx.Response(http_status, json={"__type": code, "message": "Some words."})


async def test_every_call_of_the_table_has_its_method() -> None:
    service = ScriptedService(*[refused("AccessDeniedException")] * len(OPERATIONS))
    for operation in OPERATIONS.values():
        calls = service.client.windows if "MaintenanceWindow" in operation.name else service.client
        method = getattr(calls, snake_case(operation.name))
        request = operation.request.model_construct()
        with pytest.raises(ServiceError, match=f"^{operation.name} was refused"):
            await method(request)
    assert service.targets == [f"AmazonSSM.{name}" for name in OPERATIONS]


def snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


async def test_a_call_sends_the_request_and_returns_the_result() -> None:
    service = ScriptedService(ok({"TagList": [{"Key": "Role", "Value": "web"}]}))
    result = await service.client.list_tags_for_resource(
        ListTagsForResourceRequest(resource_type=ResourceTypeForTagging.MANAGED_INSTANCE, resource_id="mi-1")
    )
    assert service.asked == [{"ResourceType": "ManagedInstance", "ResourceId": "mi-1"}]
    assert [(tag.key, tag.value) for tag in result.tag_list] == [("Role", "web")]


async def test_pages_follow_the_token_and_are_as_large_as_allowed() -> None:
    service = ScriptedService(
        ok({"Commands": [{"CommandId": "a"}], "NextToken": "2"}),
        ok({"Commands": [], "NextToken": "3"}),
        ok({"Commands": [{"CommandId": "b"}]}),
    )
    pages = [page async for page in service.client.pages(service.client.list_commands, ListCommandsRequest())]
    assert [command.command_id for page in pages for command in page.commands] == ["a", "b"]
    assert service.asked == [
        {"MaxResults": 50},
        {"MaxResults": 50, "NextToken": "2"},
        {"MaxResults": 50, "NextToken": "3"},
    ]


async def test_a_page_size_that_was_asked_for_is_kept() -> None:
    service = ScriptedService(ok({"InstanceInformationList": []}))
    request = DescribeInstanceInformationRequest(max_results=7)
    async for _ in service.client.pages(service.client.describe_instance_information, request):
        pass
    assert service.asked == [{"MaxResults": 7}]


async def test_a_list_that_repeats_itself_is_given_up() -> None:
    service = ScriptedService(*[ok({"Commands": [], "NextToken": "same"})] * 3)
    with pytest.raises(ProtocolError, match="repeats a page"):
        async for _ in service.client.pages(service.client.list_commands, ListCommandsRequest()):
            pass
    assert len(service.asked) == 2


async def test_throttling_is_waited_out_counted_and_slows_the_connection() -> None:
    service = ScriptedService(refused("ThrottlingException"), refused("ThrottlingException"), ok({"Commands": []}))
    await service.client.list_commands(ListCommandsRequest())
    assert service.slept == [0.2, 0.4]
    meter = service.client.meter
    assert (meter.calls, meter.throttled, meter.failed) == (3, 2, 0)
    assert service.bucket.rate_per_s == pytest.approx(1000 / 4 + 20)


async def test_endless_throttling_is_told_in_the_end() -> None:
    service = ScriptedService(*[refused("ThrottlingException")] * 40)
    with pytest.raises(Throttled):
        await service.client.list_commands(ListCommandsRequest())
    assert len(service.slept) == 39
    assert sum(service.slept) > 300  # at the longest


async def test_a_broken_connection_is_tried_again() -> None:
    service = ScriptedService(httpx.ReadError("reset"), refused("InternalServerError", 500), ok({"Commands": []}))
    await service.client.list_commands(ListCommandsRequest())
    assert service.client.meter.failed == 2


@pytest.mark.parametrize(
    "step",
    [
        httpx.ReadError("reset"),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("no"),
        refused("InternalServerError", 500),
    ],
    ids=["reset", "timeout", "refused", "fault"],
)
async def test_a_command_is_never_sent_twice_when_its_outcome_is_unknown(step: Step) -> None:
    service = ScriptedService(step)
    with pytest.raises(PatchError):
        await service.client.send_command(SEND)
    assert len(service.asked) == 1
    assert service.slept == []


async def test_a_throttled_command_was_not_started_and_is_sent_again() -> None:
    service = ScriptedService(refused("ThrottlingException"), ok(COMMAND))
    assert (await service.client.send_command(SEND)).command.command_id == "c-1"


async def test_a_refusal_stands_at_once() -> None:
    service = ScriptedService(refused("InvalidDocument"))
    with pytest.raises(NotFound):
        await service.client.get_document(GetDocumentRequest(name="Nonesuch"))
    assert service.slept == []


async def test_an_expired_session_is_tried_once_more_with_what_is_found_then() -> None:
    from botocore.credentials import Credentials

    keys = iter([Credentials("AKOLD", "secret"), Credentials("AKNEW", "secret")])
    service = ScriptedService(
        refused("ExpiredTokenException"), ok(COMMAND), credentials=CredentialSource(lambda: next(keys))
    )
    await service.client.send_command(SEND)
    assert len(service.asked) == 2


async def test_a_session_that_stays_expired_is_told() -> None:
    service = ScriptedService(refused("ExpiredTokenException"), refused("ExpiredTokenException"))
    with pytest.raises(CredentialsExpired):
        await service.client.list_commands(ListCommandsRequest())
    assert len(service.asked) == 2


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"Commands": 5}', b'{"Commands": [{"TargetCount": "many"}]}'])
async def test_an_answer_that_makes_no_sense_is_no_crash(body: bytes) -> None:
    service = ScriptedService(httpx.Response(200, content=body))
    with pytest.raises(ProtocolError, match="ListCommands is not understood"):
        await service.client.list_commands(ListCommandsRequest())


async def test_whose_credentials_they_are() -> None:
    body = (
        b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        b"<Arn>arn:aws:iam::123456789012:user/ops</Arn><UserId>AIDA</UserId><Account>123456789012</Account>"
        b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    identity = await ScriptedService(httpx.Response(200, content=body)).client.get_caller_identity()
    assert (identity.account, identity.user_id) == ("123456789012", "AIDA")
    assert identity.arn.endswith("user/ops")
    with pytest.raises(ProtocolError):
        await ScriptedService(httpx.Response(200, content=b"<html/>")).client.get_caller_identity()


async def test_the_agent_answers_calls_of_its_own() -> None:
    service = ScriptedService(ok({"nodes": 3}), httpx.Response(200), httpx.Response(200, content=b"[]"))
    assert await service.client.ask_agent("Status") == {"nodes": 3}
    assert service.targets == ["PatchNowAgent.Status"]
    assert await service.client.ask_agent("ResetSandbox", {"now": True}) == {}
    assert service.asked[-1] == {"now": True}
    with pytest.raises(ProtocolError):
        await service.client.ask_agent("Status")


def local_client(handle: Callable[[httpx.Request], httpx.Response]) -> SsmClient:
    endpoint = Endpoint("local", "http://127.0.0.1:9", from_keys("AK", "secret"))
    return SsmClient(endpoint, httpx.AsyncClient(transport=httpx.MockTransport(handle)))


async def test_an_agent_on_this_machine_is_asked_as_fast_as_it_answers() -> None:
    client = local_client(lambda _: ok({"Commands": []}))
    for _ in range(200):
        await client.list_commands(ListCommandsRequest())
    assert client.meter.calls == 200
    await client.aclose()
