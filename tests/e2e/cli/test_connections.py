"""``patchgui connections`` and ``--connection``, as processes: a list set up before, real profiles, a real agent."""

import dataclasses
import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from patchgui.console.connection import ConnectionColour, aws_connection
from patchgui.console.connection_file import ConnectionFile
from tests.agent_process import AgentProcess
from tests.contract.credential_servers import RIGHT_CODE, serve, sts

_WAIT_S = 60


class Home:
    """A home with the AWS tools' configuration and a list of connections."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".aws").mkdir()
        self.file = ConnectionFile(folder / "config" / "patchgui" / "connections.json")
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
        inherited = {k: v for k, v in os.environ.items() if k not in hidden and not k.startswith("AWS_")}
        self.environment: Mapping[str, str] = inherited | {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONUTF8": "1",
        }

    def config(self, text: str) -> None:
        (self.folder / ".aws" / "config").write_text(text)

    def run(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "patchgui", *arguments],
            capture_output=True,
            text=True,
            timeout=_WAIT_S,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def json(self, *arguments: str, **more: str) -> tuple[int, Any]:
        done = self.run(*arguments, "--json", **more)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    with AgentProcess(tmp_path_factory.mktemp("agent") / "state") as process:
        process.wait_online()
        yield process


def keys_of(agent: AgentProcess) -> dict[str, str]:
    text = Path(agent.ready["credentials_file"]).read_text(encoding="ascii")
    return dict(line.split(" = ") for line in text.splitlines() if " = " in line)


def with_agent(home: Home, agent: AgentProcess, profile: str = "agent") -> None:
    """Set a connection up that leads to the agent, with its keys under a profile."""
    keys = "".join(f"{name} = {value}\n" for name, value in keys_of(agent).items())
    (home.folder / ".aws" / "credentials").write_text(f"[agent]\n{keys}")
    connection = aws_connection(
        label="Lab", profile=profile, region="local", endpoint_url=agent.ready["endpoint_url"],
        colour=ConnectionColour.VIOLET,
    )  # fmt: skip
    home.file.add(connection)


def test_the_list_names_what_is_always_there_and_what_was_set_up(home: Home) -> None:
    home.config("[profile gov]\nsso_start_url = https://corp\nsso_account_id = 1\nsso_role_name = r\n")
    home.file.add(aws_connection(label="Gov", profile="gov", region="us-gov-west-1", is_guarded=True))
    status, told = home.json("connections")
    assert status == 0
    assert [each["label"] for each in told] == ["This machine · sandbox", "This machine", "Gov"]
    assert told[2] == {
        "label": "Gov",
        "kind": "aws",
        "profile": "gov",
        "credentials": "single sign-on",
        "region": "us-gov-west-1",
        "endpoint_url": None,
        "colour": "blue",
        "guarded": True,
    }
    assert "Gov" in home.run("connections").stdout


def test_a_connection_is_tried_and_runs_are_listed_on_it(home: Home, agent: AgentProcess) -> None:
    with_agent(home, agent)
    status, (told,) = home.json("connections", "test", "lab")
    assert (status, told["works"], told["error"]) == (0, True, "")
    assert told["arn"].startswith("arn:aws:iam::000000000000:")
    assert told["latency_ms"] > 0
    assert home.json("runs", "--connection", "LAB") == (0, [])


def test_a_run_takes_place_on_the_connection_that_was_named(home: Home, agent: AgentProcess) -> None:
    with_agent(home, agent)
    status, told = home.json("run", "--connection", "Lab", "--nodes", "db-1", "--operation", "Scan")
    assert (status, told["status"]) == (0, "Success")
    command = agent.boto3_client().list_commands(CommandId=told["command_ids"][0])["Commands"][0]
    assert command["Comment"]


def test_what_keeps_a_connection_from_working_is_said_with_its_command(home: Home) -> None:
    home.config("[profile gov]\nsso_start_url = https://corp\nsso_region = us-east-1\n"
                "sso_account_id = 1\nsso_role_name = r\n")  # fmt: skip
    home.file.add(aws_connection(label="Gov", profile="gov", region="us-gov-west-1"))
    status, (told,) = home.json("connections", "test")
    assert status == 1
    assert (told["works"], told["command"]) == (False, "aws sso login --profile gov")
    said = home.run("connections", "test").stdout
    assert "aws sso login --profile gov" in said


def test_a_connection_that_there_is_none_of_is_refused_with_those_that_there_are(home: Home) -> None:
    home.file.add(aws_connection(label="Gov", region="us-gov-west-1"))
    done = home.run("runs", "--connection", "Gof")
    assert done.returncode == 2
    assert "There is no connection “Gof”." in done.stderr
    assert "Gov" in done.stderr


def test_a_profile_is_tried_without_being_set_up(home: Home, agent: AgentProcess) -> None:
    with_agent(home, agent)
    url = agent.ready["endpoint_url"]
    status, (told,) = home.json("connections", "test", "--profile", "agent", "--region", "local", "--endpoint-url", url)
    assert (status, told["works"], told["label"]) == (0, True, "Lab"), "it wears what was set up for this very place"


MFA = (
    "[profile agent-role]\nrole_arn = arn:aws:iam::123456789012:role/patching\nsource_profile = agent\n"
    "mfa_serial = arn:aws:iam::123456789012:mfa/jo\nregion = eu-central-1\n"
)


def test_without_a_terminal_a_profile_with_mfa_says_so_at_once(home: Home, agent: AgentProcess) -> None:
    home.config(MFA)
    with_agent(home, agent, "agent-role")
    done = home.run("runs", "--connection", "Lab")
    assert done.returncode == 2
    assert "asks for an MFA code, and there is no terminal to enter it." in done.stderr


def test_on_a_terminal_the_code_is_asked_for_and_not_shown(home: Home) -> None:
    home.config(MFA)
    (home.folder / ".aws" / "credentials").write_text("[agent]\naws_access_key_id = AK\naws_secret_access_key = s\n")
    moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    # moto takes any code: it stands for Systems Manager here, and a stricter server for STS.
    home.file.add(
        aws_connection(label="Lab", profile="agent-role", region="eu-central-1", endpoint_url=f"http://{host}:{port}")
    )
    try:
        with serve(sts()) as asked:
            said = _type(home, ["111111", RIGHT_CODE], AWS_ENDPOINT_URL_STS=asked.url)
    finally:
        moto.stop()
    assert "MFA code of arn:aws:iam::123456789012:mfa/jo for the profile agent-role" in said
    assert "That code was not accepted." in said
    assert "No run yet" in said
    assert RIGHT_CODE not in said
    assert asked.codes == ["111111", RIGHT_CODE]


def test_ctrl_c_in_the_middle_of_the_question_leaves_the_terminal_as_it_was(home: Home) -> None:
    home.config(MFA)
    (home.folder / ".aws" / "credentials").write_text("[agent]\naws_access_key_id = AK\naws_secret_access_key = s\n")
    home.file.add(aws_connection(label="Lab", profile="agent-role", region="eu-central-1"))
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    process = _on_terminal(home, slave)
    said = ""
    while "MFA code of" not in said:
        said += os.read(master, 4096).decode()
    while termios.tcgetattr(slave)[3] & termios.ECHO:
        os.sched_yield()
    os.write(master, b"\x03")
    status = process.wait(_WAIT_S)
    after = termios.tcgetattr(slave)
    os.close(slave)
    os.close(master)
    assert status == 130
    assert after == before


def test_a_guarded_connection_is_named_once_more_before_an_install(home: Home, agent: AgentProcess) -> None:
    with_agent(home, agent)
    (kept,) = home.file.read().connections
    home.file.replace(kept.id, dataclasses.replace(kept, is_guarded=True))
    install = ("run", "--connection", "Lab", "--nodes", "db-1", "--operation", "Install", "--reboot", "NoReboot")
    count = len(agent.boto3_client().list_commands()["Commands"])
    for more in ((), ("--confirm", "Lap")):
        done = home.run(*install, *more)
        assert done.returncode == 2
        assert "“Lab” is guarded, and its name was not given. Nothing was started." in done.stderr
    assert len(agent.boto3_client().list_commands()["Commands"]) == count
    assert home.run(*install, "--confirm", "lab").returncode == 0


def test_without_a_display_nothing_is_run_on_a_connection_that_was_named(home: Home) -> None:
    home.file.add(aws_connection(label="Gov", region="us-gov-west-1"))
    for arguments in (("--connection", "Gov"), ("--profile", "x"), ("--local", "this-machine")):
        done = home.run(*arguments)
        assert done.returncode == 2
        assert "There is no display" in done.stderr
        assert "patchgui run --help" in done.stderr


def _on_terminal(home: Home, slave: int, **more: str) -> "subprocess.Popen[bytes]":
    """Start ``patchgui runs`` on a terminal of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "patchgui", "runs", "--connection", "Lab"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**home.environment, **more},
        start_new_session=True,
        preexec_fn=_own_terminal,  # noqa: PLW1509 - no thread runs here, and Popen has no other way to a terminal
    )


def _type(home: Home, codes: list[str], **more: str) -> str:
    """Run ``patchgui runs`` on a terminal of its own, enter each code when asked, and return what was on screen."""
    master, slave = pty.openpty()
    process = _on_terminal(home, slave, **more)
    os.close(slave)
    said = ""
    left = list(codes)
    try:
        while True:
            try:
                data = os.read(master, 4096)
            except OSError:
                break
            if not data:
                break
            said += data.decode(errors="replace")
            if (
                left
                and said.rstrip().endswith("profile agent-role:")
                and said.count("MFA code of") > len(codes) - len(left)
            ):
                os.write(master, f"{left.pop(0)}\n".encode())
    finally:
        process.wait(_WAIT_S)
        os.close(master)
    assert process.returncode == 0, said
    return said


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
