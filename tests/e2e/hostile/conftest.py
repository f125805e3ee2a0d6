"""A real agent over real sandbox nodes, for documents that mean no good; one agent for all of them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.e2e.agent.conftest import AgentProcess

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Have one worker run them all, one after the other: two of them at a time would fight for the machine."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("hostile"))


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """The agent; each test leaves its nodes idle."""
    agent = AgentProcess(tmp_path_factory.mktemp("hostile") / "state")
    yield agent
    if agent.process.poll() is None:
        agent.end()
