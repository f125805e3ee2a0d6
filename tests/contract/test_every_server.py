"""One suite over every server that implements a call, by boto3 and by our own client."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.ssm.responses import SimpleSystemManagerResponse

from patchgui.ssm.operations import OPERATIONS
from tests.contract.servers import FLEET, MOTO_LACKS, Caller, Refused, Server, on_servers, snake

CONTENT = json.dumps(
    {
        "schemaVersion": "2.2",
        "mainSteps": [
            {"action": "aws:runShellScript", "name": "first", "inputs": {"runCommand": ["echo one"]}},
            {"action": "aws:runShellScript", "name": "second", "inputs": {"runCommand": ["echo two"]}},
        ],
    }
)
_FINAL = {"Success", "Failed", "TimedOut", "Cancelled"}
_WRITE = ("CreateDocument", "DeleteDocument", "DescribeDocument", "GetDocument")


def code_of(caller: Caller, name: str, **members: Any) -> str:
    """Return the code with which a call is refused."""
    with pytest.raises(Refused) as refused:
        caller.call(name, **members)
    return refused.value.code


def pages(caller: Caller, name: str, size: int, **members: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every page of a list, by its tokens."""
    token: dict[str, str] = {}
    while True:
        page = caller.call(name, MaxResults=size, **members, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


@pytest.fixture
def name(caller: Caller) -> Iterator[str]:
    """The name of a document of two steps that is there for the test."""
    made = f"Contract-{uuid4().hex[:8]}"
    caller.call("CreateDocument", Name=made, Content=CONTENT, DocumentType="Command", DocumentFormat="JSON")
    yield made
    caller.call("DeleteDocument", Name=made)


def test_the_table_of_what_moto_lacks_is_true() -> None:
    implemented = {call for call in OPERATIONS if snake(call) in vars(SimpleSystemManagerResponse)}
    assert OPERATIONS.keys() - implemented == MOTO_LACKS


# -- documents -------------------------------------------------------------------------------------------------------


@on_servers(*_WRITE, "UpdateDocument", "UpdateDocumentDefaultVersion")
def test_a_document_has_versions_and_a_default(caller: Caller, name: str) -> None:
    described = caller.call("DescribeDocument", Name=name)["Document"]
    assert (described["DocumentVersion"], described["SchemaVersion"], described["DocumentType"]) == (
        "1",
        "2.2",
        "Command",
    )
    changed = CONTENT.replace("echo two", "echo three")
    updated = caller.call("UpdateDocument", Name=name, Content=changed, DocumentVersion="$LATEST")
    assert updated["DocumentDescription"]["DocumentVersion"] == "2"
    caller.call("UpdateDocumentDefaultVersion", Name=name, DocumentVersion="2")
    assert "echo three" in caller.call("GetDocument", Name=name)["Content"]
    assert "echo two" in caller.call("GetDocument", Name=name, DocumentVersion="1")["Content"]


@on_servers(*_WRITE)
def test_a_document_is_made_once_and_gone_when_it_was_deleted(caller: Caller) -> None:
    made = {"Name": f"Contract-{uuid4().hex[:8]}", "Content": CONTENT, "DocumentType": "Command"}
    caller.call("CreateDocument", **made)
    assert code_of(caller, "CreateDocument", **made) == "DocumentAlreadyExists"
    caller.call("DeleteDocument", Name=made["Name"])
    assert code_of(caller, "GetDocument", Name=made["Name"]) == "InvalidDocument"


@on_servers(*_WRITE, "ListDocuments")
def test_pages_of_documents_join_to_the_whole_list(caller: Caller, name: str) -> None:
    own = {"Filters": [{"Key": "Owner", "Values": ["Self"]}]}
    whole = [each["Name"] for page in pages(caller, "ListDocuments", 50, **own) for each in page["DocumentIdentifiers"]]
    small = list(pages(caller, "ListDocuments", 1, **own))
    joined = [each["Name"] for page in small for each in page["DocumentIdentifiers"]]
    assert joined == whole
    assert len(set(joined)) == len(joined)
    assert all(len(page["DocumentIdentifiers"]) <= 1 for page in small)
    assert name in joined


@on_servers(*_WRITE, "AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource")
def test_tags_are_set_twice_and_taken_twice_to_the_same_end(caller: Caller, name: str) -> None:
    where = {"ResourceType": "Document", "ResourceId": name}
    for _ in range(2):
        caller.call("AddTagsToResource", **where, Tags=[{"Key": "Shift", "Value": "night"}])
        assert caller.call("ListTagsForResource", **where)["TagList"] == [{"Key": "Shift", "Value": "night"}]
    for _ in range(2):
        caller.call("RemoveTagsFromResource", **where, TagKeys=["Shift"])
        assert caller.call("ListTagsForResource", **where)["TagList"] == []


# -- nodes -----------------------------------------------------------------------------------------------------------


@on_servers("DescribeInstanceInformation", "DescribeInstanceProperties")
def test_both_lists_of_nodes_tell_of_the_same_nodes_whatever_the_page(caller: Caller) -> None:
    lists = {
        (call, size): [each["InstanceId"] for page in pages(caller, call, size) for each in page[member]]
        for call, member, sizes in (
            ("DescribeInstanceInformation", "InstanceInformationList", (5, 50)),
            ("DescribeInstanceProperties", "InstanceProperties", (5, 1000)),
        )
        for size in sizes
    }
    first, *others = lists.values()
    assert len(set(first)) == len(first) > 0
    assert all(other == first for other in others)


@on_servers("DescribeInstanceInformation")
def test_filters_choose_nodes(caller: Caller, server: Server) -> None:
    def found(*filters: tuple[str, list[str]]) -> set[str]:
        conditions = [{"Key": key, "Values": values} for key, values in filters]
        listed = pages(caller, "DescribeInstanceInformation", 50, Filters=conditions)
        return {each["InstanceId"] for page in listed for each in page["InstanceInformationList"]}

    node = server.nodes[0]
    assert found(("InstanceIds", [node])) == {node}
    assert node in found(("PingStatus", ["Online"]), ("PlatformTypes", ["Linux"]))
    assert found(("InstanceIds", [node]), ("PlatformTypes", ["Windows"])) == set()
    tags = caller.call("ListTagsForResource", ResourceType="ManagedInstance", ResourceId=node)["TagList"]
    assert all(node in found((f"tag:{tag['Key']}", [tag["Value"]])) for tag in tags if "," not in tag["Value"])
    assert node in found(("tag-key", [tags[0]["Key"]]))


@on_servers("DescribeInstanceInformation")
def test_a_tag_that_nobody_has_finds_nobody(caller: Caller) -> None:
    wanted = [{"Key": "tag:Role", "Values": ["nobody"]}]
    assert caller.call("DescribeInstanceInformation", Filters=wanted)["InstanceInformationList"] == []


# -- commands --------------------------------------------------------------------------------------------------------


@on_servers(*_WRITE, "SendCommand", "ListCommands")
def test_a_command_is_listed_once_with_its_comment(caller: Caller, server: Server, name: str) -> None:
    comment = f"run {uuid4().hex}"
    sent = caller.call("SendCommand", DocumentName=name, InstanceIds=[server.nodes[0]], Comment=comment)["Command"]
    assert (sent["Comment"], sent["DocumentName"], sent["InstanceIds"]) == (comment, name, [server.nodes[0]])
    (listed,) = caller.call("ListCommands", CommandId=sent["CommandId"])["Commands"]
    assert listed["CommandId"] == sent["CommandId"]
    found = [each for page in pages(caller, "ListCommands", 50) for each in page["Commands"]]
    assert [each["CommandId"] for each in found if each["Comment"] == comment] == [sent["CommandId"]]


@on_servers(*_WRITE, "SendCommand", "ListCommandInvocations", "GetCommandInvocation")
def test_a_command_goes_through_its_steps_on_every_node(caller: Caller, server: Server, name: str) -> None:
    nodes = list(server.nodes[:2])
    sent = caller.call("SendCommand", DocumentName=name, InstanceIds=nodes, MaxConcurrency="100%")["Command"]
    while True:
        (command,) = caller.call("ListCommands", CommandId=sent["CommandId"])["Commands"]
        if command["Status"] in _FINAL:
            break
    assert (command["Status"], command["TargetCount"], command["CompletedCount"]) == ("Success", 2, 2)
    asked = {"CommandId": sent["CommandId"], "Details": True}
    found = [
        each for page in pages(caller, "ListCommandInvocations", 1, **asked) for each in page["CommandInvocations"]
    ]
    assert sorted(each["InstanceId"] for each in found) == sorted(nodes)
    for each in found:
        assert [(step["Name"], step["Status"]) for step in each["CommandPlugins"]] == [
            ("first", "Success"),
            ("second", "Success"),
        ]
    step = caller.call("GetCommandInvocation", CommandId=sent["CommandId"], InstanceId=nodes[0], PluginName="second")
    assert (step["Status"], step["ResponseCode"]) == ("Success", 0)
    assert step["ExecutionElapsedTime"].startswith("PT")
    where = {"CommandId": sent["CommandId"], "InstanceId": nodes[0]}
    assert code_of(caller, "GetCommandInvocation", **where) == "InvalidPluginName"
    assert code_of(caller, "GetCommandInvocation", **where, PluginName="third") == "InvalidPluginName"
    wanted = [{"key": "Status", "value": "Failed"}]
    assert (
        caller.call("ListCommandInvocations", CommandId=sent["CommandId"], Filters=wanted)["CommandInvocations"] == []
    )


@on_servers("CancelCommand")
def test_a_command_is_cancelled_as_often_as_one_likes(caller: Caller, server: Server) -> None:
    parameters = {"commands": ["sleep 60"]}
    sent = caller.call(
        "SendCommand", DocumentName="AWS-RunShellScript", InstanceIds=[server.nodes[0]], Parameters=parameters
    )["Command"]
    for _ in range(3):
        caller.call("CancelCommand", CommandId=sent["CommandId"])


@on_servers(*_WRITE, "SendCommand", "CancelCommand")
def test_a_token_belongs_to_its_question(caller: Caller, server: Server, name: str) -> None:
    for _ in range(2):
        caller.call("SendCommand", DocumentName=name, InstanceIds=[server.nodes[0]])
    page = caller.call("ListCommands", MaxResults=1)
    asked_otherwise = {"Filters": [{"key": "Status", "value": "Success"}], "NextToken": page["NextToken"]}
    assert code_of(caller, "ListCommands", MaxResults=1, **asked_otherwise) == "InvalidNextToken"
    assert code_of(caller, "ListCommands", NextToken="made up") == "InvalidNextToken"


# -- associations ------------------------------------------------------------------------------------------------------


@on_servers("CreateAssociation", "ListAssociations")
def test_a_reboot_is_put_off_seen_and_taken_back(caller: Caller, server: Server) -> None:
    made = caller.call(
        "CreateAssociation",
        Name="AWS-InstanceRebootWithHooks",
        AssociationName="Reboot-Later",
        Targets=[{"Key": "InstanceIds", "Values": [server.nodes[0]]}],
        ScheduleExpression="at(2099-01-01T03:00:00)",
        Parameters={"PostRebootHookDocName": ["AWS-Noop"]},
    )["AssociationDescription"]
    wanted = [{"key": "AssociationName", "value": "Reboot-Later"}]
    (listed,) = caller.call("ListAssociations", AssociationFilterList=wanted)["Associations"]
    assert (listed["AssociationId"], listed["Overview"]["Status"]) == (made["AssociationId"], "Pending")
    described = caller.call("DescribeAssociation", AssociationId=made["AssociationId"])["AssociationDescription"]
    assert described["ScheduleExpression"] == "at(2099-01-01T03:00:00)"
    executions = caller.call("DescribeAssociationExecutions", AssociationId=made["AssociationId"])
    assert executions["AssociationExecutions"] == []
    caller.call("DeleteAssociation", AssociationId=made["AssociationId"])
    gone = code_of(caller, "DescribeAssociation", AssociationId=made["AssociationId"])
    assert gone == "AssociationDoesNotExist"


@on_servers(*_WRITE, "CreateAssociation", "DescribeAssociationExecutionTargets")
def test_an_association_without_a_moment_runs_at_once_and_once(caller: Caller, server: Server, name: str) -> None:
    made = caller.call("CreateAssociation", Name=name, Targets=[{"Key": "InstanceIds", "Values": [server.nodes[0]]}])
    association_id = made["AssociationDescription"]["AssociationId"]
    while True:
        found = caller.call("DescribeAssociationExecutions", AssociationId=association_id)["AssociationExecutions"]
        if found and found[0]["Status"] != "InProgress":
            break
    (execution,) = found
    assert execution["Status"] == "Success"
    asked = {"AssociationId": association_id, "ExecutionId": execution["ExecutionId"]}
    (target,) = caller.call("DescribeAssociationExecutionTargets", **asked)["AssociationExecutionTargets"]
    assert (target["ResourceId"], target["Status"]) == (server.nodes[0], "Success")
    caller.call("DeleteAssociation", AssociationId=association_id)


# -- refusals --------------------------------------------------------------------------------------------------------

NOBODY = "mi-0aaaaaaaaaaaaaaaa"
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("SendCommand", {"DocumentName": "Nowhere", "InstanceIds": [NOBODY]}, "InvalidDocument"),
    ("SendCommand", {"DocumentName": "AWS-Noop", "InstanceIds": [NOBODY]}, "InvalidInstanceId"),
    ("SendCommand", {"DocumentName": "AWS-Noop"}, "ValidationException"),
    (
        "SendCommand",
        {"DocumentName": "AWS-RunShellScript", "Targets": [{"Key": "tag:Role", "Values": ["web"]}]},
        "InvalidParameters",
    ),
    ("SendCommand", {"DocumentName": "AWS-Noop", "Targets": [{"Key": "Colour", "Values": ["red"]}]}, "InvalidTarget"),
    ("GetCommandInvocation", {"CommandId": "0" * 36, "InstanceId": NOBODY}, "InvocationDoesNotExist"),
    ("ListCommands", {"CommandId": "0" * 36}, "InvalidCommandId"),
    ("ListCommandInvocations", {"Filters": [{"key": "DocumentName", "value": "AWS-Noop"}]}, "InvalidFilterKey"),
    ("CancelCommand", {"CommandId": "0" * 36}, "InvalidCommandId"),
    ("DescribeInstanceInformation", {"Filters": [{"Key": "Colour", "Values": ["red"]}]}, "InvalidFilterKey"),
    (
        "DescribeInstanceInformation",
        {"Filters": [{"Key": "PingStatus", "Values": ["Asleep"]}]},
        "InvalidInstanceInformationFilterValue",
    ),
    ("DescribeInstancePatches", {"InstanceId": NOBODY}, "InvalidInstanceId"),
    ("GetPatchBaseline", {"BaselineId": "pb-00000000000000000"}, "DoesNotExistException"),
    ("GetDocument", {"Name": "AWS-Noop", "DocumentVersion": "9"}, "InvalidDocumentVersion"),
    ("CreateDocument", {"Name": "Broken", "Content": "{"}, "InvalidDocumentContent"),
    ("CreateDocument", {"Name": "AWS-Noop", "Content": CONTENT}, "DocumentAlreadyExists"),
    ("DeleteDocument", {"Name": "AWS-Noop"}, "AccessDeniedException"),
    ("ListTagsForResource", {"ResourceType": "ManagedInstance", "ResourceId": NOBODY}, "InvalidResourceId"),
]


