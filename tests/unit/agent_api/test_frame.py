"""The frame around the calls: protocols, unknown calls, wrong bodies, bugs."""

import json
from typing import Any

import pytest

from patchgui.agent.api import app
from patchgui.agent.api.app import MAX_BODY_BYTES, Api, application
from patchgui.agent.api.operation import Operation
from patchgui.agent.api.signature import SignatureCheck
from patchgui.agent.context import AgentContext
from patchgui.ssm.errors import StoreFull
from patchgui.ssm.operations import OPERATIONS
from patchgui.ssm.shapes import ListDocumentsRequest
from patchgui.ssm.shapes.base import Shape
from tests.unit.agent_api.harness import FORM_TYPE, JSON_TYPE, KEYS, Harness, signed

pytestmark = pytest.mark.anyio
_ANY_ID = {"GetMaintenanceWindow", "DeleteMaintenanceWindow"}
"""These take whatever is said to be an id, and answer that there is no such window."""


def test_every_call_that_the_product_makes_is_served() -> None:
    served = {target.removeprefix("AmazonSSM.") for target in app.operations() if target.startswith("AmazonSSM.")}
    assert set(OPERATIONS) <= served
    checked = {name: app.operations()[f"AmazonSSM.{name}"].request for name in OPERATIONS.keys() - _ANY_ID}
    assert checked == {name: OPERATIONS[name].request for name in checked}


async def test_an_answer_is_json_with_a_request_id(agent: Harness) -> None:
    answer = await agent.call("DescribeInstanceInformation")
    assert answer.status == 200
    assert answer.headers["content-type"] == JSON_TYPE
    assert len(answer.headers["x-amzn-requestid"]) == 36


async def test_an_unknown_call_is_refused(agent: Harness) -> None:
    answer = await agent.call("StartSession")
    assert (answer.status, answer.code) == (400, "UnknownOperationException")
    assert "StartSession" in answer.message


async def test_an_empty_body_asks_for_nothing_in_particular(agent: Harness) -> None:
    headers = signed("", {"content-type": JSON_TYPE, "x-amz-target": "AmazonSSM.ListDocuments"})
    assert (await agent.post(headers, b"")).status == 200


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "null", "\x00"])
async def test_a_body_that_is_no_json_object_is_refused(agent: Harness, body: str) -> None:
    headers = signed(body, {"content-type": JSON_TYPE, "x-amz-target": "AmazonSSM.ListDocuments"})
    answer = await agent.post(headers, body.encode())
    assert (answer.status, answer.code) == (400, "SerializationException")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(agent: Harness) -> None:
    headers = {"x-amz-target": "AmazonSSM.ListDocuments", "content-length": str(MAX_BODY_BYTES + 1)}
    assert (await agent.post(headers, b"{}")).status == 413


async def test_a_body_that_turns_out_too_large_is_refused(agent: Harness) -> None:
    answer = await agent.post({"x-amz-target": "AmazonSSM.ListDocuments"}, b" " * (MAX_BODY_BYTES + 1))
    assert (answer.status, answer.code) == (413, "RequestEntityTooLargeException")


async def test_sts_tells_whose_key_pair_it_is(agent: Harness) -> None:
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    answer = await agent.post(signed(body, {"content-type": FORM_TYPE}, service="sts"), body.encode())
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml"
    assert b"<Account>000000000000</Account>" in answer.body
    assert b"<Arn>arn:aws:iam::000000000000:user/patchgui</Arn>" in answer.body


@pytest.mark.parametrize(("body", "code"), [("Action=AssumeRole&Version=1", "InvalidAction"), ("", "MissingAction")])
async def test_sts_serves_nothing_else(agent: Harness, body: str, code: str) -> None:
    answer = await agent.post(signed(body, {"content-type": FORM_TYPE}, service="sts"), body.encode())
    assert answer.status == 400
    assert f"<Code>{code}</Code>".encode() in answer.body


async def test_another_path_or_method_leads_to_no_call(agent: Harness) -> None:
    answer = await agent.post({"host": "x"}, b"", method="GET", path="/health")
    assert (answer.status, answer.code) == (400, "MissingAuthenticationTokenException")


async def test_a_full_disk_is_said_in_words(agent: Harness) -> None:
    async def full(_context: AgentContext, _request: Any) -> Shape:
        raise StoreFull("The disk is full.")

    answer = await _with(agent, full).call("ListDocuments")
    assert (answer.status, answer.code, answer.message) == (500, "InternalServerError", "The disk is full.")


async def test_a_bug_is_answered_without_its_words_and_raised_for_the_log(agent: Harness) -> None:
    async def broken(_context: AgentContext, _request: Any) -> Shape:
        raise ZeroDivisionError("secret of the house")

    with pytest.raises(ZeroDivisionError):
        await _with(agent, broken).call("ListDocuments")


def _with(agent: Harness, handle: Any) -> Harness:
    served = {"AmazonSSM.ListDocuments": Operation(ListDocumentsRequest, handle)}
    api = Api(agent.context, SignatureCheck(KEYS, "local", agent.clock), KEYS.access_key, served)
    return Harness(agent.context, application(api), api, agent.clock)


async def test_wrong_types_are_named(agent: Harness) -> None:
    answer = await agent.call("ListDocuments", MaxResults="many")
    assert answer.code == "SerializationException"
    answer = await agent.call("ListTagsForResource", ResourceType="Document", ResourceId=["a"])
    assert answer.message == "START_ARRAY can not be converted to a String at 'resourceId'"


@pytest.mark.parametrize(
    ("operation", "members", "text"),
    [
        (
            "ListDocuments",
            {"MaxResults": 51},
            (
                "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: "
                "Member must have value less than or equal to 50"
            ),
        ),
        (
            "DescribeInstanceInformation",
            {"MaxResults": 4},
            (
                "1 validation error detected: Value '4' at 'maxResults' failed to satisfy constraint: "
                "Member must have value greater than or equal to 5"
            ),
        ),
        (
            "GetDocument",
            {},
            "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
        ),
        (
            "GetDocument",
            {"Name": "a b"},
            (
                "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: "
                r"Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\-.:/]{3,128}$"
            ),
        ),
        (
            "GetDocument",
            {"Name": "AWS-Noop", "DocumentFormat": "XML"},
            (
                "1 validation error detected: Value 'XML' at 'documentFormat' failed to satisfy constraint: "
                "Member must satisfy enum value set: [YAML, JSON, TEXT]"
            ),
        ),
        (
            "DescribeInstanceInformation",
            {"Filters": [{"Key": "PingStatus", "Values": []}]},
            (
                "1 validation error detected: Value '[]' at 'filters.1.member.values' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        ),
        (
            "AddTagsToResource",
            {"ResourceType": "Document", "ResourceId": "x", "Tags": [{"Key": "k" * 129, "Value": "v!"}]},
            (
                f"2 validation errors detected: Value '{'k' * 129}' at 'tags.1.member.key' failed to satisfy "
                "constraint: Member must have length less than or equal to 128; Value 'v!' at "
                "'tags.1.member.value' failed to satisfy constraint: "
                r"Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"
            ),
        ),
    ],
)
async def test_limits_are_refused_in_the_services_words(
    agent: Harness, operation: str, members: dict[str, Any], text: str
) -> None:
    answer = await agent.call(operation, **members)
    assert (answer.status, answer.code) == (400, "ValidationException")
    assert json.loads(answer.body)["message"] == text
