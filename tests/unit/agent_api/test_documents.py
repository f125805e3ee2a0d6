"""Documents through the API: made, changed, listed, deleted, and refused as Systems Manager does it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.documents import DocumentStore
from tests.unit.agent_api.harness import Harness, open_harness

pytestmark = pytest.mark.anyio

STEP = {"action": "aws:runShellScript", "name": "hello", "inputs": {"runCommand": ["echo hello"]}}
CONTENT: dict[str, Any] = {
    "schemaVersion": "2.2",
    "description": "Says hello.",
    "parameters": {
        "Word": {"type": "String", "description": "What to say.", "default": "hello"},
        "Words": {"type": "StringList", "default": ["a", "b"]},
        "Must": {"type": "String"},
    },
    "mainSteps": [STEP],
}
TEXT = json.dumps(CONTENT)
YAML = """\
# A comment that is worth keeping.
schemaVersion: "2.2"
mainSteps:
  - action: aws:runShellScript
    name: hello
    inputs:
      runCommand: [echo hello]
"""


def other(number: int) -> str:
    """Return a content like no other."""
    return json.dumps({**CONTENT, "description": f"Number {number}."})


async def test_a_new_document_is_described_whole(agent: Harness) -> None:
    made = await agent.ok(
        "CreateDocument",
        Name="Hello",
        Content=TEXT,
        DocumentType="Command",
        VersionName="first",
        TargetType="/AWS::EC2::Instance",
        Tags=[{"Key": "team", "Value": "ops"}],
    )
    description = made["DocumentDescription"]
    assert description.pop("CreatedDate") == pytest.approx(agent.clock.now.timestamp(), abs=0.001)
    expected = {
        "Hash": hashlib.sha256(TEXT.encode()).hexdigest(),
        "HashType": "Sha256",
        "Name": "Hello",
        "VersionName": "first",
        "Owner": "000000000000",
        "Status": "Creating",
        "DocumentVersion": "1",
        "Description": "Says hello.",
        "Parameters": [
            {"Name": "Word", "Type": "String", "Description": "What to say.", "DefaultValue": "hello"},
            {"Name": "Words", "Type": "StringList", "DefaultValue": '["a", "b"]'},
            {"Name": "Must", "Type": "String"},
        ],
        "PlatformTypes": ["Linux", "MacOS"],
        "DocumentType": "Command",
        "SchemaVersion": "2.2",
        "LatestVersion": "1",
        "DefaultVersion": "1",
        "DocumentFormat": "JSON",
        "TargetType": "/AWS::EC2::Instance",
        "Tags": [{"Key": "team", "Value": "ops"}],
    }
    assert {name: description.get(name) for name in expected} == expected
    described = (await agent.ok("DescribeDocument", Name="Hello"))["Document"]
    assert described["Status"] == "Active"
    assert described["Hash"] == expected["Hash"]


async def test_the_text_comes_back_as_it_was_given(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=YAML, DocumentType="Command", DocumentFormat="YAML")
    as_yaml = await agent.ok("GetDocument", Name="Hello", DocumentFormat="YAML")
    assert (as_yaml["Content"], as_yaml["DocumentFormat"]) == (YAML, "YAML")


async def test_a_document_is_read_in_the_other_form_too(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=YAML, DocumentType="Command", DocumentFormat="YAML")
    as_json = await agent.ok("GetDocument", Name="Hello")
    assert as_json["DocumentFormat"] == "JSON"
    assert json.loads(as_json["Content"])["mainSteps"][0]["name"] == "hello"
    as_yaml = await agent.ok("GetDocument", Name="AWS-Noop", DocumentFormat="YAML")
    assert as_yaml["Content"].startswith("schemaVersion: '2.2'\n")


async def test_a_document_is_found_by_its_arn(agent: Harness) -> None:
    found = await agent.ok("GetDocument", Name="arn:aws:ssm:local::document/AWS-Noop")
    assert found["Name"] == "AWS-Noop"


@pytest.mark.parametrize("operation", ["GetDocument", "DescribeDocument", "ListDocumentVersions"])
async def test_an_unknown_document_is_said_to_be_unknown(agent: Harness, operation: str) -> None:
    answer = await agent.call(operation, Name="Nowhere")
    assert (answer.status, answer.code) == (400, "InvalidDocument")
    assert answer.message == "Document with name Nowhere does not exist."
    assert "Message" in answer.json


async def test_a_name_is_given_once(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command")
    again = await agent.call("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command")
    assert again.code == "DocumentAlreadyExists"
    built_in = await agent.call("CreateDocument", Name="AWS-Noop", Content=TEXT, DocumentType="Command")
    assert built_in.code == "DocumentAlreadyExists"


@pytest.mark.parametrize("name", ["aws-hello", "AmazonHello", "amzn_hello"])
async def test_reserved_names_are_refused(agent: Harness, name: str) -> None:
    answer = await agent.call("CreateDocument", Name=name, Content=TEXT, DocumentType="Command")
    assert answer.code == "ValidationException"


@pytest.mark.parametrize(
    ("content", "document_format", "code", "words"),
    [
        ('{"schemaVersion":\n "2.2",}', "JSON", "InvalidDocumentContent", "JSON not well-formed. at Line: 2, Column: "),
        (YAML, "JSON", "InvalidDocumentContent", "JSON not well-formed. at Line: 1, Column: 1"),
        ("a: [", "YAML", "InvalidDocumentContent", "YAML not well-formed. "),
        ("- a\n- b\n", "YAML", "InvalidDocumentContent", "YAML not well-formed. "),
        ("{}", "JSON", "InvalidDocumentContent", "schemaVersion is required"),
        ('{"schemaVersion": 2.2}', "JSON", "InvalidDocumentContent", "schemaVersion should be String"),
        ('{"schemaVersion": "9.9"}', "JSON", "InvalidDocumentSchemaVersion", "schema version 9.9 is not supported"),
        ('{"schemaVersion": "2.2"}', "JSON", "InvalidDocumentContent", ""),
        ("any text", "TEXT", "InvalidDocumentContent", "TEXT"),
        (json.dumps({**CONTENT, "mainSteps": [STEP, STEP]}), "JSON", "InvalidDocumentContent", "hello"),
        (json.dumps({**CONTENT, "description": "x" * 65536}), "JSON", "MaxDocumentSizeExceeded", "64 KB"),
    ],
)
async def test_wrong_content_is_refused(
    agent: Harness, content: str, document_format: str, code: str, words: str
) -> None:
    answer = await agent.call(
        "CreateDocument", Name="Wrong", Content=content, DocumentType="Command", DocumentFormat=document_format
    )
    assert answer.code == code
    assert words in answer.message
    assert (await agent.call("GetDocument", Name="Wrong")).code == "InvalidDocument"


async def test_the_size_is_counted_in_bytes(agent: Harness) -> None:
    frame = len(json.dumps({**CONTENT, "description": ""}).encode())
    fits = json.dumps({**CONTENT, "description": "é" * ((65536 - frame) // 2)}, ensure_ascii=False)
    await agent.ok("CreateDocument", Name="Fits", Content=fits, DocumentType="Command")
    larger = await agent.call("CreateDocument", Name="Larger", Content=fits + "  ", DocumentType="Command")
    assert larger.code == "MaxDocumentSizeExceeded"


REFUSED = "MaxDocumentSizeExceeded"


@pytest.mark.parametrize(("script_kb", "text_kb", "code"), [(60, 40, None), (20, 50, REFUSED), (120, 20, REFUSED)])
async def test_a_document_that_is_scripts_above_all_may_be_larger(
    agent: Harness, script_kb: int, text_kb: int, code: str | None
) -> None:
    step = {**STEP, "inputs": {"runCommand": ["#" * 1024] * script_kb}}
    content = json.dumps({**CONTENT, "description": "x" * 1024 * text_kb, "mainSteps": [step]})
    answer = await agent.call("CreateDocument", Name="Scripts", Content=content, DocumentType="Command")
    assert answer.json.get("__type") == code


async def test_an_update_is_a_new_version_and_the_default_stays(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command")
    updated = await agent.ok("UpdateDocument", Name="Hello", Content=other(2), DocumentVersion="$LATEST")
    description = updated["DocumentDescription"]
    assert description["Status"] == "Updating"
    assert (description["DocumentVersion"], description["LatestVersion"], description["DefaultVersion"]) == (
        "2",
        "2",
        "1",
    )
    assert (await agent.ok("GetDocument", Name="Hello"))["DocumentVersion"] == "1"
    assert (await agent.ok("GetDocument", Name="Hello", DocumentVersion="$LATEST"))["DocumentVersion"] == "2"
    assert (await agent.ok("GetDocument", Name="Hello", DocumentVersion="$DEFAULT"))["DocumentVersion"] == "1"


async def test_the_default_version_is_chosen(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command")
    await agent.ok("UpdateDocument", Name="Hello", Content=other(2), DocumentVersion="1", VersionName="second")
    chosen = await agent.ok("UpdateDocumentDefaultVersion", Name="Hello", DocumentVersion="2")
    assert chosen == {"Description": {"Name": "Hello", "DefaultVersion": "2", "DefaultVersionName": "second"}}
    versions = (await agent.ok("ListDocumentVersions", Name="Hello"))["DocumentVersions"]
    assert [(each["DocumentVersion"], each["IsDefaultVersion"]) for each in versions] == [("2", True), ("1", False)]
    assert (await agent.ok("GetDocument", Name="Hello"))["Content"] == other(2)
    unknown = await agent.call("UpdateDocumentDefaultVersion", Name="Hello", DocumentVersion="7")
    assert unknown.code == "InvalidDocumentVersion"


async def test_a_version_is_found_by_its_name(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command", VersionName="first")
    await agent.ok("UpdateDocument", Name="Hello", Content=other(2), VersionName="second")
    assert (await agent.ok("GetDocument", Name="Hello", VersionName="second"))["DocumentVersion"] == "2"
    missing = await agent.call("GetDocument", Name="Hello", VersionName="third")
    assert missing.code == "InvalidDocumentVersion"
    both = await agent.call("GetDocument", Name="Hello", VersionName="second", DocumentVersion="1")
    assert both.code == "InvalidDocumentVersion"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Name": "Nowhere", "Content": other(9)}, "InvalidDocument"),
        ({"Name": "Hello", "Content": other(9), "DocumentVersion": "7"}, "InvalidDocumentVersion"),
        ({"Name": "Hello", "Content": other(9), "DocumentVersion": "1"}, "InvalidDocumentVersion"),
        ({"Name": "Hello", "Content": other(2)}, "DuplicateDocumentContent"),
        ({"Name": "Hello", "Content": other(9), "VersionName": "first"}, "DuplicateDocumentVersionName"),
        ({"Name": "Hello", "Content": "{}"}, "InvalidDocumentContent"),
        ({"Name": "AWS-Noop", "Content": other(9)}, "AccessDeniedException"),
    ],
)
async def test_a_wrong_update_is_refused(agent: Harness, members: dict[str, str], code: str) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command", VersionName="first")
    await agent.ok("UpdateDocument", Name="Hello", Content=other(2))
    assert (await agent.call("UpdateDocument", **members)).code == code
    assert len((await agent.ok("ListDocumentVersions", Name="Hello"))["DocumentVersions"]) == 2


async def test_a_document_of_the_first_schema_is_not_updated(agent: Harness) -> None:
    first = {
        "schemaVersion": "1.2",
        "runtimeConfig": {"aws:runShellScript": {"properties": [{"id": "0", "runCommand": ["true"]}]}},
    }
    await agent.ok("CreateDocument", Name="Old", Content=json.dumps(first), DocumentType="Command")
    answer = await agent.call("UpdateDocument", Name="Old", Content=TEXT)
    assert answer.code == "InvalidDocumentSchemaVersion"


async def test_a_document_is_deleted_with_all_its_versions(agent: Harness) -> None:
    tags = [{"Key": "team", "Value": "ops"}]
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command", Tags=tags)
    await agent.ok("UpdateDocument", Name="Hello", Content=other(2))
    assert await agent.ok("DeleteDocument", Name="Hello") == {}
    assert (await agent.call("GetDocument", Name="Hello")).code == "InvalidDocument"
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command")
    described = (await agent.ok("DescribeDocument", Name="Hello"))["Document"]
    assert (described["DocumentVersion"], described["Tags"]) == ("1", [])


async def test_one_version_is_deleted_and_its_number_is_not_given_again(agent: Harness) -> None:
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command")
    await agent.ok("UpdateDocument", Name="Hello", Content=other(2))
    default = await agent.call("DeleteDocument", Name="Hello", DocumentVersion="1")
    assert default.code == "InvalidDocumentOperation"
    await agent.ok("DeleteDocument", Name="Hello", DocumentVersion="2")
    updated = await agent.ok("UpdateDocument", Name="Hello", Content=other(3))
    assert updated["DocumentDescription"]["DocumentVersion"] == "3"


@pytest.mark.parametrize(
    ("operation", "members"),
    [("DeleteDocument", {}), ("UpdateDocumentDefaultVersion", {"DocumentVersion": "1"})],
)
async def test_built_in_documents_stay_as_they_are(agent: Harness, operation: str, members: dict[str, str]) -> None:
    answer = await agent.call(operation, Name="AWS-RunShellScript", **members)
    assert answer.code == "AccessDeniedException"
    assert "owned by Amazon" in answer.message


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([{"Key": "Name", "Values": ["AWS-RunPatch"]}], ["AWS-RunPatchBaseline", "AWS-RunPatchBaselineWithHooks"]),
        ([{"Key": "Owner", "Values": ["Self"]}], ["Hello"]),
        ([{"Key": "Owner", "Values": ["Private"]}], []),
        ([{"Key": "Owner", "Values": ["All"]}, {"Key": "SearchKeyword", "Values": ["noop"]}], ["AWS-Noop"]),
        ([{"Key": "tag:team", "Values": ["ops", "dev"]}], ["Hello"]),
        ([{"Key": "tag:team", "Values": ["dev"]}], []),
        ([{"Key": "tag-key", "Values": ["team"]}], ["Hello"]),
        ([{"Key": "DocumentType", "Values": ["Automation"]}], []),
        ([{"Key": "PlatformTypes", "Values": ["Windows"]}, {"Key": "Name", "Values": ["AWS-Noop"]}], ["AWS-Noop"]),
        ([{"Key": "PlatformTypes", "Values": ["Windows"]}, {"Key": "Name", "Values": ["Hello"]}], []),
    ],
)
async def test_documents_are_listed_by_filters(agent: Harness, filters: list[Any], names: list[str]) -> None:
    tags = [{"Key": "team", "Value": "ops"}]
    await agent.ok("CreateDocument", Name="Hello", Content=TEXT, DocumentType="Command", Tags=tags)
    listed = await agent.ok("ListDocuments", Filters=filters)
    assert [each["Name"] for each in listed["DocumentIdentifiers"]] == names


async def test_the_older_filters_choose_too(agent: Harness) -> None:
    listed = await agent.ok("ListDocuments", DocumentFilterList=[{"key": "Name", "value": "AWS-Noop"}])
    (noop,) = listed["DocumentIdentifiers"]
    assert (noop["Owner"], noop["DocumentVersion"], noop["SchemaVersion"]) == ("Amazon", "1", "2.2")
    both = await agent.call(
        "ListDocuments",
        DocumentFilterList=[{"key": "Owner", "value": "Self"}],
        Filters=[{"Key": "Owner", "Values": ["Self"]}],
    )
    assert both.code == "ValidationException"


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"Key": "Colour", "Values": ["red"]}, "InvalidFilterKey"),
        ({"Key": "Owner", "Values": ["Me"]}, "ValidationException"),
        ({"Key": "Owner", "Values": ["Self", "Amazon"]}, "ValidationException"),
    ],
)
async def test_wrong_filters_are_refused(agent: Harness, condition: dict[str, Any], code: str) -> None:
    assert (await agent.call("ListDocuments", Filters=[condition])).code == code


async def test_pages_join_without_gap_or_overlap(agent: Harness) -> None:
    for number in range(7):
        await agent.ok("CreateDocument", Name=f"Page-{number}", Content=TEXT, DocumentType="Command")
    own = [{"Key": "Owner", "Values": ["Self"]}]
    names, token = [], None
    while True:
        more: dict[str, Any] = {"NextToken": token} if token else {}
        shown = await agent.ok("ListDocuments", Filters=own, MaxResults=3, **more)
        names += [each["Name"] for each in shown["DocumentIdentifiers"]]
        token = shown.get("NextToken")
        if token is None:
            break
    assert names == [f"Page-{number}" for number in range(7)]


async def test_a_token_of_another_question_is_refused(agent: Harness) -> None:
    shown = await agent.ok("ListDocuments", MaxResults=1)
    filters = [{"Key": "Owner", "Values": ["Amazon"]}]
    answer = await agent.call("ListDocuments", Filters=filters, NextToken=shown["NextToken"])
    assert answer.code == "InvalidNextToken"
    assert (await agent.call("ListDocuments", NextToken="made up")).code == "InvalidNextToken"


async def test_documents_outlive_the_agent(tmp_path: Path) -> None:
    with open_harness(tmp_path) as agent:
        await agent.ok("CreateDocument", Name="Hello", Content=YAML, DocumentType="Command", DocumentFormat="YAML")
        await agent.ok("UpdateDocument", Name="Hello", Content=TEXT)
        await agent.ok("UpdateDocumentDefaultVersion", Name="Hello", DocumentVersion="2")
    with open_harness(tmp_path) as agent:
        found = await agent.ok("GetDocument", Name="Hello")
        assert (found["Content"], found["DocumentVersion"]) == (TEXT, "2")
        assert (await agent.ok("GetDocument", Name="Hello", DocumentVersion="1", DocumentFormat="YAML"))[
            "Content"
        ] == YAML


async def test_attachments_are_refused_aloud(agent: Harness) -> None:
    attachments = [{"Key": "SourceUrl", "Values": ["s3://bucket/key"]}]
    answer = await agent.call("CreateDocument", Name="Hello", Content=TEXT, Attachments=attachments)
    assert answer.code == "ValidationException"
    assert "Attachments" in answer.message


def test_documents_to_begin_with_are_given_once(agent: Harness, tmp_path: Path) -> None:
    shipped = tmp_path / "Given.yaml"
    shipped.write_text(
        "name: Given\ndocument_type: Command\nplatform_types: [Linux]\ncontent:\n  # Kept.\n"
        + "".join(f"  {line}\n" for line in YAML.splitlines()[1:]),
        encoding="utf-8",
    )
    store: DocumentStore = agent.context.documents
    store.seed([shipped])
    given = store.get("Given")
    assert given.owner == "000000000000"
    assert given.text.startswith("# Kept.\nschemaVersion")
    store.delete("Given")
    store.seed([shipped])
    assert "Given" not in {document.name for document in store.all()}


@pytest.mark.parametrize(
    ("steps", "platforms"),
    [
        ([{"action": "aws:runShellScript"}], ["Linux", "MacOS"]),
        ([{"action": "aws:runPowerShellScript"}], ["Windows", "Linux", "MacOS"]),
        ([{"action": "aws:runDocument"}], ["Windows", "Linux", "MacOS"]),
        (
            [
                {"action": "aws:runShellScript", "precondition": {"StringEquals": ["platformType", "Linux"]}},
                {"action": "aws:runPowerShellScript", "precondition": {"StringEquals": ["Windows", "platformType"]}},
            ],
            ["Windows", "Linux"],
        ),
        (
            [{"action": "aws:runShellScript", "precondition": {"StringEquals": ["{{ Word }}", "yes"]}}],
            ["Linux", "MacOS"],
        ),
    ],
)
async def test_platforms_are_read_from_the_steps(agent: Harness, steps: list[Any], platforms: list[str]) -> None:
    inputs = {"runCommand": ["true"], "documentType": "SSMDocument", "documentPath": "AWS-Noop"}
    numbered = [{**step, "name": f"step{number}", "inputs": inputs} for number, step in enumerate(steps)]
    content = json.dumps({**CONTENT, "mainSteps": numbered})
    made = await agent.ok("CreateDocument", Name="Platforms", Content=content, DocumentType="Command")
    assert made["DocumentDescription"]["PlatformTypes"] == platforms
