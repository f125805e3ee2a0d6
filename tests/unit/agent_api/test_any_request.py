"""Whatever is asked, the answer is an answer: never a bug, never a code that the service does not have."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchgui.ssm.operations import OPERATIONS
from tests.unit.agent_api.harness import WEB_1, Harness, open_harness

_MODEL = Loader().load_service_model("ssm", "service-2")
_CODES = {name for name, shape in _MODEL["shapes"].items() if shape.get("exception")} | {
    "AccessDeniedException",
    "SerializationException",
    "ValidationException",
}

_WORDS = st.sampled_from([
    "", "AWS-Noop", "AWS-RunShellScript", "Mine", "$LATEST", "$DEFAULT", "1", "7", "Command", "YAML", "JSON", "Owner",
    "Name", "Self", "tag:Role", "web", "InstanceIds", WEB_1.instance_id, "mi-0aaaaaaaaaaaaaaaa", "ManagedInstance",
    "Document", "commands", "PingStatus", "Online", "0" * 36, "10%", "Status", "Success", "DEBIAN", "State", "Missing",
    '{"schemaVersion": "2.2", "mainSteps": []}', "schemaVersion: '2.2'\n", "\x00", "ü", "x" * 200,
])  # fmt: skip
_SCALARS = st.none() | st.booleans() | st.integers(-5, 3_000_000) | st.floats(allow_nan=False) | st.text() | _WORDS


def value_of(shape: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Return values that mostly have the form of a shape of the service model."""
    described = _MODEL["shapes"][shape]
    if depth > 4:
        return _WORDS
    match described["type"]:
        case "structure":
            members = {name: value_of(each["shape"], depth + 1) for name, each in described["members"].items()}
            required = {name: members.pop(name) for name in described.get("required", [])}
            likely: st.SearchStrategy[Any] = st.fixed_dictionaries(required, optional=members)
        case "list":
            likely = st.lists(value_of(described["member"]["shape"], depth + 1), max_size=3)
        case "map":
            likely = st.dictionaries(_WORDS, value_of(described["value"]["shape"], depth + 1), max_size=2)
        case "integer" | "long":
            likely = st.integers(0, 60)
        case "boolean":
            likely = st.booleans()
        case _:
            likely = st.sampled_from(described["enum"]) if "enum" in described else _WORDS
    return st.one_of(likely, likely, likely, likely, _SCALARS)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_any_request_is_answered(operation: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    shape = _MODEL["operations"][operation]["input"]["shape"]
    folder: Path = tmp_path_factory.mktemp("state")
    with open_harness(folder) as agent:

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(members=value_of(shape))
        def ask(members: Any) -> None:
            asyncio.run(check(agent, operation, members))

        ask()


async def check(agent: Harness, operation: str, members: Any) -> None:
    """Send one request, and see that its answer is one of the service's."""
    body = members if isinstance(members, dict) else {"": members}
    answer = await agent.call(operation, **body)
    assert answer.status in {200, 400}, json.dumps(body)
    if answer.status == 400:
        assert answer.code in _CODES
