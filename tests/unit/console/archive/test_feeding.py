"""What is seen of a run gets into the archive: whole, without secrets, and the same however it was watched."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest

from patchgui.console.archive.archive import Archive
from patchgui.console.archive.entries import Launched, PatchCounts, Retention
from patchgui.console.archive.feed import ArchiveFeed
from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.events import (
    ArchiveRecovered,
    ArchiveTrouble,
    ImportProgress,
    RunChanged,
    RunEnded,
    RunEvent,
    RunOpened,
)
from patchgui.console.rows import StepOutput
from patchgui.console.session import ConsoleSession
from patchgui.console.store import RunStore
from patchgui.patching.phases import Phase
from patchgui.patching.plan import PatchPlan
from patchgui.ssm.errors import AccessDenied, InvalidInput, NotFound, Unreachable
from patchgui.ssm.shapes import (
    CommandPlugin,
    DescribeInstancePatchStatesRequest,
    DescribeInstancePatchStatesResult,
    GetCallerIdentityResult,
    GetCommandInvocationRequest,
    GetCommandInvocationResult,
    InstancePatchState,
    SendCommandRequest,
)
from tests.canonical import canonical
from tests.unit.console.scripted import DB, START, WEB, ScriptedSsm, node

pytestmark = pytest.mark.anyio
ALICE = "arn:aws:iam::123456789012:user/alice"
DOCUMENT = """{"schemaVersion": "2.2", "mainSteps": [
  {"action": "aws:runDocument", "name": "LookFirst", "inputs": {"documentParameters": {"Operation": "Scan"}}},
  {"action": "aws:runDocument", "name": "ThenInstall", "inputs": {"documentParameters": {"Operation": "Install"}}}]}"""
LONG = "apt says much\n" * 500


class Service(ScriptedSsm):
    """A service whose nodes have patches, and whose steps write more than a list tells."""

    def __init__(self) -> None:
        super().__init__()
        self.documents = {"Doc": DOCUMENT, "AWS-RunPatchBaselineWithHooks": DOCUMENT, "AWS-RunPatchBaseline": DOCUMENT}
        self.infos = {WEB: node(WEB, "web-1"), DB: node(DB, "db-1")}
        self.states: dict[str, InstancePatchState] = {}
        self.whole: dict[tuple[str, str], str] = {}

    async def get_caller_identity(self) -> GetCallerIdentityResult:
        self._enter("GetCallerIdentity")
        return GetCallerIdentityResult(arn=ALICE, account="123456789012", user_id="u")

    async def describe_instance_patch_states(
        self, request: DescribeInstancePatchStatesRequest
    ) -> DescribeInstancePatchStatesResult:
        self._enter("DescribeInstancePatchStates")
        found = tuple(self.states[each] for each in request.instance_ids if each in self.states)
        return DescribeInstancePatchStatesResult(instance_patch_states=found)

    async def get_command_invocation(self, request: GetCommandInvocationRequest) -> GetCommandInvocationResult:
        self._enter("GetCommandInvocation")
        text = self.whole.get((request.instance_id, request.plugin_name or ""), "")
        return GetCommandInvocationResult(status="Success", standard_output_content=text)

    def end(self, command_id: str, instance_id: str, *, fails: bool = False) -> None:
        """Let a node go through both steps; what it installs is more than a list of invocations shows."""
        scan = step("LookFirst", "Success", "1 patch is missing\n")
        self.whole[instance_id, "ThenInstall"] = LONG
        told = LONG[:2477] + "\n---Output truncated---"
        install = step("ThenInstall", "Failed" if fails else "Success", told)
        self.put(command_id, instance_id, "Failed" if fails else "Success", scan, install)


def step(name: str, status: str, output: str) -> CommandPlugin:
    return CommandPlugin(
        name=name,
        status=status,
        response_code=1 if status == "Failed" else 0,
        response_start_date_time=START + timedelta(seconds=5),
        response_finish_date_time=START + timedelta(seconds=9),
        output=output,
    )


def state(instance_id: str, missing: int, ended_at: datetime, snapshot_id: str = "") -> InstancePatchState:
    return InstancePatchState(
        instance_id=instance_id,
        patch_group="",
        baseline_id="pb-1",
        operation_start_time=ended_at - timedelta(seconds=1),
        operation_end_time=ended_at,
        operation="Scan",
        snapshot_id=snapshot_id or None,
        missing_count=missing,
        installed_count=10 - missing,
    )


async def _no_time(_seconds: float) -> None:
    await asyncio.sleep(0)


class Desk:
    """A console with records and an archive of its own, on one service."""

    def __init__(self, folder: Path, ssm: Service, launched: Launched = Launched.TERMINAL) -> None:
        self._connection = Connection("aws:p:r:", "Prod", ConnectionKind.SANDBOX, "r")
        self.file = folder / "archive.db"
        self._folder, self._ssm, self._launched = folder, ssm, launched
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        store = await self._stack.enter_async_context(RunStore(self._folder / "runs.db"))
        self.archive = await self._stack.enter_async_context(Archive(self.file))
        feed = ArchiveFeed(self.archive, self._ssm, self._connection, self._launched, sleep=_no_time)
        self.session = ConsoleSession(self._connection, self._ssm, store, feed=feed)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def two_desks(tmp_path: Path, ssm: Service) -> AsyncIterator[tuple[Desk, Desk]]:
    async with Desk(tmp_path / "a", ssm) as a, Desk(tmp_path / "b", ssm) as b:
        yield a, b


async def watch(desk: Desk, run_id: str, *then: Callable[[], None]) -> list[RunEvent]:
    """Watch a run to its end; after each look at it something happens to it."""
    events: list[RunEvent] = []
    things = iter(then)

    def take(event: RunEvent) -> None:
        events.append(event)
        if isinstance(event, RunOpened | RunChanged):
            next(things, lambda: None)()

    await desk.session.watch(run_id, take)
    return events


async def test_a_run_is_archived_with_who_started_it_its_plan_its_outputs_and_its_end(tmp_path: Path) -> None:
    ssm = Service()
    async with Desk(tmp_path, ssm) as desk:
        record = await desk.session.launch(PatchPlan(instance_ids=(WEB, DB)))
        (command,) = record.command_ids
        events = await watch(
            desk, record.run_id, lambda: ssm.end(command, WEB), lambda: ssm.end(command, DB, fails=True)
        )
        ended = events[-1]
        assert isinstance(ended, RunEnded)
        assert not (await desk.archive.run(record.run_id)).is_whole
        await desk.session.seal_archive()
        kept = await canonical(desk.archive, record.run_id)
    assert (kept.run.is_whole, kept.run.headline, kept.run.failed_phase) == (True, ended.headline, Phase.INSTALL)
    assert (kept.run.summary.status, kept.run.failed_count) == ("Failed", 1)
    origin = kept.run.origin
    assert (origin.launched, origin.started_by, origin.account) == (Launched.TERMINAL, ALICE, "123456789012")
    assert origin.host
    assert origin.os_user
    assert WEB in kept.plan
    assert [(each.name, each.status) for each in kept.nodes] == [("web-1", "Success"), ("db-1", "Failed")]
    assert dict(kept.platforms) == {WEB: "Debian GNU/Linux 12", DB: "Debian GNU/Linux 12"}
    outputs = {(instance_id, name): output for instance_id, name, output in kept.outputs}
    assert outputs[WEB, "LookFirst"] == StepOutput("1 patch is missing\n", is_complete=True)
    assert outputs[WEB, "ThenInstall"] == StepOutput(LONG, is_complete=True), "what was told in part is fetched whole"


async def test_a_run_that_was_left_half_way_and_imported_is_the_same_as_one_watched_to_its_end(tmp_path: Path) -> None:
    ssm = Service()
    command = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(WEB, DB), comment="by hand")).command_id
    async with two_desks(tmp_path, ssm) as (a, b):
        moved = asyncio.Event()
        half = asyncio.create_task(a.session.watch(command, telling(RunChanged, moved)))
        whole = asyncio.create_task(b.session.watch(command, lambda _event: None))
        ssm.end(command, WEB)
        await moved.wait()
        half.cancel()
        await asyncio.wait({half})
        assert [each.is_final for each in (await a.archive.open(command)).nodes] == [False, True]
        ssm.end(command, DB, fails=True)
        await whole
        await b.session.seal_archive()
    ssm.infos.clear()  # the nodes are gone meanwhile
    async with two_desks(tmp_path, ssm) as (a, b):
        told: list[ImportProgress] = []
        await a.session.import_runs(told.append)
        assert await canonical(a.archive, command) == await canonical(b.archive, command)
        assert [each.text for each in told] == ["Importing 1 of 1 runs", ""]


def telling(kind: type, event: asyncio.Event, into: list[RunEvent] | None = None) -> Callable[[RunEvent], None]:
    """Return what sets ``event`` when a watch tells something of this kind."""

    def take(told: RunEvent) -> None:
        if into is not None:
            into.append(told)
        if isinstance(told, kind):
            event.set()

    return take


def secrets_found(folder: Path, planted: list[str]) -> list[str]:
    files = [path.read_bytes().lower() for path in folder.iterdir()]
    assert len(files) >= 2
    return [each for each in planted if any(each.lower().encode() in file for file in files)]


async def test_no_secret_of_a_command_is_in_the_file(tmp_path: Path) -> None:
    ssm = Service()
    sent = SendCommandRequest(
        document_name="Doc",
        instance_ids=(WEB,),
        comment="with token=tok-in-comment",
        parameters={
            "Operation": ("Install",),
            "dbPassword": ("hunter2-parameter",),
            "commands": ("echo {{ ssm-secure:prod/reference }}", "export API_KEY=key-in-script", "run sensitive-line"),
        },
    )
    command = ssm.accept(sent).command_id
    said = "said hunter2-parameter and key-in-script\npassword: word-in-output AKIAIOSFODNN7EXAMPLE\n"
    ssm.put(command, WEB, "Failed", step("LookFirst", "Failed", f"{said}----------ERROR-------\nsecret=err-words"))
    ssm.whole[WEB, "LookFirst"] = said
    async with Desk(tmp_path, ssm) as desk:
        await desk.session.watch(command, lambda _event: None)
        await desk.session.seal_archive()
        kept = await canonical(desk.archive, command)
        assert kept.run.is_whole
        assert [output.stdout for _, _, output in kept.outputs] == ["said … and …\npassword: … …\n"]
    planted = [
        "hunter2-parameter", "key-in-script", "prod/reference", "sensitive-line", "tok-in-comment", "word-in-output",
        "AKIAIOSFODNN7EXAMPLE", "err-words",
    ]  # fmt: skip
    assert [each for each in planted if each in repr(kept)] == [], "texts lie packed in the file"
    assert secrets_found(tmp_path, planted) == []


async def test_patches_before_a_run_are_kept_and_compared_with_those_after_it(tmp_path: Path) -> None:
    ssm = Service()
    ssm.states = {WEB: state(WEB, 7, START - timedelta(days=1)), DB: state(DB, 4, START - timedelta(days=1))}
    async with Desk(tmp_path, ssm) as desk:
        plan = PatchPlan(instance_ids=(WEB, DB))
        record = await desk.session.launch(plan)
        assert ssm.calls.index("DescribeInstancePatchStates") < ssm.calls.index("SendCommand")
        (command,) = record.command_ids
        ssm.end(command, WEB)
        ssm.put(command, DB, "TimedOut")
        ssm.states[WEB] = state(WEB, 0, START + timedelta(seconds=9), plan.snapshot_id)
        await watch(desk, record.run_id)
        await desk.session.seal_archive()
        web, db = await desk.archive.patch_states(record.run_id)
    assert web.before is not None
    assert web.after is not None
    assert (web.before.missing, web.before.installed, web.after.missing, web.after.installed) == (7, 3, 0, 10)
    assert (web.baseline_id, web.snapshot_id) == ("pb-1", plan.snapshot_id)
    assert (db.before, db.after) == (
        PatchCounts(missing=4, installed=6, failed=0, at=START - timedelta(days=1)),
        None,
    ), "a node that nothing ran on stands as it stood"


async def test_patches_before_a_run_are_kept_of_nodes_that_a_tag_chooses_and_as_listed_where_they_are_many(
    tmp_path: Path,
) -> None:
    ssm = Service()
    ssm.states = {WEB: state(WEB, 7, START - timedelta(days=1))}
    many = tuple(f"mi-{number:017x}" for number in range(600))
    async with Desk(tmp_path, ssm) as desk:
        tagged = await desk.session.launch(PatchPlan(targets=(("tag:Role", ("web",)),), target_count=2))
        (web,) = await desk.archive.patch_states(tagged.run_id)
        ssm.infos = {each: node(each, each) for each in many}
        ssm.states = {many[5]: state(many[5], 3, START - timedelta(days=1))}
        _ = [row async for page in desk.session.nodes() for row in page]
        ssm.calls.clear()
        large = await desk.session.launch(PatchPlan(instance_ids=many))
        (listed,) = await desk.archive.patch_states(large.run_id)
        assert "DescribeInstancePatchStates" not in ssm.calls, "a launch does not wait for hundreds of nodes"
    assert web.before is not None
    assert (web.instance_id, web.before.missing, web.before.installed) == (WEB, 7, 3)
    assert listed.before is not None
    assert (listed.before.missing, listed.before.installed) == (3, None)


async def test_an_archive_that_cannot_be_written_keeps_nobody_from_watching_and_makes_up_for_it(tmp_path: Path) -> None:
    ssm = Service()
    in_the_way = tmp_path / "a"
    in_the_way.mkdir()
    (in_the_way / "archive.db").mkdir()
    async with Desk(in_the_way, ssm) as desk:
        record = await desk.session.launch(PatchPlan(instance_ids=(WEB, DB)))
        (command,) = record.command_ids
        events: list[RunEvent] = []
        moved, recovered = asyncio.Event(), asyncio.Event()
        take = telling(ArchiveRecovered, recovered, events)
        on_move = telling(RunChanged, moved)
        watching = asyncio.create_task(desk.session.watch(record.run_id, lambda told: (take(told), on_move(told))[0]))
        ssm.end(command, WEB)
        await moved.wait()
        (in_the_way / "archive.db").rmdir()
        await asyncio.wait_for(recovered.wait(), 20)
        ssm.end(command, DB)
        await watching
        await desk.session.seal_archive()
        assert (await desk.archive.run(record.run_id)).is_whole
        assert [node.status for node in (await desk.archive.open(record.run_id)).nodes] == ["Success", "Success"]
    told = [event for event in events if isinstance(event, ArchiveTrouble)]
    assert len(told) == 1, "told once"
    assert told[0].text.startswith("This run is not being archived: ")
    assert told[0].hint


async def test_a_run_that_was_never_started_is_archived_with_the_reason(tmp_path: Path) -> None:
    ssm = Service()
    ssm.failures = {"SendCommand": [InvalidInput("No such document.", code="InvalidDocument", http_status=400)]}
    async with Desk(tmp_path, ssm) as desk:
        with pytest.raises(InvalidInput):
            await desk.session.launch(PatchPlan(instance_ids=(WEB,)))
        (listed,) = await desk.session.runs()
        await desk.session.import_runs(lambda _progress: None)
        run = await desk.archive.run(listed.run_id)
    assert (run.summary.status, run.headline, run.is_whole) == ("Failed", "No such document.", True)


async def test_an_import_leaves_what_still_runs_and_asks_for_what_is_whole_no_more(tmp_path: Path) -> None:
    ssm = Service()
    going = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(WEB,))).command_id
    done = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(DB,))).command_id
    ssm.end(done, DB)
    async with Desk(tmp_path, ssm) as desk:
        await desk.session.import_runs(lambda _progress: None)
        assert (await desk.archive.run(done)).origin.launched is Launched.IMPORTED
        with pytest.raises(NotFound):
            await desk.archive.run(going)
        ssm.calls.clear()
        await desk.session.import_runs(lambda _progress: None)
        assert ssm.calls == ["ListCommands"]


async def test_what_was_removed_to_make_room_is_not_imported_again(tmp_path: Path) -> None:
    ssm = Service()
    old = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(DB,))).command_id
    ssm.end(old, DB)
    async with Desk(tmp_path, ssm) as desk:
        await desk.session.import_runs(lambda _progress: None)
        removed = await desk.archive.apply(Retention(max_bytes=1))
        assert removed.runs == 1
        ssm.clock.now += timedelta(minutes=1)
        new = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(WEB,))).command_id
        ssm.end(new, WEB)
        await desk.session.import_runs(lambda _progress: None)
        assert (await desk.archive.run(new)).is_whole
        with pytest.raises(NotFound):
            await desk.archive.run(old)


async def test_a_run_that_is_whole_is_opened_from_the_archive_without_a_call(tmp_path: Path) -> None:
    ssm = Service()
    command = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(WEB,))).command_id
    ssm.end(command, WEB)
    async with Desk(tmp_path, ssm) as desk:
        live: list[RunEvent] = []
        await desk.session.watch(command, live.append)
        await desk.session.seal_archive()
        ssm.calls.clear()
        kept: list[RunEvent] = []
        await desk.session.watch(command, kept.append)
        assert (await desk.session.output(command, WEB, "ThenInstall")).stdout == LONG
        assert ssm.calls == []
    opened, ended = kept
    assert isinstance(opened, RunOpened)
    assert isinstance(live[0], RunOpened)
    assert tuple(opened.run.nodes) == tuple(live[0].run.nodes)
    assert opened.run.pipeline == live[0].run.pipeline
    assert ended == live[-1]


async def test_of_a_run_on_many_nodes_only_the_outputs_of_those_that_failed_are_fetched(tmp_path: Path) -> None:
    ssm = Service()
    ids = tuple(f"mi-{number:017x}" for number in range(60))
    targets = SendCommandRequest(document_name="Doc", instance_ids=ids[:50])
    command = ssm.accept(targets).command_id
    for each in ids:
        ssm.end(command, each, fails=each == ids[3])
    async with Desk(tmp_path, ssm) as desk:
        await desk.session.watch(command, lambda _event: None)
        await desk.session.seal_archive()
        outputs = {(i, name): output async for i, name, output in desk.archive.outputs(command)}
    assert ssm.calls.count("GetCommandInvocation") == 1
    assert outputs[ids[3], "ThenInstall"].stdout == LONG
    told = outputs[ids[4], "ThenInstall"]
    assert (told.is_cut, told.note) == (True, "The list of invocations tells no more than 2,500 characters.")


async def test_a_seal_that_cannot_be_done_now_is_done_by_the_next_one(tmp_path: Path) -> None:
    ssm = Service()
    command = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(WEB,))).command_id
    ssm.end(command, WEB)
    ssm.failures = {"GetCommandInvocation": [Unreachable("The network is away.")]}
    async with Desk(tmp_path, ssm) as desk:
        await desk.session.watch(command, lambda _event: None)
        with pytest.raises(Unreachable):
            await desk.session.seal_archive()
        assert not (await desk.archive.run(command)).is_whole
        await desk.session.seal_archive()
        assert (await desk.archive.run(command)).is_whole


async def test_what_the_profile_may_not_read_is_left_out_and_said(tmp_path: Path) -> None:
    ssm = Service()
    command = ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=(WEB,))).command_id
    ssm.end(command, WEB)
    denied = AccessDenied("no", code="AccessDeniedException")
    denied.action = "ssm:GetCommandInvocation"
    ssm.failures = {"GetCommandInvocation": [denied], "DescribeInstancePatchStates": [denied]}
    async with Desk(tmp_path, ssm) as desk:
        await desk.session.watch(command, lambda _event: None)
        await desk.session.seal_archive()
        output = await desk.archive.output(command, WEB, "ThenInstall")
        assert (await desk.archive.run(command)).is_whole
    assert output.note == "Only the beginning was archived: this profile lacks ssm:GetCommandInvocation."


async def test_a_run_in_whose_middle_an_older_archive_was_restored_is_whole_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssm = Service()
    async with Desk(tmp_path, ssm) as desk:
        await desk.archive.backup(tmp_path / "before.db")
        record = await desk.session.launch(PatchPlan(instance_ids=(WEB, DB)))
        (command,) = record.command_ids
        ssm.put(command, WEB, "InProgress", step("LookFirst", "Success", "1 patch is missing\n"))

        lost, written = asyncio.Event(), desk.archive.take_outputs

        async def take_outputs(*given: Any) -> None:
            await written(*given)
            if not lost.is_set():
                await desk.archive.restore(tmp_path / "before.db")
                lost.set()

        monkeypatch.setattr(desk.archive, "take_outputs", take_outputs)
        watching = asyncio.create_task(desk.session.watch(record.run_id, lambda _event: None))
        await lost.wait()
        ssm.end(command, WEB)
        ssm.end(command, DB)
        await watching
        await desk.session.seal_archive()
        kept = await canonical(desk.archive, record.run_id)
    assert kept.run.is_whole
    assert [node.status for node in kept.nodes] == ["Success", "Success"]
    assert {(instance_id, name) for instance_id, name, _ in kept.outputs} == {
        (each, name) for each in (WEB, DB) for name in ("LookFirst", "ThenInstall")
    }


async def test_a_run_of_this_user_whose_archive_is_gone_does_not_claim_where_it_was_started(tmp_path: Path) -> None:
    ssm = Service()
    async with Desk(tmp_path, ssm) as desk:
        record = await desk.session.launch(PatchPlan(instance_ids=(WEB,)))
        ssm.end(record.command_ids[0], WEB)
    for each in tmp_path.glob("archive.db*"):  # noqa: ASYNC240 - nothing else runs
        each.unlink()
    async with Desk(tmp_path, ssm, Launched.WINDOW) as desk:
        await desk.session.import_runs(lambda _progress: None)
        run = await desk.archive.run(record.run_id)
    assert (run.is_whole, run.origin.launched, run.origin.started_by) == (True, Launched.IMPORTED, "")
    assert run.origin.os_user
    assert run.summary.is_ours
