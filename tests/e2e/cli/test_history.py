"""``patchgui history`` on runs that really took place, with the agent gone: the archive alone answers."""

import asyncio
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from patchgui.local_agent import stop_agent
from tests.e2e.cli.conftest import CommandLine

pytestmark = pytest.mark.xdist_group("cli")
DESCRIBED = Path(__file__).parents[3] / "docs" / "json.md"


@pytest.fixture(scope="module")
def runs(patchgui: CommandLine) -> tuple[str, str]:
    """A run that failed on one of two nodes, and the one that tried again and succeeded."""
    patchgui("reset")
    patchgui.create(
        "History-Fails", 'test "$(hostname)" != web-2 || { echo "no licence for $(hostname)" >&2; exit 4; }'
    )
    patchgui.create("History-Works", "echo all is well")
    ids = []
    for hook in ("History-Fails", "History-Works"):
        nodes = ("--nodes", "web-1,web-2", "--operation", "Install", "--reboot", "NoReboot")
        _, told = patchgui.json("run", *nodes, "--on-exit", hook)
        ids.append(told["run_id"])
    return ids[0], ids[1]


def test_runs_are_found_by_what_their_nodes_wrote(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    code, page = patchgui.json("history", "list", '"no licence for"', "status:failed")
    assert code == 0
    (found,) = page["runs"]
    assert (found["run_id"], found["failed_phase"], found["failed_count"]) == (runs[0], "on_exit", 1)
    assert (found["found"]["node"], found["origin"]["launched"]) == ("web-2", "terminal")
    assert "no licence for web-2" in found["found"]["snippet"]
    printed = patchgui("history", "list", "licence").stdout
    assert runs[0] in printed
    assert "no licence for web-2" in printed
    assert "No archived run matches." in patchgui("history", "list", "nobodyeverwrotethis").stdout


def test_pages_of_the_list_join(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    _, first = patchgui.json("history", "list", "--limit", "1")
    _, second = patchgui.json("history", "list", "--limit", "1", "--after", first["cursor"])
    assert [first["runs"][0]["run_id"], second["runs"][0]["run_id"]] == [runs[1], runs[0]]


def test_a_run_is_shown_with_the_cause_of_its_failure(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    printed = patchgui("history", "show", runs[0]).stdout
    assert "✗ 1 node: On exit failed" in printed
    assert "no licence for web-2" in printed
    assert "History-Fails" in printed
    _, told = patchgui.json("history", "show", runs[0])
    assert (told["schema"], told["is_whole"], told["counts"]["failed"]) == ("patchgui.run/1", True, 1)
    outputs = {(each["instance_id"], each["step"]): each["stderr"] for each in told["outputs"]}
    assert any("no licence for web-2" in stderr for stderr in outputs.values())


def test_runs_are_exported_in_every_form(patchgui: CommandLine, runs: tuple[str, str], tmp_path: Path) -> None:
    page = tmp_path / "run.html"
    assert patchgui("history", "export", runs[0], "--to", str(page)).stdout == f"{page}\n"
    assert "no licence for web-2" in page.read_text(encoding="utf-8")
    table = patchgui("history", "export", *runs, "--form", "csv", "--to", "-").stdout
    lines = list(csv.DictReader(io.StringIO(table)))
    assert {line["run_id"] for line in lines} >= set(runs)
    written = patchgui("history", "export", *runs, "--form", "json", "--to", str(tmp_path)).stdout.split()
    assert [json.loads(Path(each).read_text(encoding="utf-8"))["run_id"] for each in written] == list(runs)
    refused = patchgui("history", "export", *runs, "--to", str(page))
    assert (refused.returncode, "is no folder" in refused.stderr) == (2, True)


def test_two_runs_are_compared(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    printed = patchgui("history", "compare", *runs).stdout
    assert "1 better" in printed
    assert re.search(r"better +web-2 +First: On exit failed: exit 4\. Second: success\.", printed)
    _, told = patchgui.json("history", "compare", *runs)
    (better,) = [each for each in told["nodes"] if each["change"] == "better"]
    assert better["name"] == "web-2"
    described = set(re.findall(r"`(\w+)`", DESCRIBED.read_text(encoding="utf-8")))
    assert {*told, *told["nodes"][0], *told["phases"][0], *told["facts"][0]} <= described


def test_the_archive_answers_without_an_agent(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    asyncio.run(stop_agent(patchgui.state))
    _, told = patchgui.json("history", "show", runs[1])
    assert told["status"] == "Success"


def test_a_run_that_is_not_there_is_refused(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    refused: Any = patchgui("history", "show", "run-of-nobody")
    assert refused.returncode == 2
    assert "run-of-nobody" in refused.stderr


def test_what_the_endpoint_remembers_is_imported(patchgui: CommandLine, runs: tuple[str, str]) -> None:
    for file in patchgui.state.glob("archive.db*"):
        file.unlink()
    assert patchgui("history", "show", runs[0]).returncode == 2
    assert patchgui.json("history", "import") == (0, {"imported": 2})
    assert "no licence for web-2" in json.dumps(patchgui.json("history", "show", runs[0])[1]["outputs"])
    assert patchgui.json("history", "import") == (0, {"imported": 0})