@on_servers(moto=False)
@pytest.mark.parametrize(("call", "members", "code"), REFUSALS)
def test_refusals_carry_the_services_codes(caller: Caller, call: str, members: dict[str, Any], code: str) -> None:
    assert code_of(caller, call, **members) == code


@on_servers("GetDocument", "CreateDocument")
@pytest.mark.parametrize(
    ("call", "members", "code"),
    [
        ("GetDocument", {"Name": "Nowhere"}, "InvalidDocument"),
        ("DescribeDocument", {"Name": "Nowhere"}, "InvalidDocument"),
        (
            "CreateDocument",
            {"Name": "Broken", "Content": "{not json", "DocumentFormat": "JSON"},
            "InvalidDocumentContent",
        ),
    ],
)
def test_refusals_that_moto_knows_too(caller: Caller, call: str, members: dict[str, Any], code: str) -> None:
    assert code_of(caller, call, **members) == code


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("list_commands", {"MaxResults": 500}),
    ("list_commands", {"MaxResults": 0, "CommandId": "short"}),
    ("list_command_invocations", {"Filters": []}),
    ("send_command", {"DocumentName": "AWS-Noop", "InstanceIds": ["web-1"]}),
    ("send_command", {"DocumentName": "AWS-Noop", "InstanceIds": [NOBODY] * 51}),
    ("send_command", {"InstanceIds": [NOBODY]}),
    ("send_command", {"DocumentName": "AWS-Noop", "InstanceIds": [NOBODY], "MaxErrors": "none", "TimeoutSeconds": 1}),
    ("describe_instance_information", {"MaxResults": 51}),
    ("describe_instance_properties", {"MaxResults": 1001}),
    ("describe_instance_patch_states", {"InstanceIds": [NOBODY] * 51}),
    ("get_document", {}),
    ("add_tags_to_resource", {"ResourceType": "Planet", "ResourceId": "mars", "Tags": []}),
]


