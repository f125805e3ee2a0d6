"""Commands under any order of events: workers come and go, report late and twice, agents are killed, people cancel."""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
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
TIMEOUT_S, TOTAL_S = 60, 60 + 3600

Shown = tuple[str, str]


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
        self.inbox.clear()
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
        """Handle what has come."""
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

    def finish(self, command_id: str, status: StepStatus) -> None:
        """Come to an end with the step and with the command."""
        status = StepStatus.CANCELLED if command_id in self.cancelled else status
        result = StepResult("one", SHELL, status, output="said")
        started = {"type": "step_started", "step": "one", "action": SHELL}
        ended = {"type": "ended", "status": status.value, "reason": ""}
        self.note(command_id, started, {"type": "step_ended", "result": result.to_json()}, ended)

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
    finals: dict[str, Shown] = field(default_factory=dict)
    seen_sent: set[str] = field(default_factory=set)


class AnyOrder(RuleBasedStateMachine):
    """The service of commands on one state file, as long as it lives."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.desk = Desk(self.folder)
        self.workers = {each: JournalingWorker(self.desk, each) for each in NODES}
        self.commands: dict[str, Sent] = {}
        self.gone: set[str] = set()
        for worker in self.workers.values():
            worker.connect()

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        try:
            self._everything_comes_to_an_end()
        finally:
            self.desk.database.close()
            shutil.rmtree(self.folder)

    # -- what happens ----------------------------------------------------------------------------------------------

    @rule(
        nodes=st.sampled_from([LINUX, LINUX, LINUX[:3], LINUX[1:3], (*LINUX[:2], WINDOWS), (WINDOWS,), ()]),
        concurrency=st.sampled_from(["1", "2", "50%", "100%", "50"]),
        errors=st.sampled_from(["0", "1", "50%", "100%", "9"]),
    )
    def send(self, nodes: tuple[str, ...], concurrency: str, errors: str) -> None:
        chosen = tuple(each for each in NODES if each in nodes and each not in self.gone)
        # An id that is nobody's is an id that no target fits.
        where = [{"Key": "InstanceIds", "Values": sorted(chosen) or ["mi-0123456789abcdef0"]}]
        rate = {"MaxConcurrency": concurrency, "MaxErrors": errors}
        command_id = self.desk.send(Targets=where, TimeoutSeconds=TIMEOUT_S, **rate)
        lanes = max(1, _share(concurrency, len(chosen)))
        self.commands[command_id] = Sent(chosen, lanes, _share(errors, len(chosen)))

    @precondition(lambda self: self._away())
    @rule(data=st.data(), alone=st.booleans())
    def connect(self, data: st.DataObject, *, alone: bool) -> None:
        away = self._away()
        for instance_id in [data.draw(st.sampled_from(away))] if alone else away:
            self.workers[instance_id].connect()

    @rule(instance_id=st.sampled_from(LINUX))
    def disconnect(self, instance_id: str) -> None:
        if self.workers[instance_id].is_connected:
            self.workers[instance_id].disconnect()

    @precondition(lambda self: any(worker.inbox for worker in self.workers.values()))
    @rule(first=st.sampled_from(tuple(NODES)), alone=st.booleans())
    def read(self, first: str, *, alone: bool) -> None:
        """Have the workers read what they were sent, from one on; or only that one, while the others are busy."""
        order = [*NODES, *NODES][tuple(NODES).index(first) :][: 1 if alone else len(NODES)]
        for instance_id in order:
            self.workers[instance_id].read()

    @precondition(lambda self: any(worker.open() for worker in self.workers.values()))
    @rule(
        status=st.sampled_from([StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.FAILED, StepStatus.TIMED_OUT]),
        data=st.data(),
    )
    def finish(self, status: StepStatus, data: st.DataObject) -> None:
        at_work = [(each, command_id) for each, worker in self.workers.items() for command_id in worker.open()]
        instance_id, command_id = data.draw(st.sampled_from(at_work))
        self.workers[instance_id].finish(command_id, status)

    @precondition(lambda self: any(worker.journals and worker.is_connected for worker in self.workers.values()))
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        told = [
            (worker, command_id)
            for worker in self.workers.values()
            for command_id in worker.journals
            if worker.is_connected
        ]
        worker, command_id = data.draw(st.sampled_from(told))
        worker.tell(command_id, [data.draw(st.sampled_from(worker.journals[command_id]))])

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), nodes=st.sets(st.sampled_from(tuple(NODES)), max_size=2))
    def cancel(self, data: st.DataObject, nodes: set[str]) -> None:
        command_id = data.draw(st.sampled_from(sorted(self.commands)))
        known = sorted(nodes - self.gone)
        moving = [each for each in self.commands[command_id].nodes if self._shown(command_id, each)[0] not in FINAL]
        left = [each for each in moving if known and each not in known]
        others = [each for each in left if self._shown(command_id, each)[0] != "Cancelling"]
        self.commands[command_id].is_cancelled |= bool(moving) and not others
        self.desk.service.cancel(command_id, known)

    @rule(seconds=st.sampled_from([1, 30, 30, 61, 4000]))
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
    def a_command_is_the_sum_of_its_nodes(self) -> None:
        for command_id, sent in getattr(self, "commands", {}).items():
            nodes = [self._shown(command_id, each) for each in sent.nodes]
            may = expected(nodes, sent.max_errors, is_cancelled=sent.is_cancelled)
            assert self.desk.command(command_id) in may, (nodes, sent)

    @invariant()
    def counters_add_up(self) -> None:
        for command_id, sent in getattr(self, "commands", {}).items():
            nodes = Counter(self._shown(command_id, each) for each in sent.nodes)
            completed = sum(count for (status, _), count in nodes.items() if status in FINAL)
            errors = nodes["Failed", "Failed"] + nodes["TimedOut", "ExecutionTimedOut"]
            undelivered = nodes["TimedOut", "DeliveryTimedOut"]
            assert self.desk.counts(command_id) == (len(sent.nodes), completed, errors, undelivered)

    @invariant()
    def what_is_final_stays(self) -> None:
        for command_id, sent in getattr(self, "commands", {}).items():
            shown = {"": self.desk.command(command_id)}
            for instance_id in sent.nodes:
                shown[instance_id] = self._shown(command_id, instance_id)
                for name, step in self.desk.steps(command_id, instance_id).items():
                    shown[f"{instance_id} {name}"] = (step["status"], step["status_details"])
                    assert shown[instance_id][0] not in FINAL or step["status"] in FINAL
            for what, before in sent.finals.items():
                assert shown[what] == before, what
            sent.finals |= {what: now for what, now in shown.items() if now[0] in FINAL}

    @invariant()
    def no_more_nodes_have_it_than_may(self) -> None:
        for command_id, sent in getattr(self, "commands", {}).items():
            rows = self.desk.service.repository.invocations(command_id)
            under_way = {row["instance_id"] for row in rows if row["stage"] in ("sent", "running")}
            acknowledged = sum(row["started_at"] is not None for row in rows)
            unanswered = sum(row["stage"] == "sent" for row in rows)
            assert len(under_way) <= sent.lanes
            assert unanswered <= 1 + acknowledged, "one goes first, each acknowledgement lets two more go"
            errors = sum(row["status_details"] in ("Failed", "ExecutionTimedOut") for row in rows)
            new = under_way - sent.seen_sent
            assert not new or errors <= sent.max_errors, "sent on although more failed than may"
            sent.seen_sent |= under_way

    def _everything_comes_to_an_end(self) -> None:
        """Let every node that is there come back and finish: within its time, each command has ended."""
        for _turn in range(3 * len(NODES)):
            for instance_id in self._away():
                self.workers[instance_id].connect()
            for worker in self.workers.values():
                worker.read()
                for command_id in worker.open():
                    worker.finish(command_id, StepStatus.SUCCESS)
        self.time_passes(TOTAL_S + 6)
        for command_id in self.commands:
            assert self.desk.command(command_id)[0] in FINAL
        self.a_command_is_the_sum_of_its_nodes()
        self.counters_add_up()
        self.what_is_final_stays()
        assert self.desk.service.is_idle

    def _away(self) -> list[str]:
        return [each for each, worker in self.workers.items() if not worker.is_connected and each not in self.gone]

    def _shown(self, command_id: str, instance_id: str) -> Shown:
        return self.desk.on(command_id, instance_id)


def _share(limit: str, targets: int) -> int:
    return targets * int(limit[:-1]) // 100 if limit.endswith("%") else int(limit)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
