"""The calls to other services than Systems Manager, against moto: what boto3 put there, the console reads."""

from collections.abc import AsyncIterator
from typing import Any

import boto3
import pytest

from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import NotFound
from patchgui.ssm.neighbours import s3 as s3_module

pytestmark = pytest.mark.anyio

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-east-1"}


@pytest.fixture
async def client(moto_url: str) -> AsyncIterator[SsmClient]:
    client = SsmClient(Endpoint("us-east-1", moto_url, from_keys("AKIDEXAMPLE", "secret")))
    yield client
    await client.aclose()


def boto(service: str, moto_url: str) -> Any:
    return boto3.client(service, endpoint_url=moto_url, **KEYS)  # type: ignore[call-overload]  # any service


async def test_ec2_tells_the_tags_of_instances(client: SsmClient, moto_url: str) -> None:
    tags = [{"Key": "Name", "Value": "web <1> & more"}, {"Key": "Role", "Value": ""}]
    started = boto("ec2", moto_url).run_instances(
        ImageId="ami-12c6146b",
        MinCount=2,
        MaxCount=2,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    ids = [instance["InstanceId"] for instance in started["Instances"]]
    found = await client.ec2.tags([*ids, "i-0123456789abcdef0"])
    assert found == {each: {"Name": "web <1> & more", "Role": ""} for each in ids}


async def test_the_names_of_resource_groups(client: SsmClient, moto_url: str) -> None:
    groups = boto("resource-groups", moto_url)
    for name in ("shop", "Other"):
        query = '{"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "Stack", "Values": ["shop"]}]}'
        groups.create_group(Name=name, ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": query})
    assert await client.resource_groups.names() == ("Other", "shop")


async def test_s3_gives_an_output_from_anywhere_on(
    client: SsmClient, moto_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = boto("s3", moto_url)
    bucket.create_bucket(Bucket="outputs")
    bucket.put_object(Bucket="outputs", Key="run 1/c/i-1/step:a/stdout", Body=b"one two three")
    for url in (
        "https://s3.us-east-1.amazonaws.com/outputs/run%201/c/i-1/step%3Aa/stdout",
        "https://outputs.s3.us-east-1.amazonaws.com/run%201/c/i-1/step%3Aa/stdout",
    ):
        assert await client.s3.read(url) == b"one two three"
        assert await client.s3.read(url, 4) == b"two three"
        assert await client.s3.read(url, 13) == b""
    with pytest.raises(NotFound):
        await client.s3.read("https://outputs.s3.us-east-1.amazonaws.com/nothing")
    monkeypatch.setattr(s3_module, "MOST_BYTES", 3)
    assert await client.s3.read("https://outputs.s3.us-east-1.amazonaws.com/run%201/c/i-1/step%3Aa/stdout") == b"one"


async def test_cloudwatch_logs_give_what_was_written_since(client: SsmClient, moto_url: str) -> None:
    logs = boto("logs", moto_url)
    logs.create_log_group(logGroupName="/aws/ssm/AWS-RunShellScript")
    with pytest.raises(NotFound):
        await client.logs.read("/aws/ssm/AWS-RunShellScript", "c/i-1/step/stdout")
    stream = {"logGroupName": "/aws/ssm/AWS-RunShellScript", "logStreamName": "c/i-1/step/stdout"}
    logs.create_log_stream(**stream)
    now = 1_795_000_000_000
    logs.put_log_events(**stream, logEvents=[{"timestamp": now + at, "message": f"line {at}"} for at in range(3)])
    first = await client.logs.read(stream["logGroupName"], stream["logStreamName"])
    assert first.text == "line 0\nline 1\nline 2\n"
    again = await client.logs.read(stream["logGroupName"], stream["logStreamName"], first.token)
    assert again.text == ""
    logs.put_log_events(**stream, logEvents=[{"timestamp": now + 9, "message": "line 9"}])
    assert (await client.logs.read(stream["logGroupName"], stream["logStreamName"], again.token)).text == "line 9\n"
