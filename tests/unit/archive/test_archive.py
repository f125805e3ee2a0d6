"""A run in the archive comes back as it was, and is found by what is known of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from patchgui.console import summaries
from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import ArchivedCommand, HistoryQuery, PatchCounts, PatchStateChange
from patchgui.console.archive.query import parse
from patchgui.console.rows import StepOutput
from patchgui.patching.phases import Phase
from patchgui.patching.progress import PhaseState
from patchgui.ssm.errors import NotFound
from tests.unit.archive.kept import BAD, NOON, OK, PIPELINE, RUN, SKIP, a_run, keep, node

pytestmark = pytest.mark.anyio
WEB_1 = node("mi-1", "web-1")
WEB_2 = node("mi-2", "web-2", (OK, OK, BAD, SKIP), NOON + timedelta(seconds=3, microseconds=17))


async def found(archive: Archive, line: str) -> list[str]:
    return [run.run_id for run in (await archive.search(parse(line, NOON))).runs]


async def test_a_run_comes_back_as_it_was_after_the_program_was_started_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "archive.db"
    async with Archive(path) as archive:
        await keep(archive, a_run(), WEB_2, WEB_1, headline="1 of 2 nodes did not succeed.")
    async with Archive(path) as archive:
        view = await archive.open("run-1")
        run = await archive.run("run-1")
        assert await archive.plan("run-1") == '{"plan": 1}'
        assert await archive.commands("run-1") == (ArchivedCommand("command-of-run-1"),)
    assert tuple(view.nodes) == (WEB_1, WEB_2)
    assert view.counts == summaries.count([WEB_1, WEB_2], PIPELINE)
    assert view.pipeline == PIPELINE
    assert view.platforms == {"mi-1": "Debian 12"}
    assert view.summary == run.summary
    began = a_run()
    assert run == replace(
        began,
        summary=replace(
            began.summary, status="Failed", ended_at=NOON + timedelta(minutes=5), completed_count=2, error_count=1
        ),
        headline="1 of 2 nodes did not succeed.",
        failed_phase=Phase.INSTALL,
        failed_count=1,
    )


async def test_a_node_that_was_cancelled_did_not_fail_in_the_list_either(tmp_path: Path) -> None:
    stop = PhaseState.CANCELLED
    stopped = replace(node("mi-3", "web-3", (stop, stop, stop, stop)), status="Cancelled", is_final=True)
    async with Archive(tmp_path / "archive.db") as archive:
        await keep(archive, a_run(), WEB_2, WEB_1, stopped)
        run = await archive.run("run-1")
    assert (run.summary.error_count, run.failed_count, run.summary.node_count) == (1, 2, 3)


async def test_a_node_that_still_moves_is_seen_as_it_was_seen_last(tmp_path: Path) -> None:
    moving = node("mi-1", "web-1", (OK, RUN, PhaseState.WAITING, PhaseState.WAITING))
    async with Archive(tmp_path / "archive.db") as archive:
        await archive.begin(a_run(), pipeline=PIPELINE)
        await archive.take("run-1", [moving])
        view = await archive.open("run-1")
        assert list(view.nodes) == [moving]
        assert view.counts == summaries.count([moving], PIPELINE)
        await archive.take("run-1", [WEB_1])
        assert list((await archive.open("run-1")).nodes) == [WEB_1]


async def test_a_node_that_is_named_later_is_one_node_still(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        await archive.begin(a_run(), pipeline=PIPELINE)
        await archive.take("run-1", [replace(WEB_1, name="mi-1")])
        await archive.take_output("run-1", "mi-1", "scanStep", StepOutput("early"))
        await archive.take("run-1", [WEB_1])
        assert list((await archive.open("run-1")).nodes) == [WEB_1]
        assert (await archive.output("run-1", "mi-1", "scanStep")).stdout == "early"


async def test_an_end_stays_when_the_run_is_told_of_again(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        await keep(archive, a_run(), WEB_1)
        before = await archive.run("run-1")
        await archive.begin(a_run())
        assert await archive.run("run-1") == before
        assert await archive.plan("run-1") == '{"plan": 1}'
        assert (await archive.open("run-1")).pipeline == PIPELINE
        assert await found(archive, "status:success") == ["run-1"]
        await archive.seal("run-1")
        assert (await archive.run("run-1")).is_whole


async def test_what_a_step_wrote_comes_back_letter_by_letter(tmp_path: Path) -> None:
    out = StepOutput("Reading package lists…\n" * 40 + "é\x1b[31m\ud800\n", "E: no lock\n", True, True, "Cut by SSM.")
    async with Archive(tmp_path / "archive.db") as archive:
        await keep(archive, a_run(), WEB_1, WEB_2)
        await archive.take_output("run-1", "mi-1", "installStep", StepOutput("Reading"))
        await archive.take_output("run-1", "mi-1", "installStep", out)
        await archive.take_output("run-1", "mi-2", "installStep", replace(out, stdout=out.stdout + "and more"))
        await archive.take_output("run-1", "mi-1", "installStep", StepOutput("too late"))
        assert await archive.output("run-1", "mi-1", "installStep") == out
        every = [each async for each in archive.outputs("run-1")]
        assert [(each[0], each[1], len(each[2].stdout)) for each in every] == [
            ("mi-1", "installStep", len(out.stdout)),
            ("mi-2", "installStep", len(out.stdout) + 8),
        ]
        with pytest.raises(NotFound, match="no output of step scanStep on mi-1"):
            await archive.output("run-1", "mi-1", "scanStep")


async def test_patch_states_keep_both_sides_whenever_they_are_told(tmp_path: Path) -> None:
    before = PatchCounts(missing=7, security_missing=2, installed=90, at=NOON)
    after = PatchCounts(missing=0, security_missing=0, installed=97, installed_pending_reboot=1, failed=0)
    async with Archive(tmp_path / "archive.db") as archive:
        await keep(archive, a_run(), WEB_1)
        await archive.take_patch_states("run-1", [PatchStateChange("mi-1", before, None, "pb-1")])
        await archive.take_patch_states("run-1", [PatchStateChange("mi-1", None, after, "", "snapshot-1")])
        assert await archive.patch_states("run-1") == (PatchStateChange("mi-1", before, after, "pb-1", "snapshot-1"),)


async def test_runs_are_found_by_everything_that_is_known_of_them(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        await keep(archive, a_run("old", NOON - timedelta(days=9)), WEB_1)
        await keep(archive, a_run("new"), WEB_1, WEB_2)
        words = StepOutput("Setting up openssl (3.0.2-0ubuntu1.12)\n", "E: /var/lib/dpkg/lock-frontend\n", True)
        await archive.take_output("new", "mi-2", "installStep", words)
        assert await found(archive, "") == ["new", "old"]
        for line in (
            "openssl-3.0.2",
            "openss",
            '"Setting up openssl"',
            "/var/lib/dpkg/lock",
            "web-2",
            "eb-2",
            "status:failed",
            "phase:install",
            "node:mi-2",
            "since:7d",
            "unable openssl patchingdemo",
            "status:failed openssl connection:production by:ALICE doc:hooks",
        ):
            assert await found(archive, line) == ["new"], line
        for line in ("until:7d", "status:success", "since:2026-11-01 until:2026-11-20"):
            assert await found(archive, line) == ["old"], line
        for line in ('"up Setting"', "openssl-3.0.3", "node:db", "phase:reboot", "connection:other", "lock web-1 zzz"):
            assert await found(archive, line) == [], line


async def test_a_hit_says_where_it_is(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        await keep(archive, a_run(), WEB_1, WEB_2)
        await archive.take_output("run-1", "mi-2", "installStep", StepOutput("a\nSetting up openssl (3.0.2)\nb\n"))
        (run,) = (await archive.search(HistoryQuery("openssl-3.0"))).runs
        assert run.hit is not None
        assert (run.hit.snippet, run.hit.instance_id, run.hit.node, run.hit.step) == (
            "Setting up openssl (3.0.2)",
            "mi-2",
            "web-2",
            "installStep",
        )
        (run,) = (await archive.search(HistoryQuery("eb-1"))).runs
        assert run.hit is not None
        assert (run.hit.node, run.hit.step) == ("web-1", "")


async def test_pages_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        # Seven runs that began at the very same moment, too.
        for number in range(7):
            await keep(archive, a_run(f"run-{number}"), WEB_1)
        first = await archive.search(HistoryQuery(), limit=3)
        second = await archive.search(HistoryQuery(), first.cursor, limit=3)
        third = await archive.search(HistoryQuery(), second.cursor, limit=3)
        ids = [run.run_id for page in (first, second, third) for run in page.runs]
        assert sorted(ids) == [f"run-{number}" for number in range(7)]
        assert (first.total, third.total, third.cursor) == (7, 7, "")
        assert (await archive.search(HistoryQuery("web"))).total == 7


async def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        for work in (archive.open("x"), archive.run("x"), archive.take("x", [WEB_1]), archive.seal("x")):
            with pytest.raises(NotFound, match="no run x"):
                await work


async def test_earlier_runs_tell_how_long_phases_take(tmp_path: Path) -> None:
    async with Archive(tmp_path / "archive.db") as archive:
        for days in (3, 2):
            at = NOON - timedelta(days=days)
            await keep(archive, a_run(f"run-{days}", at), node("mi-1", "web-1", at=at), node("mi-2", "web-2", at=at))
        await keep(archive, a_run("scan", operation="Scan"), WEB_1)
        bad = node("mi-1", "web-1", (OK, OK, BAD, SKIP), NOON - timedelta(days=1))
        await keep(archive, a_run("bad", NOON - timedelta(days=1)), bad)
        known = await archive.durations(["mi-1", "mi-9"], "AWS-RunPatchBaselineWithHooks", "Install")
        assert known.of("mi-1", Phase.SCAN) == (60.25, 60.25, 60.25)
        assert known.of("mi-1", Phase.REBOOT) == (60.25, 60.25)
        assert known.of_others[Phase.INSTALL] == (60.25, 60.25)
        assert known.of("mi-9", Phase.INSTALL) == (60.25, 60.25)
        other = await archive.durations(["mi-1"], "AWS-RunPatchBaseline", "Install")
        assert other.of("mi-1", Phase.SCAN) == ()
