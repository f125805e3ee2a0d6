"""The client against moto, a service that somebody else wrote: whatever it implements of our calls."""

from collections.abc import AsyncIterator

import boto3
import pytest

from patchgui.ssm.client import SsmClient
from patchgui.ssm.credentials import from_keys
from patchgui.ssm.endpoint import Endpoint
from patchgui.ssm.errors import InvalidInput, NotFound, ServiceError
from patchgui.ssm.shapes import (
    AddTagsToResourceRequest,
    CommandStatus,
    CreateDocumentRequest,
    DeleteDocumentRequest,
    DescribeDocumentRequest,
    DescribePatchBaselinesRequest,
    DocumentFormat,
    DocumentIdentifier,
    DocumentKeyValuesFilter,
    DocumentType,
    GetCommandInvocationRequest,
    GetDocumentRequest,
    ListCommandsRequest,
    ListDocumentsRequest,
    ListTagsForResourceRequest,
    OperatingSystem,
    RemoveTagsFromResourceRequest,
    ResourceTypeForTagging,
    SendCommandRequest,
    Tag,
    UpdateDocumentDefaultVersionRequest,
    UpdateDocumentRequest,
)

pytestmark = pytest.mark.anyio

CONTENT = '{"schemaVersion": "2.2", "description": "Stops it.", "mainSteps": []}'
NODE = "i-0123456789abcdef0"


@pytest.fixture
async def client(moto_url: str) -> AsyncIterator[SsmClient]:
    client = SsmClient(Endpoint("us-east-1", moto_url, from_keys("AKIDEXAMPLE", "secret")))
    yield client
    await client.aclose()


async def create(client: SsmClient, name: str, content: str = CONTENT) -> None:
    request = CreateDocumentRequest(
        name=name, content=content, document_type=DocumentType.COMMAND, document_format=DocumentFormat.JSON
    )
    description = (await client.create_document(request)).document_description
    assert (description.name, description.document_version) == (name, "1")


async def test_a_document_from_its_making_to_its_end(client: SsmClient) -> None:
    await create(client, "Stop-App")
    changed = CONTENT.replace("Stops", "Halts")
    update = UpdateDocumentRequest(name="Stop-App", content=changed, document_version="$LATEST")
    assert (await client.update_document(update)).document_description.document_version == "2"
    await client.update_document_default_version(
        UpdateDocumentDefaultVersionRequest(name="Stop-App", document_version="2")
    )
    described = (await client.describe_document(DescribeDocumentRequest(name="Stop-App"))).document
    assert (described.default_version, described.schema_version) == ("2", "2.2")
    assert described.created_date is not None
    assert described.created_date.utcoffset() is not None
    assert "Halts" in (await client.get_document(GetDocumentRequest(name="Stop-App"))).content
    await client.delete_document(DeleteDocumentRequest(name="Stop-App"))
    with pytest.raises(NotFound, match="InvalidDocument"):
        await client.get_document(GetDocumentRequest(name="Stop-App"))


async def test_documents_in_pages(client: SsmClient) -> None:
    for number in range(5):
        await create(client, f"Paged-{number}")
    request = ListDocumentsRequest(
        filters=(DocumentKeyValuesFilter(key="Owner", values=("Self",)),),
        max_results=2,
    )
    found: list[DocumentIdentifier] = []
    page_count = 0
    async for page in client.pages(client.list_documents, request):
        found.extend(page.document_identifiers)
        page_count += 1
    assert sorted(each.name for each in found if each.name.startswith("Paged-")) == [f"Paged-{n}" for n in range(5)]
    assert page_count >= 3


async def test_a_document_that_is_none_is_refused(client: SsmClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        await create(client, "Broken", "{not json")
    assert caught.value.code == "InvalidDocumentContent"


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


async def test_tags_come_and_go(client: SsmClient) -> None:
    await create(client, "Tagged")
    document = ResourceTypeForTagging.DOCUMENT
    role = Tag(key="Role", value="web")
    await client.add_tags_to_resource(
        AddTagsToResourceRequest(resource_type=document, resource_id="Tagged", tags=(role,))
    )
    asked = ListTagsForResourceRequest(resource_type=document, resource_id="Tagged")
    assert (await client.list_tags_for_resource(asked)).tag_list == (role,)
    await client.remove_tags_from_resource(
        RemoveTagsFromResourceRequest(resource_type=document, resource_id="Tagged", tag_keys=("Role",))
    )
    assert (await client.list_tags_for_resource(asked)).tag_list == ()


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
