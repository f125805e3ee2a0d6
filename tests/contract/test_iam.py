"""The policies that `docs/iam.md` recommends: whole, in three steps, and of actions that exist."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from patchgui.ssm.operations import OPERATIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "iam.md"
NEIGHBOURS = {
    "ec2:DescribeInstances",
    "resource-groups:ListGroups",
    "resource-groups:ListGroupResources",
    "s3:GetObject",
    "logs:GetLogEvents",
}
# Permissions that no call of ours goes by: AWS asks for them behind a call.
BEHIND = {"iam:PassRole", "tag:GetResources"}
CHANGES = ("Add", "Cancel", "Create", "Delete", "Remove", "Send", "Update")


def policies() -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)]


def actions(policy: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for statement in policy["Statement"]:
        listed = statement["Action"]
        found |= {listed} if isinstance(listed, str) else set(listed)
    return found


def test_every_call_that_the_console_makes_is_allowed_and_nothing_else() -> None:
    allowed = set[str]().union(*map(actions, policies()))
    assert allowed == {f"ssm:{name}" for name in OPERATIONS} | NEIGHBOURS | BEHIND


def test_looking_changes_nothing() -> None:
    look, whole_output, *_ = policies()
    names = {action.partition(":")[2] for action in actions(look) | actions(whole_output)}
    assert not [name for name in names if name.startswith(CHANGES)]


def test_writing_hooks_is_left_to_those_who_administer() -> None:
    *before, administer = policies()
    documents = {"ssm:CreateDocument", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:DeleteDocument"}
    assert documents <= actions(administer)
    assert not documents & set[str]().union(*map(actions, before))


@pytest.mark.parametrize("action", sorted(NEIGHBOURS | {f"ssm:{name}" for name in OPERATIONS}))
def test_an_action_is_a_call_of_its_service(action: str) -> None:
    service, _, call = action.partition(":")
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    assert call in model.operation_names
