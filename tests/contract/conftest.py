"""One real agent, fleet and moto server for all contract tests that only ask; who breaks things starts an own one."""

import logging
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from tests.agent_process import AgentProcess
from tests.contract.servers import AGENT, FLEET, Boto3Caller, Caller, OurCaller, Server
from tests.contract.servers import agent_server as as_server
from tests.contract.servers import fleet_server as serve_fleet
from tests.contract.servers import moto_server as moto_as_server


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


@pytest.fixture(scope="session")
def fleet() -> Iterator[Server]:
    """A simulated fleet whose commands are over in a moment."""
    with serve_fleet() as server:
        yield server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """The server that a test was parametrized with by `on_servers`."""
    match request.param:
        case name if name == AGENT:
            return as_server(request.getfixturevalue("agent"))
        case name if name == FLEET:
            found: Server = request.getfixturevalue("fleet")
            return found
        case _:
            return moto_as_server(request.getfixturevalue("moto_url"))


@pytest.fixture(params=[Boto3Caller, OurCaller], ids=["boto3", "ours"])
def caller(request: pytest.FixtureRequest, server: Server) -> Iterator[Caller]:
    """A client of that server: boto3, then our own."""
    made: Boto3Caller | OurCaller = request.param(server)
    yield made
    made.close()
