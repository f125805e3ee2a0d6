"""The engine against a small reading of the rules of its own: engine.md §3, §5, §6, §7.5-7, §8.1, §10.1 and §11.4.

Random documents with modifiers, preconditions, exit codes, nested documents, reboots and cancels, boot by boot.
"""

import json
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from patchgui.agent.engine import CancelToken, DocumentResult, run_document
from patchgui.agent.engine.local_host import LocalHost
from patchgui.agent.engine.process import Ending

WINDOWS = {"StringEquals": ["platformType", "Windows"]}
CODES = st.lists(st.sampled_from([0, 0, 0, 1, 3, 137, 168, 169, 194, 194]), min_size=1, max_size=3)
MODIFIERS: dict[str, st.SearchStrategy[Any]] = {
    "onFailure": st.sampled_from(["exit", "successAndExit", "abort", "Exit"]),
    "onSuccess": st.sampled_from(["exit", "stop"]),
    "finallyStep": st.sampled_from([True, "true", False, "True"]),
    "windows": st.just(True),
}
SCRIPT = st.fixed_dictionaries({"codes": CODES}, optional=MODIFIERS)
NESTED = st.fixed_dictionaries({"inside": st.lists(SCRIPT, min_size=1, max_size=3)}, optional=MODIFIERS)
STEPS = st.lists(SCRIPT | SCRIPT | NESTED, min_size=1, max_size=5)

Step = Mapping[str, Any]

# From mild to bad, as the steps of a nested document are merged; a document as a whole goes by another order.
MERGE_ORDER = ("Skipped", "Success", "SuccessAndReboot", "Failed", "Cancelled", "TimedOut")
DOCUMENT_ORDER = ("SuccessAndReboot", "Failed", "TimedOut", "Cancelled")


class Came(NamedTuple):
    """What the rules say came of a step."""

    status: str
    code: int = 0


class Oracle:
    """The rules, as short as they can be said; ``ran`` lists the scripts in the order in which they run."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.times: dict[str, int] = {}
        self.ran: list[str] = []

    def boot(self, known: dict[str, Came], *, cancelled: bool) -> tuple[str, dict[str, Came]]:
        came = self.document(self.steps, "", known, cancelled=cancelled)
        statuses = {each.status for each in came.values()}
        return next((status for status in DOCUMENT_ORDER if status in statuses), "Success"), came

    def document(self, steps: list[Step], path: str, known: dict[str, Came], *, cancelled: bool) -> dict[str, Came]:
        came: dict[str, Came] = {}
        leaves = False
        for number, step in enumerate(steps):
            name = f"s{number}"
            is_finally = number == len(steps) - 1 and step.get("finallyStep") in (True, "true")
            earlier = known.get(name)
            if earlier is not None and earlier.status != "SuccessAndReboot":
                came[name] = earlier
            elif (leaves and not is_finally) or "windows" in step:
                came[name] = Came("Skipped")
            elif cancelled:
                came[name] = Came("Cancelled", 1)
            else:
                came[name] = self.modified(step, self.action(step, f"{path}{name}"))
            if came[name].status == "SuccessAndReboot":
                break
            leaves = leaves or self.leaves(step, came[name])
        return came

    def action(self, step: Step, path: str) -> Came:
        if "inside" in step:
            inner = self.document(step["inside"], f"{path}/", {}, cancelled=False)
            return Came(max((each.status for each in inner.values()), key=MERGE_ORDER.index))
        turn = self.times.get(path, 0)
        self.times[path] = turn + 1
        self.ran.append(path)
        code = step["codes"][turn] if turn < len(step["codes"]) else 0
        named = {0: "Success", 137: "TimedOut", 168: "Success", 194: "SuccessAndReboot"}
        return Came(named.get(code, "Failed"), code)

    def modified(self, step: Step, came: Came) -> Came:
        fails = came.status == "Failed" and came.code != 169
        return Came("Success", 168) if fails and step.get("onFailure") == "successAndExit" else came

    def leaves(self, step: Step, came: Came) -> bool:
        if came.code in (168, 169):
            return True
        by_failure = came.status == "Failed" and step.get("onFailure") in ("exit", "successAndExit")
        return by_failure or (came.status == "Success" and step.get("onSuccess") == "exit")


class Node:
    """The real engine on a node whose scripts have nothing but exit codes."""

    def __init__(self, folder: Path, steps: list[Step]) -> None:
        self.folder = folder
        self.host = LocalHost(folder / "run", documents=(folder,), environment={})
        self.codes: dict[str, list[int]] = {}
        self.ran: list[str] = []
        self.content = self.document(steps, "")

    def document(self, steps: list[Step], path: str) -> dict[str, Any]:
        return {"schemaVersion": "2.2", "mainSteps": [self.step(f"s{i}", step, path) for i, step in enumerate(steps)]}

    def step(self, name: str, step: Step, path: str) -> dict[str, Any]:
        inputs = {key: value for key, value in step.items() if key not in {"codes", "windows", "inside"}}
        action = "aws:runShellScript"
        if "inside" in step:
            child = self.document(step["inside"], f"{path}{name}/")
            (self.folder / f"Child-{name}.json").write_text(json.dumps(child))
            action = "aws:runDocument"
            inputs |= {"documentType": "SSMDocument", "documentPath": f"Child-{name}"}
        else:
            self.codes[f"{path}{name}"] = list(step["codes"])
        precondition = {"precondition": WINDOWS} if "windows" in step else {}
        return {"name": name, "action": action, "inputs": inputs, **precondition}

    def run_process(self, argv: list[str], **_: Any) -> Ending:
        script = Path(shlex.split(argv[2])[0])
        name = str(script.parent.relative_to(self.host.orchestration))
        self.ran.append(name)
        codes = self.codes[name]
        return Ending(exit_code=codes.pop(0) if codes else 0)

    def boot(self, previous: DocumentResult | None, *, cancelled: bool) -> DocumentResult:
        cancel = CancelToken()
        if cancelled:
            cancel.cancel()
        known = previous.steps if previous else ()
        return run_document(self.content, {}, self.host, mock.Mock(), previous=known, cancel=cancel)


@contextmanager
def node(steps: list[Step]) -> Iterator[Node]:
    with tempfile.TemporaryDirectory() as folder:
        made = Node(Path(folder), steps)
        with mock.patch("patchgui.agent.engine.plugins.run_command.run_process", made.run_process):
            yield made


@given(STEPS, st.integers(0, 4))
@settings(deadline=None, max_examples=120)
def test_every_boot_of_any_document_ends_as_the_rules_say(steps: list[Step], cancelled_boot: int) -> None:
    oracle, known, result = Oracle(steps), dict[str, Came](), None
    with node(steps) as real:
        for boot in range(20):
            # Most documents are over before the boot that would be cancelled.
            is_cancelled = boot == cancelled_boot
            result = real.boot(result, cancelled=is_cancelled)
            status, known = oracle.boot(known, cancelled=is_cancelled)
            assert [(each.name, each.status.value, each.code) for each in result.steps] == [
                (name, came.status, came.code) for name, came in known.items()
            ]
            assert result.status.value == status
            assert real.ran == oracle.ran
            if status != "SuccessAndReboot":
                break
