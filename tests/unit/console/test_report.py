"""Reports: what they tell, that nothing in them can harm, and that they need nothing from anywhere."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console.report import contents, pictures
from patchgui.console.report.contents import RunReport, read_report
from patchgui.console.report.export import Form, export, text_of
from patchgui.console.report.members import LIST_SCHEMA, archived_members, report_members
from patchgui.console.report.page import html_page
from patchgui.console.report.table import COLUMNS, csv_text
from patchgui.console.rows import StepOutput
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress
from patchgui.ssm.errors import StoreFull
from tests.unit.console.report_scene import START, Scene, node

EVIL = '<script>alert("&")</script>\'"><img src=//evil.example/x>'
DOCS = Path(__file__).parents[3] / "docs" / "json.md"


def report_of(scene: Scene) -> RunReport:
    return asyncio.run(read_report(scene, "run-1"))


class Page(HTMLParser):
    """What a browser would find: tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


# -- the page --------------------------------------------------------------------------------------------------------


def test_the_page_tells_who_what_when_and_why_it_failed() -> None:
    text = Page(html_page(report_of(Scene(comment="Change 4711")))).text
    for words in (
        *("Patch now, 3 nodes", "1 of 3 nodes did not succeed.", "Production", "user/jo", "Change 4711"),
        *("After install failed", "curl: (28) Connection timed out", "Update-App:3", "Debian GNU/Linux 12"),
        *("Updating the storefront", "15 → 5", "Scan done on web-1"),
    ):
        assert words in text


def test_many_commands_fold_up_and_few_do_not() -> None:
    report = report_of(Scene())
    few = Page(html_page(report))
    ids = tuple(f"command-{number}" for number in range(40))
    summary = replace(report.run.summary, command_ids=ids)
    many = Page(html_page(replace(report, run=replace(report.run, summary=summary))))
    assert ("details", {"class": "commands"}) not in few.tags
    assert report.run.summary.command_ids[0] in few.text
    assert ("details", {"class": "commands"}) in many.tags
    assert "40 commands" in many.text
    assert "command-39" in many.text


def test_states_of_a_phase_stand_in_the_order_of_the_window() -> None:
    text = Page(html_page(report_of(Scene()))).text
    phases = text[text.index("After install") :]
    assert phases.index("2 success") < phases.index("1 failed")


def test_a_known_cause_is_told_with_what_to_do_next() -> None:
    output = StepOutput("", "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 41 (apt)\n")
    texts = {(node(2).instance_id, "Stepafter_install"): output}
    report = report_of(Scene(texts=texts))
    (group,) = report.failures
    assert group.cause is not None
    text = Page(html_page(report)).text
    assert group.cause.title in text
    assert group.cause.next in text


def test_nothing_that_a_node_says_becomes_a_part_of_the_page() -> None:
    nodes = (node(1, name=EVIL), node(2, fails_in=Phase.AFTER_INSTALL, name=EVIL))
    texts = {(node(2).instance_id, "Stepafter_install"): StepOutput(EVIL, EVIL, note=EVIL)}
    page = Page(html_page(report_of(Scene(nodes=nodes, texts=texts, title=EVIL, comment=EVIL))))
    assert {"script", "img"}.isdisjoint(tag for tag, _ in page.tags)
    assert EVIL in page.text


