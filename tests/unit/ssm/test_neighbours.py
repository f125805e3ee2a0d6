"""What other services answer that moto does not: pages, refusals, buckets elsewhere, nonsense."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import httpx
import pytest

from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import AccessDenied, ProtocolError
from patchgui.ssm.neighbours.s3 import place_of

pytestmark = pytest.mark.anyio

NO_PERMISSION = (
    b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this "
    b"operation. User: arn:aws:iam::123456789012:user/ops is not authorized to perform: ec2:DescribeInstances because "
    b"no identity-based policy allows the ec2:DescribeInstances action</Message></Error></Errors>"
    b"<RequestID>r-7</RequestID></Response>"
)


def client_of(handle: Callable[[httpx.Request], httpx.Response], endpoint_url: str | None = None) -> SsmClient:
    endpoint = Endpoint("eu-central-1", endpoint_url, from_keys("AK", "secret"))
    return SsmClient(endpoint, httpx.AsyncClient(transport=httpx.MockTransport(handle)))


def ec2_page(*instances: tuple[str, str], token: str = "") -> bytes:
    items = "".join(
        f"<item><instanceId>{instance_id}</instanceId><networkInterfaceSet><item><tagSet/></item></networkInterfaceSet>"
        f"<tagSet><item><key>Name</key><value>{name}</value></item></tagSet></item>"
        for instance_id, name in instances
    )
    more = f"<nextToken>{token}</nextToken>" if token else ""
    return (
        '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item>'
        f"<instancesSet>{items}</instancesSet></item></reservationSet>{more}</DescribeInstancesResponse>"
    ).encode()


async def test_instances_of_ec2_come_in_pages() -> None:
    asked: list[dict[str, list[str]]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "ec2.eu-central-1.amazonaws.com"
        assert "/eu-central-1/ec2/aws4_request" in request.headers["authorization"]
        asked.append(parse_qs(request.content.decode()))
        return httpx.Response(
            200, content=ec2_page(("i-1", "web"), token="t2") if len(asked) == 1 else ec2_page(("i-2", "db"))
        )

    assert await client_of(handle).ec2.tags(["i-1", "i-2"]) == {"i-1": {"Name": "web"}, "i-2": {"Name": "db"}}
    assert asked[0]["Filter.1.Value.2"] == ["i-2"]
    assert asked[1]["NextToken"] == ["t2"]


async def test_the_missing_permission_of_another_service_is_named() -> None:
    with pytest.raises(AccessDenied) as caught:
        await client_of(lambda _: httpx.Response(403, content=NO_PERMISSION)).ec2.tags(["i-1"])
    assert caught.value.action == "ec2:DescribeInstances"
    assert caught.value.request_id == "r-7"
    body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    with pytest.raises(AccessDenied) as caught:
        await client_of(lambda _: httpx.Response(403, content=body)).s3.read("https://b.s3.amazonaws.com/k")
    assert caught.value.action == "s3:GetObject"
    refusal = httpx.Response(403, headers={"x-amzn-errortype": "ForbiddenException"}, json={"Message": "No."})
    with pytest.raises(AccessDenied) as caught:
        await client_of(lambda _: refusal).resource_groups.names()
    assert caught.value.hint == "Ask for the permission resource-groups:ListGroups."


async def test_the_nodes_of_a_resource_group_are_instances_and_nodes_of_activations() -> None:
    asked: list[dict[str, object]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/list-group-resources"
        asked.append(json.loads(request.content))
        arns = ("arn:aws:ec2:eu-central-1:1:instance/i-1", "arn:aws:ssm:eu-central-1:1:managed-instance/mi-1")
        if len(asked) == 1:
            arns = ("arn:aws:s3:::bucket", arns[0])
        return httpx.Response(
            200,
            json={"ResourceIdentifiers": [{"ResourceArn": arn} for arn in arns]}
            | ({"NextToken": "2"} if len(asked) == 1 else {}),
        )

    assert await client_of(handle).resource_groups.instance_ids("shop") == ("i-1", "mi-1")
    assert asked == [{"Group": "shop", "MaxResults": 50}, {"Group": "shop", "MaxResults": 50, "NextToken": "2"}]


async def test_groups_are_asked_for_page_by_page() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        token = {"NextToken": "a+b/="} if len(asked) == 1 else {}
        return httpx.Response(200, json={"GroupIdentifiers": [{"GroupName": f"g{len(asked)}"}]} | token)

    assert await client_of(handle).resource_groups.names() == ("g1", "g2")
    assert asked == [
        "https://resource-groups.eu-central-1.amazonaws.com/groups-list?maxResults=50",
        "https://resource-groups.eu-central-1.amazonaws.com/groups-list?maxResults=50&nextToken=a%2Bb%2F%3D",
    ]


async def test_a_bucket_of_another_region_is_asked_there_from_then_on() -> None:
    hosts: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        if "/us-west-2/s3/" in request.headers["authorization"]:
            return httpx.Response(206, content=b"text")
        body = b"<Error><Code>PermanentRedirect</Code><Message>Elsewhere.</Message></Error>"
        return httpx.Response(301, headers={"x-amz-bucket-region": "us-west-2"}, content=body)

    client = client_of(handle)
    for _ in range(2):
        assert await client.s3.read("https://outputs.s3.us-west-2.amazonaws.com/k") == b"text"
    assert hosts == ["s3.eu-central-1.amazonaws.com", *["s3.us-west-2.amazonaws.com"] * 2]


async def test_an_endpoint_of_ones_own_gets_the_calls_to_every_service() -> None:
    hosts: set[str] = set()

    def handle(request: httpx.Request) -> httpx.Response:
        hosts.add(f"{request.url.host}:{request.url.port}{request.url.path}")
        return httpx.Response(200, content=ec2_page() if request.method == "POST" else b"")

    client = client_of(handle, "http://127.0.0.1:9000/aws")
    await client.ec2.tags(["i-1"])
    await client.s3.read("https://outputs.s3.us-west-2.amazonaws.com/a/b")
    assert hosts == {"127.0.0.1:9000/aws/", "127.0.0.1:9000/aws/outputs/a/b"}


@pytest.mark.parametrize(
    "url",
    [
        "https://outputs.s3.eu-central-1.amazonaws.com/a/b%20c",
        "https://outputs.s3-eu-west-1.amazonaws.com/a/b%20c",
        "https://outputs.s3.amazonaws.com/a/b%20c",
        "https://s3.eu-central-1.amazonaws.com/outputs/a/b%20c",
        "https://s3.amazonaws.com/outputs/a/b%20c",
        "https://s3.cn-north-1.amazonaws.com.cn/outputs/a/b%20c",
    ],
)
def test_an_object_is_found_in_every_form_of_its_address(url: str) -> None:
    assert place_of(url) == ("outputs", "a/b c")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"events": [{}]}', b"\xff"])
async def test_nonsense_is_no_crash(body: bytes) -> None:
    client = client_of(lambda _: httpx.Response(200, content=body))
    for call in (client.ec2.tags(["i-1"]), client.logs.read("g", "s")):
        with pytest.raises(ProtocolError):
            await call


async def test_a_list_that_repeats_itself_is_given_up() -> None:
    with pytest.raises(ProtocolError, match="repeats"):
        await client_of(lambda _: httpx.Response(200, content=ec2_page(token="same"))).ec2.tags(["i-1"])
    with pytest.raises(ProtocolError, match="repeats"):
        await client_of(lambda _: httpx.Response(200, json={"NextToken": "same"})).resource_groups.names()
