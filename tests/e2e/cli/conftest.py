"""The command line as a person or a script uses it: real processes, the embedded agent, real sandbox nodes."""

import asyncio
import configparser
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from patchgui.local_agent import read_door, stop_agent

PATCHGUI = (sys.executable, "-m", "patchgui")


class CommandLine:
    """``patchgui`` on a state folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment without a display."""
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
        return {key: value for key, value in os.environ.items() if key not in hidden} | {"PYTHONUTF8": "1"} | more

    def argv(self, *arguments: str) -> list[str]:
        return [*PATCHGUI, "--state-dir", str(self.state), *arguments]

    def __call__(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.argv(*arguments), capture_output=True, text=True, timeout=100, env=self.environment(), check=False
        )

    def json(self, *arguments: str) -> tuple[int, Any]:
        done = self(*arguments, "--json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def create(self, name: str, *lines: str) -> None:
        """Make a hook document of one script."""
        step = {"name": "hook", "action": "aws:runShellScript", "inputs": {"runCommand": list(lines)}}
        content = json.dumps({"schemaVersion": "2.2", "description": name, "mainSteps": [step]})
        self.ssm().create_document(Name=name, Content=content, DocumentType="Command")

    def ssm(self) -> Any:
        door = read_door(self.state)
        assert door is not None
        keys = configparser.ConfigParser()
        keys.read(door.credentials_file)
        return boto3.client(
            "ssm",
            endpoint_url=door.endpoint_url,
            region_name=door.region,
            aws_access_key_id=keys[door.profile]["aws_access_key_id"],
            aws_secret_access_key=keys[door.profile]["aws_secret_access_key"],
        )


@pytest.fixture(scope="module")
def patchgui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """The command line with an agent that is up; the agent ends with the module."""
    state = tmp_path_factory.mktemp("cli") / "agent"
    line = CommandLine(state)
    try:
        assert line("runs").returncode == 0
        yield line
    finally:
        asyncio.run(stop_agent(state))