def test_the_page_refers_to_nothing_outside_of_itself() -> None:
    written = html_page(report_of(Scene()))
    references = {"src", "href", "data", "action", "poster", "srcset", "background", "ping"}
    for tag, attributes in Page(written).tags:
        for name in references & attributes.keys():
            assert (tag, attributes[name]) == ("link", "data:,")
    assert set(re.findall(r"url\(([^)]*)\)", written)) <= {"#away"}
    assert "@import" not in written
    (policy,) = [a["content"] for tag, a in Page(written).tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_output_is_told_as_a_person_saw_it() -> None:
    output = StepOutput("\x1b[31mred\x1b[0m\r\n 10%\r 50%\r100%\n\x07bell\x00\n", "")
    report = report_of(Scene(texts={(node(1).instance_id, "Stepscan"): output}))
    assert "red\n100%\nbell" in Page(html_page(report)).text


def test_a_large_run_is_told_by_counts_over_time_and_by_the_outputs_of_what_failed() -> None:
    nodes = tuple(node(number, fails_in=Phase.AFTER_INSTALL if number % 50 == 0 else None) for number in range(300))
    report = report_of(Scene(nodes=nodes))
    assert {step for _, step in report.outputs} == {"Stepafter_install"}
    page = Page(html_page(report))
    assert sum(tag == "polygon" for tag, _ in page.tags) == len(report.view.pipeline.phases)
    assert "Output · of steps that failed" in " ".join(page.text.split())
    assert "web-299" in page.text


def test_output_without_end_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MOST_CHARS", 60)
    report = report_of(Scene())
    assert report.left_out > 0
    assert f"{report.left_out} outputs left out" in Page(html_page(report)).text


# -- the timeline ----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([None, *Phase])), min_size=1, max_size=20))
def test_every_bar_lies_on_the_axis_and_bars_follow_each_other(nodes: list[tuple[int, Phase | None]]) -> None:
    found = tuple(
        node(number, fails_in=fails_in if fails_in is not Phase.STEPS else None) for number, fails_in in nodes
    )
    drawn = pictures.timeline(asyncio.run(Scene(nodes=found).open("run-1")))
    assert drawn is not None
    assert len(drawn.rows) == len(found)
    for row in drawn.rows:
        ends = 0.0
        for bar in row.bars:
            assert ends - 0.01 <= bar.x <= pictures.WIDTH
            assert bar.x + bar.width <= pictures.WIDTH + 2.1
            ends = bar.x + bar.width
    assert all(-0.01 <= mark.x <= pictures.WIDTH + 0.01 for mark in drawn.marks)


def test_a_run_on_which_nothing_ran_has_no_timeline() -> None:
    view = asyncio.run(Scene(nodes=(replace(node(1), phases=()),)).open("run-1"))
    assert pictures.timeline(view) is None
    assert "<svg" not in html_page(report_of(Scene(nodes=(replace(node(1), phases=()),))))


# -- CSV -------------------------------------------------------------------------------------------------------------


def lines_of(nodes: tuple[NodeProgress, ...]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(report_of(Scene(nodes=nodes))), newline="")))


def test_the_table_has_a_line_for_each_phase_of_each_node() -> None:
    lines = lines_of((node(1), node(2, fails_in=Phase.AFTER_INSTALL)))
    assert len(lines) == 12
    (failed,) = [line for line in lines if line["state"] == "failed"]
    assert (failed["name"], failed["phase"], failed["exit_code"], failed["document"]) == (
        *("web-2", "after_install", "4"),
        "Update-App:3",
    )
    assert failed["seconds"] == "13.000"
    assert failed["started_at"] == (START + timedelta(seconds=25)).isoformat(timespec="milliseconds")


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx"])
def test_no_word_becomes_a_formula(name: str) -> None:
    assert {line["name"] for line in lines_of((node(1, name=name),))} == {f"'{name}"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_every_name_comes_back_from_the_table(name: str) -> None:
    (found,) = {line["name"] for line in lines_of((node(1, name=name),))}
    assert found.removeprefix("'") == name.removeprefix("'")


def test_a_node_on_which_nothing_ran_has_a_line() -> None:
    (line,) = lines_of((replace(node(1), phases=(), headline="Undeliverable"),))
    assert (line["name"], line["phase"], line["reason"]) == ("web-1", "", "Undeliverable")
    assert tuple(line) == COLUMNS


# -- JSON ------------------------------------------------------------------------------------------------------------


def test_the_json_has_every_node_phase_step_output_and_patch_state() -> None:
    told = json.loads(text_of(report_of(Scene()), Form.JSON))
    assert (told["schema"], told["status"], told["counts"]["failed"]) == ("patchgui.run/1", "Failed", 1)
    assert [each["name"] for each in told["nodes"]] == ["web-1", "web-2", "web-3"]
    (failure,) = told["failures"]
    assert (failure["phase"], failure["line"]) == ("after_install", "curl: (28) Connection timed out")
    assert told["patch_states"][0]["before"]["missing"] == 5
    (output,) = [each for each in told["outputs"] if each["stdout"] == "Scan done on web-1\n"]
    assert (output["step"], output["instance_id"]) == ("Stepscan", node(1).instance_id)


def test_every_member_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", DOCS.read_text(encoding="utf-8")))
    report = report_of(Scene())
    assert _keys(report_members(report)) | _keys(archived_members(report.run)) <= described
    assert f"`{LIST_SCHEMA}`" in DOCS.read_text(encoding="utf-8")


def _keys(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return {*value, *(key for each in value.values() for key in _keys(each))}
    if isinstance(value, list):
        return {key for each in value for key in _keys(each)}
    return set()


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.anyio
@pytest.mark.parametrize("form", Form)
async def test_a_report_is_written_whole_under_a_name_of_its_own(tmp_path: Path, form: Form) -> None:
    written = await export(Scene(), "8f14e45f-ceea", form, tmp_path)
    assert written == tmp_path / f"patch-run-8f14e45f-ceea.{form}"
    assert len(written.read_bytes()) > 500


@pytest.mark.anyio
async def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreFull, match="cannot be written"):
        await export(Scene(), "run-1", Form.CSV, tmp_path / "file" / "report.csv")
