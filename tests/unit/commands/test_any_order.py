"""Commands under any order of events: workers come and go, report late and twice, agents are killed, people cancel."""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Row
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from patchgui.agent.engine.results import StepResult
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.worker.journal import uptime
from tests.unit.commands.conftest import NODES, SHELL, Desk

LINUX, WINDOWS = tuple(NODES)[:4], tuple(NODES)[4]
FINAL = {"Success", "Failed", "Cancelled", "TimedOut"}
STEPS = ("one", "two")
TIMEOUT_S = 60
TOTAL_S = TIMEOUT_S + 3600 * len(STEPS)

Shown = tuple[str, str]

# Small limits, for those are reached in few events; and now and then none.
RATES = st.tuples(st.sampled_from(["1", "1", "2", "2", "50%", "100%"]), st.sampled_from(["0", "0", "1", "50%", "9"]))

# It is about the order of events, and would mostly wait for the disk.
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

ENDS = st.sampled_from([StepStatus.FAILED, StepStatus.TIMED_OUT, StepStatus.SUCCESS])


@dataclass
class JournalingWorker:
    """What a real worker does, without doing it: it keeps a journal of each command, whoever listens."""

    desk: Desk
    instance_id: str
    is_connected: bool = False
    inbox: list[Mapping[str, Any]] = field(default_factory=list)
    journals: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    takes_until: dict[str, float] = field(default_factory=dict)

    def connect(self) -> None:
        self.is_connected = True
        applied = self.desk.service.applied(self.instance_id)
        assert set(applied) <= set(self.journals), "the agent believes a command delivered that never was"
        self.desk.service.connected(self.instance_id, self._receive)
        for command_id, journal in self.journals.items():
            self.tell(command_id, journal[applied.get(command_id, 0) :])

    def disconnect(self) -> None:
        self.is_connected = False
        self.desk.service.disconnected(self.instance_id)

    def _receive(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "command":
            command_id = message["command"]["command_id"]
            assert command_id not in self.acknowledged, "sent again to a worker that had acknowledged it"
            # Only this test's clock moves, the machine's hardly does.
            left_s = round(message["command"]["deliver_until_up"] - uptime())
            self.takes_until[command_id] = self.desk.clock().timestamp() + left_s
        self.inbox.append(json.loads(json.dumps(message)))

    def read(self) -> None:
        """Handle what has come; without a connection the agent learns of it later."""
        inbox, self.inbox = self.inbox, []
        for message in inbox:
            if message["type"] == "command":
                command_id = message["command"]["command_id"]
                if command_id in self.journals or self.desk.clock().timestamp() > self.takes_until[command_id]:
                    continue
                self.journals[command_id] = []
                self.note(command_id, {"type": "accepted"}, {"type": "started"})
            elif message["type"] == "cancel":
                self.cancelled.add(message["command"])

    def open(self) -> list[str]:
        return [command_id for command_id, journal in self.journals.items() if journal[-1]["type"] != "ended"]

    def go_on(self, command_id: str, status: StepStatus) -> None:
        """Begin the next step, or come to its end; after the last step, to that of the command."""
        journal = self.journals[command_id]
        ended = [record["result"]["status"] for record in journal if record["type"] == "step_ended"]
        if journal[-1]["type"] == "step_started":
            status = StepStatus.CANCELLED if command_id in self.cancelled else status
            result = StepResult(STEPS[len(ended)], SHELL, status, output="said")
            self.note(command_id, {"type": "step_ended", "result": result.to_json()})
        elif len(ended) < len(STEPS):
            self.note(command_id, {"type": "step_started", "step": STEPS[len(ended)], "action": SHELL})
        else:
            worst = next((each for each in ("Failed", "TimedOut", "Cancelled") if each in ended), "Success")
            self.note(command_id, {"type": "ended", "status": worst, "reason": ""})

    def finish(self, command_id: str, status: StepStatus) -> None:
        """Come to an end with all steps and with the command."""
        while command_id in self.open():
            self.go_on(command_id, status)

    def note(self, command_id: str, *records: Mapping[str, Any]) -> None:
        journal = self.journals[command_id]
        at = self.desk.clock().timestamp()
        new = [{"n": len(journal) + index, "at": at, **record} for index, record in enumerate(records, start=1)]
        journal += new
        if self.is_connected:
            self.tell(command_id, new)

    def tell(self, command_id: str, records: Sequence[Mapping[str, Any]]) -> None:
        messages = [{"type": "report", "command": command_id, "record": record} for record in records]
        self.desk.service.received([(self.instance_id, json.loads(json.dumps(messages)))])
        if any(record["type"] == "accepted" for record in records):
            self.acknowledged.add(command_id)


def expected(nodes: Sequence[Shown], max_errors: int, *, is_cancelled: bool) -> set[Shown]:
    """Return what a command may show, by the tables of the service's guide ("Understanding command statuses")."""
    count = Counter(details for _status, details in nodes)
    unsent = count["Undeliverable"] + count["InvalidPlatform"]
    errors = count["Failed"] + count["ExecutionTimedOut"]
    if sum(status in FINAL for status, _details in nodes) < len(nodes):
        if is_cancelled:
            return {("Cancelling", "Cancelling")}
        untouched = count["Pending"] + count["Delayed"] + unsent == len(nodes)
        if untouched:
            return {("Pending", "Pending" if count["Pending"] else "Delayed")}
        return {("InProgress", "InProgress")}
    if not nodes:
        return {("Success", "NoInstancesInTag")}
    if count["Cancelled"] and (is_cancelled or count["Cancelled"] == len(nodes)):
        return {("Cancelled", "Cancelled")}
    if errors and errors >= max_errors:
        return {("Failed", "Failed")} if count["Failed"] else {("TimedOut", "ExecutionTimedOut")}
    if unsent == len(nodes):
        return {("Failed", "Failed")}
    if count["DeliveryTimedOut"] and count["DeliveryTimedOut"] >= max_errors:
        return {("TimedOut", "DeliveryTimedOut")}
    if count["Success"] and count["Success"] + unsent == len(nodes):
        return {("Success", "Success")}
    return {("Failed", "Incomplete")}


@dataclass
class Sent:
    """What the test knows of a command."""

    nodes: tuple[str, ...]
    lanes: int
    max_errors: int
    is_cancelled: bool = False
    cancelled: set[str] = field(default_factory=set)
    finals: dict[str, Shown] = field(default_factory=dict)
    seen_sent: set[str] = field(default_factory=set)


class AnyOrder(RuleBasedStateMachine):
    """The service of commands on one state file, as long as it lives."""

    @initialize(rate=RATES, records=st.integers(0, 8), status=ENDS)
    def open(self, rate: tuple[str, str], records: int, status: StepStatus) -> None:
        """Begin with a command on its way, so that what follows meets it in any state."""
        self.folder = Path(tempfile.mkdtemp(dir=IN_MEMORY))
        self.desk = Desk(self.folder)
        self.desk.create("Two", *STEPS)
        self.workers = {each: JournalingWorker(self.desk, each) for each in NODES}
        self.commands: dict[str, Sent] = {}
        self.gone: set[str] = set()
        for worker in self.workers.values():
            worker.connect()
        self.send(LINUX, rate)
        for _each in range(records):
            self.read(LINUX[0], alone=False)
            for worker, command_id in self._at_work():
                worker.go_on(command_id, status)
                self.all_that_is_promised()

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            self._everything_comes_to_an_end()
        finally:
            self.desk.database.close()
            shutil.rmtree(self.folder)

    # -- what happens ----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.commands) < 4)
    @rule(
        nodes=st.sampled_from([LINUX, LINUX, LINUX[:3], LINUX[1:3], (*LINUX[:2], WINDOWS), (WINDOWS,), ()]), rate=RATES
    )
    def send(self, nodes: tuple[str, ...], rate: tuple[str, str]) -> None:
        chosen = tuple(each for each in NODES if each in nodes and each not in self.gone)
        # An id that is nobody's is an id that no target fits.
        where = [{"Key": "InstanceIds", "Values": sorted(chosen) or ["mi-0123456789abcdef0"]}]
        concurrency, errors = rate
        limits = {"MaxConcurrency": concurrency, "MaxErrors": errors, "TimeoutSeconds": TIMEOUT_S}
        command_id = self.desk.send(document="Two", Targets=where, **limits)
        lanes = max(1, _share(concurrency, len(chosen)))
        self.commands[command_id] = Sent(chosen, lanes, _share(errors, len(chosen)))

    @rule(instance_id=st.sampled_from(LINUX), alone=st.booleans())
    def a_connection_is_lost_or_all_are_found(self, instance_id: str, *, alone: bool) -> None:
        away = self._away()
        if instance_id not in away and instance_id not in self.gone:
            self.workers[instance_id].inbox.clear()
            self.workers[instance_id].disconnect()
        else:
            for each in [instance_id] if alone and instance_id in away else away:
                self.workers[each].connect()
                self.all_that_is_promised()

    @precondition(lambda self: self._has_mail())
    @rule(first=st.sampled_from(tuple(NODES)), alone=st.booleans())
    def read(self, first: str, *, alone: bool) -> None:
        """Have the workers read what they were sent, from one on; or only that one, while the others are busy."""
        order = [*NODES, *NODES][tuple(NODES).index(first) :][: 1 if alone else len(NODES)]
        for instance_id in order:
            self.workers[instance_id].read()

    @precondition(lambda self: self._has_mail())
    @rule()
    def read_while_connections_break(self) -> None:
        """What the workers have begun then, the agent hears of when they are found again."""
        for worker in self.workers.values():
            if worker.is_connected and worker.inbox:
                worker.disconnect()
                worker.read()

    @precondition(lambda self: self._at_work())
    @rule(status=ENDS, data=st.data(), records=st.integers(1, 3))
    def go_on(self, status: StepStatus, data: st.DataObject, records: int) -> None:
        worker, command_id = data.draw(st.sampled_from(self._at_work()))
        for _each in range(records):
            if command_id in worker.open():
                worker.go_on(command_id, status)

    @precondition(lambda self: self._at_work())
    @rule(status=ENDS, data=st.data(), at_most=st.integers(1, 4))
    def finish(self, status: StepStatus, data: st.DataObject, at_most: int) -> None:
        """Have one command come to an end where it runs, on so many nodes."""
        _worker, command_id = data.draw(st.sampled_from(self._at_work()))
        for worker, _each in [each for each in self._at_work() if each[1] == command_id][:at_most]:
            worker.finish(command_id, status)
            # With each of them another node may be sent the command, rightly at that moment.
            self.all_that_is_promised()

    @precondition(lambda self: any(worker.journals for worker in self.workers.values()))
    @rule(record=st.sampled_from([0, 2, 2, 4, 4, 6]))
    def tell_again(self, record: int) -> None:
        """Have every worker tell the same record of its journals once more, mostly the start of a step."""
        for worker in self.workers.values():
            for command_id, journal in worker.journals.items():
                if worker.is_connected and record < len(journal):
                    worker.tell(command_id, [journal[record]])

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), nodes=st.sets(st.sampled_from(tuple(NODES)), max_size=2))
    def cancel(self, data: st.DataObject, nodes: set[str]) -> None:
        command_id = data.draw(st.sampled_from(list(self.commands)))
        known = sorted(nodes - self.gone)
        shown = {each: self.desk.on(command_id, each)[0] for each in self.commands[command_id].nodes}
        moving = [each for each, status in shown.items() if status not in FINAL]
        left = [each for each in moving if known and each not in known]
        others = [each for each in left if shown[each] != "Cancelling"]
        self.commands[command_id].is_cancelled |= bool(moving) and not others
        self.commands[command_id].cancelled.update(set(moving) - set(left))
        self.desk.service.cancel(command_id, known)

    @rule(seconds=st.sampled_from([1, 30, 61, 70, TOTAL_S + 6]))
    def time_passes(self, seconds: int) -> None:
        self.desk.clock.pass_s(seconds)
        self.desk.service.give_up_overdue()

    @rule()
    def the_agent_is_killed_and_comes_back(self) -> None:
        for worker in self.workers.values():
            worker.is_connected = False
            worker.inbox.clear()
        self.desk.restart()

    @rule(instance_id=st.sampled_from(tuple(NODES)))
    @precondition(lambda self: self.commands and not self.gone)
    def a_node_is_registered_no_more(self, instance_id: str) -> None:
        self.gone.add(instance_id)
        self.desk.node_names.pop(instance_id, None)
        self.the_agent_is_killed_and_comes_back()

    # -- what holds ------------------------------------------------------------------------------------------------

    @invariant()
    def all_that_is_promised(self) -> None:
        for command_id, sent in getattr(self, "commands", {}).items():
            rows = self.desk.service.repository.invocations(command_id)
            _a_command_is_the_sum_of_its_nodes(self.desk, command_id, sent, rows)
            _what_is_final_stays(self.desk, command_id, sent, rows)
            _no_more_nodes_have_it_than_may(sent, rows)

    def _everything_comes_to_an_end(self) -> None:
        """Let every node that is there come back and finish: within its time, each command has ended."""
        for _turn in range(3 * len(NODES)):
            for instance_id in self._away():
                self.workers[instance_id].connect()
                self.all_that_is_promised()
            for worker in self.workers.values():
                worker.read()
                for command_id in worker.open():
                    worker.finish(command_id, StepStatus.SUCCESS)
            if self.desk.service.is_idle:
                break
        self.time_passes(TOTAL_S + 6)
        for command_id in self.commands:
            assert self.desk.command(command_id)[0] in FINAL
        self.all_that_is_promised()
        assert self.desk.service.is_idle

    def _away(self) -> list[str]:
        return [each for each, worker in self.workers.items() if not worker.is_connected and each not in self.gone]

    def _has_mail(self) -> bool:
        return any(worker.inbox for worker in self.workers.values())

    def _at_work(self) -> list[tuple[JournalingWorker, str]]:
        return [(worker, command_id) for worker in self.workers.values() for command_id in worker.open()]


