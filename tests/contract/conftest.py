"""One real agent for all contract tests that only ask; tests that break things start their own."""

from collections.abc import Iterator

import pytest

from tests.agent_process import AgentProcess


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """An agent with a sandbox, its three nodes online."""
    with AgentProcess(tmp_path_factory.mktemp("agent") / "state") as process:
        process.wait_online()
        yield process
