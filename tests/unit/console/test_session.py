"""What a connection offers: nodes, runs put together, cancelling, output."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.console.documents import read_content, split_version
from patchgui.console.rows import StepOutput
from patchgui.console.session import ConsoleSession
from patchgui.console.store import RunStore
from patchgui.patching.phases import Phase
from patchgui.patching.plan import Hooks, PatchPlan, RebootChoice
from patchgui.patching.scheduled_reboot import ScheduledReboot
from patchgui.ssm.errors import AccessDenied, Conflict, NotFound
from patchgui.ssm.shapes import (
    GetCommandInvocationRequest,
    GetCommandInvocationResult,
    SendCommandRequest,
)
from tests.unit.console.scripted import DB, WEB, ScriptedSsm, node

pytestmark = pytest.mark.anyio
HOOK = '{"schemaVersion": "2.2", "mainSteps": [{"action": "aws:runShellScript", "name": "stop", "inputs": {}}]}'


class WithOutput(ScriptedSsm):
    """A service whose steps have written something."""

    async def get_command_invocation(self, request: GetCommandInvocationRequest) -> GetCommandInvocationResult:
        self._enter("GetCommandInvocation")
        if request.instance_id not in self.invocations[request.command_id]:
            raise NotFound("no invocation", code="InvocationDoesNotExist")
        return GetCommandInvocationResult(status="Success", standard_output_content="hello\n")


@pytest.fixture
def ssm() -> ScriptedSsm:
    scripted = WithOutput()
    scripted.infos = {WEB: node(WEB, "web-1"), DB: node(DB, "db-1", "ConnectionLost")}
    return scripted


@pytest.fixture
async def session(ssm: ScriptedSsm, tmp_path: Path) -> AsyncIterator[ConsoleSession]:
    connection = Connection("local-sandbox", "Sandbox", ConnectionKind.SANDBOX, "local")
    async with RunStore(tmp_path / "runs.db") as store:
        yield ConsoleSession(connection, ssm, store)


async def test_nodes_come_with_their_tags_and_platform(session: ConsoleSession) -> None:
    rows = [row async for page in session.nodes() for row in page]
    assert [(row.name, row.platform, row.is_online, dict(row.tags)) for row in rows] == [
        ("web-1", "Debian 12", True, {"Role": "web"}),
        ("db-1", "Debian 12", False, {"Role": "web"}),
    ]


async def test_nodes_are_shown_without_what_may_not_be_read(session: ConsoleSession, ssm: ScriptedSsm) -> None:
    denied = AccessDenied("no", code="AccessDeniedException")
    ssm.failures = {"DescribeInstancePatchStates": [denied], "ListTagsForResource": [denied, denied]}
    rows = [row async for page in session.nodes() for row in page]
    assert [(row.missing_count, dict(row.tags)) for row in rows] == [(None, {}), (None, {})]


async def test_several_commands_of_one_click_are_one_run(session: ConsoleSession, ssm: ScriptedSsm) -> None:
    ids = tuple(f"mi-{number:017x}" for number in range(60))
    record = await session.launch(PatchPlan(instance_ids=ids, hooks=Hooks(on_exit="Start")))
    ssm.accept(SendCommandRequest(document_name="AWS-RunShellScript", instance_ids=(WEB,), comment="by hand"))
    runs = await session.runs()
    mine = next(run for run in runs if run.run_id == record.run_id)
    assert len(runs) == 2
    assert (mine.title, mine.node_count, mine.is_ours) == ("Patch now, 60 nodes", 60, True)
    assert mine.hooks == ((Phase.ON_EXIT, "Start"),)
    assert {run.is_ours for run in runs} == {True, False}


async def test_a_run_that_the_endpoint_has_forgotten_is_still_listed(session: ConsoleSession, ssm: ScriptedSsm) -> None:
    record = await session.launch(PatchPlan(instance_ids=(WEB,)))
    ssm.commands.clear()
    (run,) = await session.runs()
    assert (run.run_id, run.status) == (record.run_id, "Unknown")


async def test_cancel_stops_every_command_that_still_runs(session: ConsoleSession, ssm: ScriptedSsm) -> None:
    ids = tuple(f"mi-{number:017x}" for number in range(60))
    record = await session.launch(PatchPlan(instance_ids=ids))
    first, second = record.command_ids
    for each in ids[:50]:
        ssm.put(first, each, "Success")
    await session.cancel(record.run_id)
    assert ssm.cancelled == [second]


async def test_cancelling_what_has_ended_says_so(session: ConsoleSession, ssm: ScriptedSsm) -> None:
    record = await session.launch(PatchPlan(instance_ids=(WEB,)))
    ssm.put(record.command_ids[0], WEB, "Success")
    with pytest.raises(Conflict, match="already ended"):
        await session.cancel(record.run_id)


async def test_output_is_found_in_whichever_command_runs_on_the_node(session: ConsoleSession) -> None:
    ids = tuple(f"mi-{number:017x}" for number in range(60))
    record = await session.launch(PatchPlan(instance_ids=ids))
    output = await session.output(record.run_id, ids[55], "InstallNoReboot")
    assert (output.stdout, output.is_complete) == ("hello\n", True)


async def test_output_of_a_node_that_the_service_does_not_know_yet_is_empty_and_goes_on(
    session: ConsoleSession, ssm: ScriptedSsm
) -> None:
    record = await session.launch(PatchPlan(instance_ids=(WEB,)))
    (command_id,) = record.command_ids
    known = ssm.invocations[command_id].pop(WEB)
    for _ in range(2):
        assert await session.output(record.run_id, WEB, "InstallNoReboot") == StepOutput()
    ssm.invocations[command_id][WEB] = known
    assert (await session.output(record.run_id, WEB, "InstallNoReboot")).stdout == "hello\n"


async def test_a_run_is_found_by_its_comment_when_this_console_never_saw_it(
    session: ConsoleSession, ssm: ScriptedSsm, tmp_path: Path
) -> None:
    record = await session.launch(PatchPlan(instance_ids=(WEB,)))
    ssm.put(record.command_ids[0], WEB, "Success")
    async with RunStore(tmp_path / "elsewhere.db") as store:
        elsewhere = ConsoleSession(session.connection, ssm, store)
        ended: list[object] = []
        await elsewhere.watch(record.run_id, ended.append)
    assert type(ended[-1]).__name__ == "RunEnded"


async def test_a_run_that_nobody_knows_is_not_found(session: ConsoleSession) -> None:
    with pytest.raises(NotFound, match="There is no run nonsense"):
        await session.watch("nonsense", lambda event: None)


async def test_a_forecast_asks_for_each_hook_and_each_node(session: ConsoleSession, ssm: ScriptedSsm) -> None:
    ssm.documents["Stop"] = HOOK
    plan = PatchPlan(instance_ids=(WEB, DB), hooks=Hooks(before_install="Stop", on_exit="Gone"))
    forecast = await session.forecast(plan)
    assert forecast.blocked
    assert forecast.offline == ("db-1",)
    assert [finding.title for finding in forecast.findings][:1] == ["On exit: Gone was not found."]


@pytest.mark.parametrize(
    ("reference", "name", "version"),
    [
        ("Stop", "Stop", None),
        ("Stop:3", "Stop", "3"),
        ("arn:aws:ssm:eu-central-1:111122223333:document/Stop", None, None),
        (
            "arn:aws:ssm:eu-central-1:111122223333:document/Stop:7",
            "arn:aws:ssm:eu-central-1:111122223333:document/Stop",
            "7",
        ),
    ],
)
async def test_a_pinned_version_is_split_off_but_an_arn_keeps_its_colons(
    reference: str, name: str | None, version: str | None
) -> None:
    assert split_version(reference) == (name or reference, version)


@pytest.mark.parametrize("text", ['{"a": 1}', "a: 1"])
async def test_documents_are_read_as_json_or_yaml(text: str) -> None:
    assert read_content(text) == {"a": 1}


@pytest.mark.parametrize("text", ["", "- 1", "{", "a: b: c"])
async def test_what_is_no_document_reads_as_nothing(text: str) -> None:
    assert read_content(text) == {}


async def test_only_the_sandbox_can_be_reset(ssm: ScriptedSsm, tmp_path: Path) -> None:
    aws = Connection("aws", "prod · eu-central-1", ConnectionKind.AWS, "eu-central-1")
    async with RunStore(tmp_path / "aws.db") as store:
        with pytest.raises(Conflict, match="is not the sandbox: nothing was reset"):
            await ConsoleSession(aws, ssm, store).reset_sandbox()
    assert ssm.calls == []


class Groups:
    async def instance_ids(self, group: str) -> tuple[str, ...]:
        return {"shop": (DB, "i-0123456789abcdef0")}[group]

    async def names(self) -> tuple[str, ...]:
        return ("shop",)


async def test_a_resource_group_stands_for_its_managed_nodes(ssm: ScriptedSsm, tmp_path: Path) -> None:
    ssm.resource_groups = Groups()  # type: ignore[assignment]
    connection = Connection("aws", "prod", ConnectionKind.AWS, "eu-central-1")
    async with RunStore(tmp_path / "runs.db") as store:
        session = ConsoleSession(connection, ssm, store)
        assert await session.resource_groups() == ("shop",)
        assert await session.resolve((("resource-groups:Name", ("shop",)),)) == (DB,)
        plan = PatchPlan(targets=(("resource-groups:Name", ("shop",)),), target_count=1)
        assert (await session.forecast(plan)).offline == ("db-1",)
        await session.launch(plan)
    (command,) = ssm.commands.values()
    assert command.targets[0].to_wire() == {"Key": "resource-groups:Name", "Values": ["shop"]}


async def test_the_forecast_of_a_large_pick_asks_nothing_that_the_list_has_told(
    session: ConsoleSession, ssm: ScriptedSsm
) -> None:
    ssm.infos = {each: node(each, "node") for each in (f"mi-{number:017x}" for number in range(300))}
    ssm.page_size = 1000
    [row async for page in session.nodes() for row in page]
    ssm.calls.clear()
    forecast = await session.forecast(PatchPlan(instance_ids=tuple(ssm.infos)))
    assert (forecast.node_count, ssm.calls) == (300, [])


async def test_the_document_after_a_reboot_is_checked_before_anything_starts(
    session: ConsoleSession, ssm: ScriptedSsm
) -> None:
    later = ScheduledReboot(at=datetime(2040, 1, 1, tzinfo=UTC), after="Gone")
    plan = PatchPlan(instance_ids=(WEB,), reboot=RebootChoice.NO_REBOOT, scheduled_reboot=later)
    forecast = await session.forecast(plan)
    assert forecast.blocked
    assert [finding.title for finding in forecast.findings][:1] == ["Reboot: Gone was not found."]
    ssm.documents["Gone"] = HOOK
    assert not (await session.forecast(plan)).blocked


async def test_the_plan_of_a_run_comes_back_as_it_was_sent(session: ConsoleSession) -> None:
    plan = PatchPlan(instance_ids=(WEB, DB), hooks=Hooks(on_exit="Start"), retry_of="run-0")
    record = await session.launch(plan)
    assert await session.plan(record.run_id) == plan
    (summary,) = await session.runs()
    assert summary.retry_of == "run-0"


async def test_the_plan_of_another_consoles_run_is_read_from_its_commands(
    session: ConsoleSession, ssm: ScriptedSsm, tmp_path: Path
) -> None:
    plan = PatchPlan(instance_ids=(WEB, DB), hooks=Hooks(on_exit="Start"), reboot=RebootChoice.NO_REBOOT)
    record = await session.launch(plan)
    async with RunStore(tmp_path / "other.db") as store:
        other = ConsoleSession(session.connection, ssm, store)
        found = await other.plan(record.run_id)
    same = {"instance_ids", "hooks", "reboot", "operation"}
    assert found.model_dump(include=same) == plan.model_dump(include=same)


@pytest.mark.parametrize(
    ("document", "parameters"),
    [
        ("AWS-RunShellScript", {"commands": ("true",)}),
        ("AWS-RunPatchBaseline", {"Operation": ("Install",)}),
        ("AWS-RunPatchBaseline", {"Operation": ("Scan",), "BaselineOverride": ("s3://x/y",)}),
    ],
)
async def test_a_command_that_does_what_no_plan_says_is_not_sent_again(
    session: ConsoleSession, ssm: ScriptedSsm, document: str, parameters: dict[str, tuple[str, ...]]
) -> None:
    request = SendCommandRequest(document_name=document, instance_ids=(WEB,), parameters=parameters)
    command = ssm.accept(request)
    with pytest.raises(Conflict, match="cannot be sent again"):
        await session.plan(command.command_id)
