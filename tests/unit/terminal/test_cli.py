"""The grammar of the command line, and when it opens a window."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from patchgui import cli
from patchgui.terminal.arguments import build_parser


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "There is no display"),
        ({"DISPLAY": ""}, "There is no display"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ""),
        ({"QT_QPA_PLATFORM": "offscreen"}, ""),
        ({"DISPLAY": "far-away:0"}, ""),
        ({"DISPLAY": ":4711"}, "The display :4711 does not answer."),
    ],
)
def test_a_window_needs_a_display_that_answers(environment: dict[str, str], said: str) -> None:
    assert cli.why_no_display(environment, "linux").startswith(said)
    assert bool(cli.why_no_display(environment, "linux")) == bool(said)


def test_a_local_display_that_answers_is_used() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X4712")
        server.listen()
        assert cli.why_no_display({"DISPLAY": ":4712.0"}, "linux") == ""


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_have_a_display(platform: str) -> None:
    assert cli.why_no_display({}, platform) == ""


def test_where_may_be_said_before_or_after_the_command() -> None:
    for arguments in (["--state-dir", "x", "runs"], ["runs", "--state-dir", "x"]):
        assert build_parser().parse_args(arguments).state_dir == Path("x")


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--operation", "Scan"],
        ["run", "--all"],
        ["run", "--all", "--nodes", "a", "--operation", "Scan"],
        ["run", "--all", "--operation", "Destroy"],
        ["frobnicate"],
    ],
)
def test_what_is_not_understood_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: patchgui" in capsys.readouterr().err


_HELP = """
import sys
from patchgui.cli import main
try:
    main(["--help"])
except SystemExit:
    heavy = {"pydantic", "httpx", "PySide6", "botocore", "yaml", "asyncio"}
    print(heavy & set(sys.modules), file=sys.stderr)
"""


def test_help_costs_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", _HELP], capture_output=True, text=True, check=True)
    assert done.stderr == "set()\n"


def test_windows_are_listed_where_no_verb_is_given() -> None:
    options = build_parser().parse_args(["windows"])
    assert (options.verb, options.json) == ("list", False)
    assert build_parser().parse_args(["--local", "sandbox", "windows", "next", "--json"]).local == "sandbox"
    assert build_parser().parse_args(["windows", "show", "Nightly", "--state-dir", "x"]).state_dir == Path("x")


def test_the_way_back_to_a_run_names_its_connection() -> None:
    from patchgui.console.connection import SANDBOX, THIS_MACHINE, aws_connection
    from patchgui.terminal.running import where_words

    assert where_words(SANDBOX) == ""
    assert where_words(THIS_MACHINE) == " --local this-machine"
    far = aws_connection(profile="my prod", region="eu-central-1", endpoint_url="http://127.0.0.1:1")
    assert where_words(far) == " --profile 'my prod' --region eu-central-1 --endpoint-url http://127.0.0.1:1"
