"""What holds for every document: steps run once, exits skip, a crash between two steps changes nothing."""

import shlex
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from patchgui.agent.engine import DocumentResult, StepResult, StepStatus, run_document
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.process import Ending
from patchgui.agent.engine.statuses import document_status

WINDOWS = {"StringEquals": ["platformType", "Windows"]}

STEPS = st.lists(
    st.fixed_dictionaries(
        {"codes": st.lists(st.sampled_from([0, 0, 1, 137, 168, 169, 194]), min_size=1, max_size=2)},
        optional={
            "onFailure": st.sampled_from(["exit", "successAndExit", "abort"]),
            "onSuccess": st.just("exit"),
            "finallyStep": st.sampled_from([True, "true", False]),
            "windows": st.just(True),
        },
    ),
    min_size=1,
    max_size=5,
)


class Stopped(Exception):
    """The worker dies here."""


class Node:
    """A node whose scripts only have exit codes: one for each time that they run, 0 from then on."""

    def __init__(self, folder: str, steps: list[dict[str, Any]]) -> None:
        self.codes = {f"s{i}": list(step["codes"]) for i, step in enumerate(steps)}
        self.host = LocalHost(Path(folder), environment={})
        self.content = {"schemaVersion": "2.2", "mainSteps": [self._step(i, step) for i, step in enumerate(steps)]}
        self.runs: Counter[str] = Counter()
        self.ended: list[StepResult] = []
        self.dies_after = -1

    @staticmethod
    def _step(number: int, step: dict[str, Any]) -> dict[str, Any]:
        inputs = {key: value for key, value in step.items() if key not in {"codes", "windows"}}
        precondition = {"precondition": WINDOWS} if "windows" in step else {}
        return {"name": f"s{number}", "action": "aws:runShellScript", "inputs": inputs, **precondition}

    def run_process(self, argv: list[str], **_: Any) -> Ending:
        name = Path(shlex.split(argv[2])[0]).parent.name
        self.runs[name] += 1
        codes = self.codes[name]
        return Ending(exit_code=codes.pop(0) if codes else 0)

    def step_started(self, *_: Any) -> None:
        pass

    def step_output(self, *_: Any) -> None:
        pass

    def step_ended(self, result: StepResult) -> None:
        self.ended.append(result)
        if len(self.ended) - 1 == self.dies_after:
            raise Stopped

    def boot(self, previous: list[StepResult]) -> DocumentResult:
        return run_document(self.content, {}, self.host, self, previous=previous)

    def to_end(self, previous: list[StepResult]) -> DocumentResult:
        result = self.boot(previous)
        while result.status is StepStatus.SUCCESS_AND_REBOOT:
            result = self.boot(list(result.steps))
        return result


@contextmanager
def node(steps: list[dict[str, Any]]) -> Iterator[Node]:
    with tempfile.TemporaryDirectory() as folder:
        made = Node(folder, steps)
        with mock.patch("patchgui.agent.engine.plugins.run_command.run_process", made.run_process):
            yield made


def outcome(result: DocumentResult) -> tuple[StepStatus, list[tuple[str, StepStatus, int]]]:
    return result.status, [(step.name, step.status, step.code) for step in result.steps]


@given(STEPS)
@settings(deadline=None, max_examples=60)
def test_steps_run_once_and_once_more_for_each_reboot_they_ask_for(steps: list[dict[str, Any]]) -> None:
    with node(steps) as made:
        result = made.to_end([])
        assert [step.name for step in result.steps] == [f"s{i}" for i in range(len(steps))]
        assert result.status == document_status(step.status for step in result.steps)
        for number, step in enumerate(steps):
            reboots = 0
            while reboots < len(step["codes"]) and step["codes"][reboots] == 194:
                reboots += 1
            ran = made.runs[f"s{number}"]
            assert ran in {0, 1 + reboots}
            assert (ran == 0) == (result.steps[number].status is StepStatus.SKIPPED)


@given(STEPS)
@settings(deadline=None, max_examples=60)
def test_finally_step_in_last_position_always_runs(steps: list[dict[str, Any]]) -> None:
    steps[-1] = {**steps[-1], "finallyStep": True}
    steps[-1].pop("windows", None)
    with node(steps) as made:
        made.to_end([])
        assert made.runs[f"s{len(steps) - 1}"] >= 1


@given(STEPS, st.integers(0, 6))
@settings(deadline=None, max_examples=80)
def test_crash_between_two_steps_changes_nothing(steps: list[dict[str, Any]], dies_after: int) -> None:
    with node(steps) as undisturbed:
        expected = outcome(undisturbed.to_end([]))
    with node(steps) as disturbed:
        disturbed.dies_after = dies_after
        try:
            actual = disturbed.to_end([])
        except Stopped:
            known = {result.name: result for result in disturbed.ended}
            actual = disturbed.to_end(list(known.values()))
        assert outcome(actual) == expected
        assert disturbed.runs == undisturbed.runs
