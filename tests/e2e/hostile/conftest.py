"""A real agent over real sandbox nodes, for documents that mean no good; one agent for all of them."""

from collections.abc import Iterator

import pytest

from tests.e2e.agent.conftest import AgentProcess


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """The agent; each test leaves its nodes idle."""
    agent = AgentProcess(tmp_path_factory.mktemp("hostile") / "state")
    yield agent
    if agent.process.poll() is None:
        agent.end()
