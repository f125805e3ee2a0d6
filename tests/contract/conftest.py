"""One real agent and one moto server for all contract tests that only ask; who breaks things starts an own one."""

import logging
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from tests.agent_process import AgentProcess


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """An agent with a sandbox, its three nodes online."""
    with AgentProcess(tmp_path_factory.mktemp("agent") / "state") as process:
        process.wait_online()
        yield process


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """The address of a service that somebody else wrote."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
