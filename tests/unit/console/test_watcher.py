"""Watching a run: true, cheap, and through trouble."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.console import summaries
from patchgui.console.events import (
    NodesChanged,
    RunEnded,
    RunEvent,
    RunOpened,
    WatchRecovered,
    WatchTrouble,
)
from patchgui.console.rows import NodeRow
from patchgui.console.store import RecordedRun
from patchgui.console.watcher import Watcher
from patchgui.patching.phases import Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState
from patchgui.ssm.errors import (
    AccessDenied,
    CredentialsExpired,
    NotFound,
    PatchError,
    ServiceError,
    Throttled,
    Unreachable,
)
from patchgui.ssm.shapes import CommandPlugin, SendCommandRequest
from tests.unit.console.scripted import DB, WEB, Clock, ScriptedSsm, node

pytestmark = pytest.mark.anyio

DOCUMENT = """{"schemaVersion": "2.2", "mainSteps": [
  {"action": "aws:runDocument", "name": "LookFirst", "inputs": {"documentParameters": {"Operation": "Scan"}}},
  {"action": "aws:runDocument", "name": "ThenInstall", "inputs": {"documentParameters": {"Operation": "Install"}}}]}"""


@pytest.fixture
def ssm() -> ScriptedSsm:
    scripted = ScriptedSsm(Clock())
    scripted.documents["Doc"] = DOCUMENT
    scripted.infos = {WEB: node(WEB, "web-1"), DB: node(DB, "db-1")}
    return scripted


def start(ssm: ScriptedSsm, *nodes: str) -> str:
    return ssm.accept(SendCommandRequest(document_name="Doc", instance_ids=nodes or (WEB, DB))).command_id


def plugin(name: str, status: str) -> CommandPlugin:
    return CommandPlugin(name=name, status=status, response_code=0 if status == "Success" else -1)


def watcher(ssm: ScriptedSsm, command_id: str, events: list[RunEvent], **options: Any) -> Watcher:
    given: dict[str, Any] = {"poll_s": 2.0, "sleep": ssm.clock.sleep, "clock": ssm.clock} | options
    return Watcher(ssm, "r1", [command_id], events.append, **given)


def kinds(events: list[RunEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


async def test_a_run_is_told_from_its_opening_to_its_end(ssm: ScriptedSsm) -> None:
    command, events = start(ssm), list[RunEvent]()
    ssm.clock.on_sleep = [
        lambda: ssm.put(command, WEB, "InProgress", plugin("LookFirst", "InProgress")),
        lambda: ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success")),
        lambda: ssm.put(command, DB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success")),
    ]
    ended = await watcher(ssm, command, events).follow()
    assert ended == RunEnded("Success", ended.ended_at, "Both nodes succeeded.")
    opened = events[0]
    assert isinstance(opened, RunOpened)
    assert [node.name for node in opened.run.nodes] == ["web-1", "db-1"]
    assert [phase.value for phase, _ in opened.run.counts.per_phase] == ["scan", "install"]
    running = events[1]
    assert isinstance(running, NodesChanged)
    assert [(each.name, each.phases[0].state) for each in running.nodes] == [("web-1", PhaseState.RUNNING)]
    assert kinds(events)[-2:] == ["RunChanged", "RunEnded"]


async def test_nothing_is_told_twice(ssm: ScriptedSsm) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.clock.on_sleep = [
        *[lambda: None] * 5,
        lambda: ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success")),
    ]
    await watcher(ssm, command, events).follow()
    assert kinds(events) == ["RunOpened", "RunChanged", "NodesChanged", "RunChanged", "RunEnded"]


async def test_a_failed_node_is_named_with_its_cause(ssm: ScriptedSsm) -> None:
    command, events = start(ssm), list[RunEvent]()
    broken = CommandPlugin(
        name="LookFirst",
        status="Failed",
        response_code=1,
        output="x\n----------ERROR-------\nno space\nfailed to run commands: exit status 100",
    )
    ssm.put(command, DB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    ssm.put(command, WEB, "Failed", broken)
    ended = await watcher(ssm, command, events).follow()
    assert ended.status == "Failed"
    assert ended.headline.startswith("1 of 2 nodes did not succeed: web-1, Scan failed: exit 100.")


async def test_a_lost_network_is_trouble_and_the_watch_goes_on(ssm: ScriptedSsm) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.failures["ListCommandInvocations"] = []
    ssm.clock.on_sleep = [
        lambda: ssm.failures.update(ListCommands=[Unreachable("The endpoint does not answer."), Unreachable("still")]),
        lambda: None,
        lambda: ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success")),
    ]
    ended = await watcher(ssm, command, events).follow()
    assert ended.status == "Success"
    assert kinds(events)[:4] == ["RunOpened", "WatchTrouble", "WatchTrouble", "NodesChanged"]
    assert WatchRecovered() in events
    trouble = events[1]
    assert isinstance(trouble, WatchTrouble)
    assert trouble.message == "The endpoint does not answer."
    assert ssm.clock.slept[1:3] == [1.0, 2.0]


@pytest.mark.parametrize(
    "error", [CredentialsExpired("sign in", hint="aws sso login"), ServiceError("broken", http_status=500)]
)
async def test_an_expired_login_or_a_fault_of_the_service_is_waited_out_and_told(
    ssm: ScriptedSsm, error: PatchError
) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.failures["ListCommands"] = [error]
    ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    await watcher(ssm, command, events).follow()
    assert kinds(events)[0] == "WatchTrouble"
    assert "WatchRecovered" in kinds(events)


async def test_throttling_never_reaches_the_operator(ssm: ScriptedSsm) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.failures["ListCommands"] = [Throttled("slower")] * 5
    ssm.failures["ListCommandInvocations"] = [Throttled("slower")] * 5
    ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    ended = await watcher(ssm, command, events).follow()
    assert ended.status == "Success"
    assert not {"WatchTrouble", "WatchRecovered"} & set(kinds(events))


async def test_a_run_that_was_just_sent_is_waited_for_until_every_list_has_it(ssm: ScriptedSsm) -> None:
    first, second, events = start(ssm, WEB), start(ssm, DB), list[RunEvent]()
    for each, node_id in ((first, WEB), (second, DB)):
        ssm.put(each, node_id, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    late = dict(ssm.commands)
    ssm.commands.clear()
    ssm.clock.on_sleep = [
        lambda: None,
        lambda: ssm.commands.update({first: late[first]}),
        lambda: ssm.commands.update(late),
    ]
    record = RecordedRun("r1", ssm.clock(), "{}", "InProgress", "", None, ())
    watching = Watcher(ssm, "r1", [first, second], events.append, record=record, sleep=ssm.clock.sleep, clock=ssm.clock)
    await watching.follow()
    opened = events[0]
    assert isinstance(opened, RunOpened)
    assert [node.name for node in opened.run.nodes] == ["web-1", "db-1"]


async def test_a_run_that_never_shows_up_is_given_up_in_the_end(ssm: ScriptedSsm) -> None:
    record = RecordedRun("r1", ssm.clock(), "{}", "InProgress", "", None, ())
    gone = "01234567-89ab-cdef-0123-456789abcdef"
    with pytest.raises(NotFound):
        await watcher(ssm, gone, [], record=record).follow()
    assert 60 <= sum(ssm.clock.slept) <= 180


async def test_an_agent_that_is_gone_is_asked_to_come_back(ssm: ScriptedSsm) -> None:
    command, revived = start(ssm, WEB), []
    ssm.put(command, WEB, "Success")
    ssm.failures["ListCommands"] = [Unreachable("gone")]

    async def revive() -> None:
        revived.append(True)

    await watcher(ssm, command, [], revive=revive).follow()
    assert revived == [True]


async def test_a_run_that_ssm_does_not_know_is_said_at_once(ssm: ScriptedSsm) -> None:
    with pytest.raises(NotFound, match="does not know this run"):
        await watcher(ssm, "00000000-0000-0000-0000-000000000000", []).follow()


async def test_a_deleted_document_still_shows_ssms_own_steps(ssm: ScriptedSsm) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.documents.clear()
    ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"))
    await watcher(ssm, command, events).follow()
    opened = events[0]
    assert isinstance(opened, RunOpened)
    assert [step.name for step in opened.run.nodes[0].phases[0].steps] == ["LookFirst"]


async def test_a_silent_node_is_shown_as_away_with_the_time_going_on(ssm: ScriptedSsm) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.put(command, WEB, "InProgress", plugin("LookFirst", "InProgress"))

    def away() -> None:
        ssm.infos[WEB] = node(WEB, "web-1", "ConnectionLost", ssm.clock() - timedelta(seconds=3))

    done = [plugin("LookFirst", "Success"), plugin("ThenInstall", "Success")]
    ssm.clock.on_sleep = [away, lambda: None, lambda: ssm.put(command, WEB, "Success", *done)]
    await watcher(ssm, command, events, ping_s=0.0).follow()
    texts = [each.phases[0].text for event in events if isinstance(event, NodesChanged) for each in event.nodes]
    assert texts[:2] == ["3 s away", "5 s away"]


async def test_cancelling_the_watch_leaves_the_run_alone(ssm: ScriptedSsm) -> None:
    command = start(ssm, WEB)
    forever = asyncio.Event()
    seen = asyncio.Event()

    async def sleep(_: float) -> None:
        seen.set()
        await forever.wait()

    watching = asyncio.create_task(watcher(ssm, command, [], sleep=sleep).follow())
    await seen.wait()
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert ssm.cancelled == []


async def test_a_run_of_a_thousand_nodes_is_watched_with_few_calls(ssm: ScriptedSsm) -> None:
    ids = [f"mi-{number:017x}" for number in range(1000)]
    request = SendCommandRequest(document_name="Doc", targets=({"Key": "tag:Role", "Values": ["web"]},))
    command = ssm.accept(request).command_id
    for each in ids:
        ssm.put(command, each, "Pending")
    done = (plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    waves = [ids[at : at + 80] for at in range(0, 1000, 80)]

    def wave(number: int) -> None:
        for each in waves[number - 1] if number else []:
            ssm.put(command, each, "Success", *done)
        for each in waves[number] if number < len(waves) else []:
            ssm.put(command, each, "InProgress", plugin("LookFirst", "InProgress"))

    # Each wave takes 30 s, looked at every 5 s.
    for number in range(len(waves) + 1):
        ssm.clock.on_sleep += [lambda number=number: wave(number), *[lambda: None] * 5]  # type: ignore[misc]
    ended = await watcher(ssm, command, [], poll_s=5.0).follow()
    assert ended.status == "Success"
    # One waiter per node, as boto3 has them, asks every five seconds until that node has ended.
    waiters = sum(30 * (at // 80 + 1) / 5 for at in range(1000))
    assert len(ssm.calls) <= waiters / 20


async def test_counters_that_do_not_move_cost_no_pages_of_what_waits(ssm: ScriptedSsm) -> None:
    request = SendCommandRequest(document_name="Doc", targets=({"Key": "tag:Role", "Values": ["web"]},))
    command = ssm.accept(request).command_id
    for number in range(200):
        ssm.put(command, f"mi-{number:017x}", "Pending")
    events: list[RunEvent] = []
    watching = watcher(ssm, command, events)
    calls: list[list[str]] = []

    def count() -> None:
        calls.append(ssm.calls.copy())
        ssm.calls.clear()

    def finish() -> None:
        for number in range(200):
            ssm.put(command, f"mi-{number:017x}", "Success")

    ssm.clock.on_sleep = [count, count, finish]
    await watching.follow()
    assert calls[1] == ["ListCommands", "ListCommandInvocations"]


async def test_a_large_run_opens_with_the_names_that_the_list_of_nodes_told(ssm: ScriptedSsm) -> None:
    ids = [f"mi-{number:017x}" for number in range(60)]
    request = SendCommandRequest(document_name="Doc", targets=({"Key": "tag:Role", "Values": ["web"]},))
    command, events = ssm.accept(request).command_id, list[RunEvent]()
    for each in ids:
        ssm.put(command, each, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    known = {each: NodeRow(each, f"node {each[-2:]}", ping="Online") for each in ids[:59]}
    ssm.infos[ids[59]] = node(ids[59], "the newest")
    await watcher(ssm, command, events, known=known).follow()
    opened = events[0]
    assert isinstance(opened, RunOpened)
    assert {each.name for each in opened.run.nodes} == {row.name for row in known.values()} | {"the newest"}
    assert ssm.calls.count("DescribeInstanceInformation") == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(tuple(PhaseState)), st.booleans()), max_size=40))
def test_counts_that_are_kept_up_are_those_of_counting_anew(changes: list[tuple[int, PhaseState, bool]]) -> None:
    pipeline = Pipeline((PhaseSpec(Phase.SCAN, ()), PhaseSpec(Phase.INSTALL, ())))
    counting, known = summaries.Counting(pipeline), dict[str, NodeProgress]()
    for number, state, is_over in changes:
        phases = (PhaseProgress(Phase.SCAN, state), PhaseProgress(Phase.REBOOT, PhaseState.WAITING))
        name = f"mi-{number}"
        node = NodeProgress(name, name, "Success" if is_over else "InProgress", "", phases, is_final=is_over)
        counting.replace(known.get(name), node)
        known[name] = node
        kept, anew = counting.counts(), summaries.count(known.values(), pipeline)
        assert kept == anew


async def test_a_run_that_is_opened_while_nodes_are_listed_learns_of_those_that_come(ssm: ScriptedSsm) -> None:
    command, events = start(ssm, WEB), list[RunEvent]()
    ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
    listed = {WEB: NodeRow(WEB, "from the list", platform_name="Debian", platform_version="12", ping="Online")}
    ssm.failures["DescribeInstanceInformation"] = [AccessDenied("no", code="AccessDeniedException")]
    await watcher(ssm, command, events, known=listed).follow()
    opened = events[0]
    assert isinstance(opened, RunOpened)
    assert opened.run.nodes[0].name == "from the list"
    listed[DB] = NodeRow(DB, "later", platform_name="RHEL", platform_version="9", ping="Online")
    assert dict(opened.run.platforms) == {WEB: "Debian 12", DB: "RHEL 9"}


async def test_a_node_that_moved_in_a_look_that_broke_off_is_told_by_the_next_one(ssm: ScriptedSsm) -> None:
    command, events = start(ssm), list[RunEvent]()
    ssm.put(command, WEB, "InProgress", plugin("LookFirst", "InProgress"))

    def end_web_and_break_off() -> None:
        ssm.put(command, WEB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success"))
        ssm.put(command, DB, "InProgress", plugin("LookFirst", "InProgress"))
        # The nodes are asked about last: by then it is known that one has moved.
        ssm.failures["DescribeInstanceInformation"] = [Unreachable("The network is away.")]

    ssm.clock.on_sleep = [
        end_web_and_break_off,
        *[lambda: None] * 2,
        lambda: ssm.put(command, DB, "Success", plugin("LookFirst", "Success"), plugin("ThenInstall", "Success")),
    ]
    ended = await watcher(ssm, command, events, ping_s=0.0).follow()
    told = {node.name: node.status for event in events if isinstance(event, NodesChanged) for node in event.nodes}
    assert told == {"web-1": "Success", "db-1": "Success"}
    assert ended.headline == "Both nodes succeeded."
    assert "WatchTrouble" in kinds(events)