@pytest.mark.parametrize(("call", "members"), MALFORMED)
@on_servers(moto=False)
def test_what_breaks_a_limit_is_refused(server: Server, call: str, members: dict[str, Any]) -> None:
    client = server.boto3_client()
    with pytest.raises(ClientError) as error:
        getattr(client, call)(**members)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert "failed to satisfy constraint" in error.value.response["Error"]["Message"]
    client.close()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"aws_secret_access_key": "guessed"}, "InvalidSignatureException"),
        ({"aws_access_key_id": "AKIANOBODYATALL00000"}, "UnrecognizedClientException"),
        ({"aws_session_token": "stolen"}, "UnrecognizedClientException"),
        ({"region_name": "eu-west-1"}, "InvalidSignatureException"),
        ({"config": Config(signature_version=UNSIGNED)}, "MissingAuthenticationTokenException"),
    ],
)
@on_servers(moto=False)
def test_who_is_not_known_is_refused(server: Server, changed: dict[str, Any], code: str) -> None:
    client = server.boto3_client(**changed)
    with pytest.raises(ClientError) as error:
        client.list_documents()
    assert error.value.response["Error"]["Code"] == code
    client.close()


@on_servers(moto=False)
def test_a_call_that_nobody_serves_is_unknown(server: Server) -> None:
    client = server.boto3_client()
    with pytest.raises(ClientError) as error:
        client.start_session(Target=NOBODY)
    assert error.value.response["Error"]["Code"] == "UnknownOperationException"
    client.close()


