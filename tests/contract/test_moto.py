"""The client against moto, a service that somebody else wrote: whatever it implements of our calls."""

from collections.abc import AsyncIterator

import boto3
import pytest

from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import ServiceError
from patchgui.ssm.shapes import (
    CommandStatus,
    DescribePatchBaselinesRequest,
    GetCommandInvocationRequest,
    ListCommandsRequest,
    OperatingSystem,
    SendCommandRequest,
)

pytestmark = pytest.mark.anyio

CONTENT = '{"schemaVersion": "2.2", "description": "Stops it.", "mainSteps": []}'
NODE = "i-0123456789abcdef0"


@pytest.fixture
async def client(moto_url: str) -> AsyncIterator[SsmClient]:
    client = SsmClient(Endpoint("us-east-1", moto_url, from_keys("AKIDEXAMPLE", "secret")))
    yield client
    await client.aclose()


async def test_a_command_and_its_invocation(client: SsmClient) -> None:
    request = SendCommandRequest(
        document_name="AWS-RunShellScript",
        instance_ids=(NODE,),
        parameters={"commands": ("true",)},
        comment="run 1",
        timeout_seconds=60,
    )
    command = (await client.send_command(request)).command
    assert (command.instance_ids, command.comment) == ((NODE,), "run 1")
    listed = await client.list_commands(ListCommandsRequest(command_id=command.command_id))
    assert [each.command_id for each in listed.commands] == [command.command_id]
    assert isinstance(listed.commands[0].status, CommandStatus)
    invocation = await client.get_command_invocation(
        GetCommandInvocationRequest(command_id=command.command_id, instance_id=NODE, plugin_name="aws:runShellScript")
    )
    assert invocation.instance_id == NODE
    assert invocation.status.is_final


async def test_a_baseline_that_boto3_made(client: SsmClient, moto_url: str) -> None:
    boto = boto3.client(
        "ssm", "us-east-1", endpoint_url=moto_url, aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret"
    )
    baseline_id = boto.create_patch_baseline(Name="Monthly", OperatingSystem="DEBIAN")["BaselineId"]
    boto.close()
    request = DescribePatchBaselinesRequest()
    found = [
        each
        async for page in client.pages(client.describe_patch_baselines, request)
        for each in page.baseline_identities
    ]
    assert [(each.baseline_id, each.baseline_name) for each in found] == [(baseline_id, "Monthly")]
    assert found[0].operating_system is OperatingSystem.DEBIAN


async def test_who_asks(client: SsmClient) -> None:
    assert (await client.get_caller_identity()).account == "123456789012"


async def test_a_command_that_nobody_sent_is_an_error_of_the_tree(client: SsmClient) -> None:
    with pytest.raises(ServiceError):
        await client.get_command_invocation(
            GetCommandInvocationRequest(command_id="0" * 36, instance_id=NODE, plugin_name="aws:runShellScript")
        )
