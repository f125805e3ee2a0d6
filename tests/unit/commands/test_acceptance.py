from typing import Any

import pytest

from patchgui.agent.commands.acceptance import execution_timeout_s


def shell(timeout: Any = None) -> dict[str, Any]:
    inputs = {"runCommand": ["true"]} if timeout is None else {"runCommand": ["true"], "timeoutSeconds": timeout}
    return {"name": "step", "action": "aws:runShellScript", "inputs": inputs}


@pytest.mark.parametrize(
    ("steps", "limit_s"),
    [
        pytest.param([shell()], 3600, id="unless a step says otherwise"),
        pytest.param([shell("60")], 60, id="what a step says"),
        pytest.param([shell(60.9)], 60, id="a number, cut"),
        pytest.param([shell("60"), shell()], 3660, id="the sum of all steps"),
        pytest.param([shell("4"), shell("172801"), shell("soon")], 3 * 3600, id="what an agent does not take"),
        pytest.param([shell("{{ executionTimeout }}")], 120, id="a parameter"),
    ],
)
def test_the_time_of_a_document_is_that_of_its_steps(steps: list[dict[str, Any]], limit_s: float) -> None:
    content = {"parameters": {"executionTimeout": {"type": "String", "default": "120"}}, "mainSteps": steps}

    assert execution_timeout_s(content, {}) == limit_s


@pytest.mark.parametrize("many", [False, True])
def test_documents_of_schema_1_say_it_in_their_properties(many: bool) -> None:
    properties = {"timeoutSeconds": "{{ executionTimeout }}"}
    content = {"runtimeConfig": {"aws:runShellScript": {"properties": [properties] if many else properties}}}

    assert execution_timeout_s(content, {"executionTimeout": "90"}) == 90
