"""The client against a real agent process: what one of ours says, the other understands."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patchgui.console.reboots import PendingReboots, take_back
from patchgui.patching.scheduled_reboot import ScheduledReboot
from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_file, from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import Conflict, CredentialError, InvalidInput, NotFound, ServiceError
from patchgui.ssm.shapes import (
    AddTagsToResourceRequest,
    Command,
    CommandStatus,
    CreateDocumentRequest,
    DeleteDocumentRequest,
    DescribeInstanceInformationRequest,
    DescribeInstancePropertiesRequest,
    DocumentFormat,
    DocumentType,
    GetCommandInvocationRequest,
    GetDefaultPatchBaselineRequest,
    GetDocumentRequest,
    GetPatchBaselineRequest,
    InstanceInformation,
    InstanceInformationStringFilter,
    ListCommandInvocationsRequest,
    ListCommandsRequest,
    ListDocumentsRequest,
    ListTagsForResourceRequest,
    OperatingSystem,
    PingStatus,
    ResourceTypeForTagging,
    SendCommandRequest,
    Tag,
    Target,
)

pytestmark = pytest.mark.anyio

DOCUMENT = json.dumps(
    {
        "schemaVersion": "2.2",
        "mainSteps": [
            {"action": "aws:runShellScript", "name": "greet", "inputs": {"runCommand": ["echo hello; echo oops >&2"]}},
        ],
    }
)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    state_dir = tmp_path_factory.mktemp("agent")
    argv = [sys.executable, "-m", "patchgui.agent.main", "--state-dir", str(state_dir), "--nodes", "this-machine"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        yield json.loads(agent.stdout.readline())
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0


@pytest.fixture
async def client(door: dict[str, str]) -> AsyncIterator[SsmClient]:
    keys = from_file(Path(door["credentials_file"]), door["profile"])
    client = SsmClient(Endpoint(door["region"], door["endpoint_url"], keys))
    yield client
    await client.aclose()


async def online_node(client: SsmClient) -> InstanceInformation:
    """Return the one node of this connection, once its worker answers."""
    async with asyncio.timeout(20):
        while True:
            nodes = (
                await client.describe_instance_information(DescribeInstanceInformationRequest())
            ).instance_information_list
            if nodes and nodes[0].ping_status is PingStatus.ONLINE:
                return nodes[0]


async def ended(client: SsmClient, command: Command) -> Command:
    """Return the command once it has ended."""
    async with asyncio.timeout(20):
        while True:
            (found,) = (await client.list_commands(ListCommandsRequest(command_id=command.command_id))).commands
            if found.status.is_final:
                return found


async def test_who_we_are(client: SsmClient) -> None:
    identity = await client.get_caller_identity()
    assert identity.account
    assert identity.account in identity.arn


async def test_the_node_is_found_by_its_tags(client: SsmClient) -> None:
    node = await online_node(client)
    await client.add_tags_to_resource(
        AddTagsToResourceRequest(
            resource_type=ResourceTypeForTagging.MANAGED_INSTANCE,
            resource_id=node.instance_id,
            tags=(Tag(key="Role", value="build"),),
        )
    )
    asked = ListTagsForResourceRequest(
        resource_type=ResourceTypeForTagging.MANAGED_INSTANCE, resource_id=node.instance_id
    )
    assert Tag(key="Role", value="build") in (await client.list_tags_for_resource(asked)).tag_list
    for value, count in (("build", 1), ("web", 0)):
        wanted = InstanceInformationStringFilter(key="tag:Role", values=(value,))
        found = await client.describe_instance_information(DescribeInstanceInformationRequest(filters=(wanted,)))
        assert len(found.instance_information_list) == count


async def test_a_document_is_made_run_read_and_deleted(client: SsmClient) -> None:
    node = await online_node(client)
    request = CreateDocumentRequest(
        name="Greeting", content=DOCUMENT, document_type=DocumentType.COMMAND, document_format=DocumentFormat.JSON
    )
    await client.create_document(request)
    with pytest.raises(Conflict):
        await client.create_document(request)
    command = (
        await client.send_command(
            SendCommandRequest(document_name="Greeting", instance_ids=(node.instance_id,), comment="a greeting")
        )
    ).command
    done = await ended(client, command)
    assert (done.status, done.comment, done.completed_count, done.error_count) == (
        CommandStatus.SUCCESS, "a greeting", 1, 0
    )  # fmt: skip
    output = await client.get_command_invocation(
        GetCommandInvocationRequest(command_id=command.command_id, instance_id=node.instance_id, plugin_name="greet")
    )
    assert (output.response_code, output.standard_output_content, output.standard_error_content) == (
        0, "hello\n", "oops\n"
    )  # fmt: skip
    details = ListCommandInvocationsRequest(command_id=command.command_id, details=True)
    (invocation,) = (await client.list_command_invocations(details)).command_invocations
    (plugin,) = invocation.command_plugins
    assert plugin.response_start_date_time is not None
    assert plugin.response_finish_date_time is not None
    assert command.requested_date_time is not None
    assert command.requested_date_time <= plugin.response_finish_date_time
    await client.delete_document(DeleteDocumentRequest(name="Greeting"))
    with pytest.raises(NotFound):
        await client.get_document(GetDocumentRequest(name="Greeting"))


async def test_lists_come_in_pages(client: SsmClient) -> None:
    request = ListDocumentsRequest(max_results=2)
    sizes = [len(page.document_identifiers) async for page in client.pages(client.list_documents, request)]
    assert len(sizes) >= 3
    assert max(sizes) == 2


async def test_the_default_baseline_can_be_read(client: SsmClient) -> None:
    asked = GetDefaultPatchBaselineRequest(operating_system=OperatingSystem.DEBIAN)
    baseline_id = (await client.get_default_patch_baseline(asked)).baseline_id
    baseline = await client.get_patch_baseline(GetPatchBaselineRequest(baseline_id=baseline_id))
    assert baseline.operating_system is OperatingSystem.DEBIAN
    assert baseline.approval_rules is not None


async def test_what_the_agent_refuses_comes_back_as_the_right_error(client: SsmClient) -> None:
    with pytest.raises(NotFound) as unknown:
        await client.send_command(SendCommandRequest(document_name="AWS-Noop", instance_ids=("mi-" + "0" * 17,)))
    assert unknown.value.code == "InvalidInstanceId"
    with pytest.raises(InvalidInput) as limits:
        await client.list_commands(ListCommandsRequest.model_construct(max_results=500))
    assert (limits.value.code, limits.value.field) == ("ValidationException", "maxResults")
    with pytest.raises(ServiceError) as missing:
        await client.ask_agent("Nonesuch")
    assert missing.value.code == "UnknownOperationException"


async def test_keys_of_somebody_else_are_refused(door: dict[str, str]) -> None:
    stranger = SsmClient(Endpoint(door["region"], door["endpoint_url"], from_keys("AKIDSTRANGER", "secret")))
    for call in (stranger.get_caller_identity(), stranger.list_commands(ListCommandsRequest())):
        with pytest.raises(CredentialError, match="not accepted"):
            await call
    await stranger.aclose()


async def test_an_association_from_its_making_to_its_end(client: SsmClient) -> None:
    request = ScheduledReboot(at=datetime(2040, 1, 1, tzinfo=UTC)).requests(
        "20261126-180000-1", [()], (Target(key="tag:Role", values=("web",)),), "1"
    )[0]
    made = (await client.create_association(request)).association_description
    (told,) = await PendingReboots(client).read()
    assert (told.association_ids, told.run_id, told.targets) == (
        (made.association_id,),
        "20261126-180000-1",
        (("tag:Role", ("web",)),),
    )
    await take_back(client, made.association_id)
    assert await PendingReboots(client).read() == ()
    with pytest.raises(NotFound):
        await take_back(client, made.association_id)


async def test_the_newer_call_lists_the_same_nodes(client: SsmClient) -> None:
    old = (await client.describe_instance_information(DescribeInstanceInformationRequest())).instance_information_list
    new = (await client.describe_instance_properties(DescribeInstancePropertiesRequest())).instance_properties
    assert [(each.instance_id, each.name, each.platform_version) for each in new] == [
        (each.instance_id, each.name, each.platform_version) for each in old
    ]