@on_servers()
def test_sts_knows_the_caller(server: Server) -> None:
    sts = server.boto3_client("sts")
    identity = sts.get_caller_identity()
    assert identity["Account"] in identity["Arn"]
    sts.close()


@on_servers("GetDefaultPatchBaseline", "GetPatchBaseline")
def test_the_default_baseline_is_one_of_the_list(caller: Caller) -> None:
    default = caller.call("GetDefaultPatchBaseline", OperatingSystem="DEBIAN")["BaselineId"]
    listed = [each for page in pages(caller, "DescribePatchBaselines", 4) for each in page["BaselineIdentities"]]
    assert default in {each["BaselineId"] for each in listed}
    assert caller.call("GetPatchBaseline", BaselineId=default)["OperatingSystem"] == "DEBIAN"


@on_servers("DescribeInstancePatchStates", "DescribeInstancePatches")
def test_patch_states_count_what_the_list_of_patches_holds(caller: Caller, server: Server) -> None:
    for node in server.nodes[:3]:
        states = caller.call("DescribeInstancePatchStates", InstanceIds=[node])["InstancePatchStates"]
        if server.name == FLEET or states:
            (state,) = states
            wanted = [{"Key": "State", "Values": ["Missing"]}]
            listed = pages(caller, "DescribeInstancePatches", 10, InstanceId=node, Filters=wanted)
            assert sum(len(page["Patches"]) for page in listed) == state["MissingCount"]