def _a_command_is_the_sum_of_its_nodes(desk: Desk, command_id: str, sent: Sent, rows: Sequence[Row]) -> None:
    nodes = [(row["status"], row["status_details"]) for row in rows]
    may = expected(nodes, sent.max_errors, is_cancelled=sent.is_cancelled)
    assert desk.command(command_id) in may, (nodes, sent)
    count = Counter(nodes)
    completed = sum(nodes for (status, _), nodes in count.items() if status in FINAL)
    errors = count["Failed", "Failed"] + count["TimedOut", "ExecutionTimedOut"]
    undelivered = count["TimedOut", "DeliveryTimedOut"]
    assert desk.counts(command_id) == (len(sent.nodes), completed, errors, undelivered)


def _what_is_final_stays(desk: Desk, command_id: str, sent: Sent, rows: Sequence[Row]) -> None:
    shown = {"": desk.command(command_id)}
    steps = desk.service.repository.some_steps(command_id, sent.nodes)
    for row in rows:
        node = shown[row["instance_id"]] = (row["status"], row["status_details"])
        assert node[0] in {*FINAL, "Cancelling"} or row["instance_id"] not in sent.cancelled
        assert (row["stage"] == "over") == (node[0] in FINAL), "what is shown as over is over, and nothing else"
        for step in steps[row["instance_id"]]:
            shown[f"{row['instance_id']} {step['name']}"] = (step["status"], step["status_details"])
            assert node[0] not in FINAL or step["status"] in FINAL
    for what, before in sent.finals.items():
        assert shown[what] == before, what
    sent.finals |= {what: now for what, now in shown.items() if now[0] in FINAL}


def _no_more_nodes_have_it_than_may(sent: Sent, rows: Sequence[Row]) -> None:
    under_way = {row["instance_id"] for row in rows if row["stage"] in ("sent", "running")}
    acknowledged = sum(row["started_at"] is not None for row in rows)
    unanswered = sum(row["stage"] == "sent" for row in rows)
    assert len(under_way) <= sent.lanes
    assert unanswered <= 1 + acknowledged, "one goes first, each acknowledgement lets two more go"
    errors = sum(row["status_details"] in ("Failed", "ExecutionTimedOut") for row in rows)
    new = under_way - sent.seen_sent
    assert not new or errors <= sent.max_errors, "sent on although more failed than may"
    sent.seen_sent |= under_way


def _share(limit: str, targets: int) -> int:
    return targets * int(limit[:-1]) // 100 if limit.endswith("%") else int(limit)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
