"""A walk of wrapper documents through the situations of engine.md §13, and what was seen of each."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.agent_process import AgentProcess

ROLES = ("scan", "decide", "before", "install", "after", "decide reboot", "reboot", "exit")
"""What the steps of the patching wrapper are for, those for other platforms left out."""

SNAPSHOT = "0b1a6d2e-3f54-4c7b-9a68-1d2e3f405162"
UPGRADED = "dpkg-query --show --showformat='${Package} ${Version}\\n' 'sandbox-*'"

_TRACE = "/var/log/hooks-that-ran"
_REPORT = "/var/log/amazon/ssm/patch-configuration/patch-inventory-from-last-operation.json"
_HOOKS = {
    "Before": "true",
    "After": "true",
    "Exit": "true",
    "Fails": "exit 3",
    "TimesOut": "exit 137",
    # Once in a command: the agent runs a step that asked for a restart again after it.
    "Restarts": "[ -e /var/log/$SSM_COMMAND_ID ] || { touch /var/log/$SSM_COMMAND_ID; exit 194; }",
    # dpkg then refuses to install, though it goes on answering questions.
    "BreaksDpkg": "echo no-such-option > /etc/dpkg/dpkg.cfg.d/broken",
    "LosesReport": f"rm {_REPORT}",
}


@dataclass(frozen=True)
class Wrappers:
    """Two documents: the one that patches with hooks, and the one that restarts with a hook.

    ``steps`` and ``reboot_steps`` are the places of their steps that are for Linux.
    """

    patch: str
    reboot: str
    steps: Sequence[int] = (0, 1, 3, 4, 5, 6, 8, 9)
    reboot_steps: Sequence[int] = (0, 2, 3)


@dataclass(frozen=True)
class Seen:
    """What came of a command: a word for each step for Linux, the hooks that ran, whether the node restarted."""

    steps: str
    status: str = "Success"
    hooks: str = "Exit"
    restarted: bool = False
    outputs: tuple[str, ...] = field(default=(), compare=False)
    others: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Situation:
    """What is sent to a node, after a script has prepared it, and what is to come of it."""

    name: str
    expected: Seen
    before: str = "Before"
    after: str = "After"
    exit: str = "Exit"
    operation: str = "Install"
    option: str = "RebootIfNeeded"
    snapshot: str = ""
    prepare: str = "true"
    is_reboot: bool = False

    def parameters(self) -> dict[str, list[str]]:
        """Return the parameters of the command."""
        if self.is_reboot:
            return {"PostRebootHookDocName": [f"Hook-{self.exit}"]}
        hooks = {"PreInstall": self.before, "PostInstall": self.after, "OnExit": self.exit}
        given = {"Operation": self.operation, "RebootOption": self.option, "SnapshotId": self.snapshot}
        return {
            **{name: [value] for name, value in given.items()},
            **{f"{name}HookDocName": [f"Hook-{value}"] for name, value in hooks.items()},
        }


def _is(name: str, steps: str, status: str = "Success", hooks: str = "Exit", **more: Any) -> Situation:
    restarted = bool(more.pop("restarted", False))
    return Situation(name, Seen(steps, status, hooks, restarted), **more)


_SKIPPED = "skip skip skip skip skip"

FROM_UNPATCHED = (
    _is("a scan", f"ok 168 {_SKIPPED} skip", hooks="", operation="Scan", snapshot=SNAPSHOT),
    _is(
        "a scan that fails",
        f"failed skip {_SKIPPED} skip",
        "Failed",
        "",
        operation="Scan",
        prepare="echo 'deb file:/nowhere x main' >> /etc/apt/sources.list",
    ),
    _is("an installation whose scan fails", f"failed skip {_SKIPPED} ok", "Failed"),
    _is(
        "before install fails",
        "ok ok failed skip skip skip skip ok",
        "Failed",
        "Fails Exit",
        before="Fails",
        prepare="sed -i /nowhere/d /etc/apt/sources.list",
    ),
    _is(
        "the installation fails",
        "ok ok ok failed skip skip skip ok",
        "Failed",
        "BreaksDpkg Exit",
        before="BreaksDpkg",
    ),
    _is(
        "before install asks for a restart, after install fails",
        "ok ok ok ok failed skip skip ok",
        "Failed",
        "Restarts Restarts Fails Exit",
        restarted=True,
        before="Restarts",
        after="Fails",
        option="NoReboot",
        prepare="rm /etc/dpkg/dpkg.cfg.d/broken",
    ),
    _is("nothing missing, some waiting, no restart wanted", f"ok 168 {_SKIPPED} ok", option="NoReboot"),
    _is(
        "nothing missing, some waiting for a restart",
        "ok ok ok ok ok ok ok ok",
        hooks="Before After Exit",
        snapshot=SNAPSHOT,
        restarted=True,
    ),
    _is("nothing missing, none waiting", f"ok 168 {_SKIPPED} ok"),
)
"""What an unpatched node goes through, in this order."""

WITH_TROUBLE_LATER = (
    _is(
        "before install times out",
        "ok ok timed-out ok ok 168 skip ok",
        "TimedOut",
        "TimesOut After Exit",
        before="TimesOut",
        option="NoReboot",
    ),
    _is(
        "the report is lost",
        "ok ok ok ok ok 169 skip ok",
        "Failed",
        "Before LosesReport Exit",
        after="LosesReport",
    ),
    _is("on exit fails", f"ok 168 {_SKIPPED} failed", "Failed", "Fails", exit="Fails", option="NoReboot"),
    _is("some waiting, then the reboot document", "ok ok ok", restarted=True, is_reboot=True),
    _is("none waiting, then the reboot document", "168 skip ok", is_reboot=True),
    _is(
        "on exit asks for a restart",
        f"ok 168 {_SKIPPED} ok",
        hooks="Restarts Restarts",
        restarted=True,
        exit="Restarts",
    ),
    _is(
        "the reboot document's hook asks for a restart",
        "168 skip ok",
        hooks="Restarts Restarts",
        restarted=True,
        exit="Restarts",
        is_reboot=True,
    ),
)
"""What another unpatched node goes through, in this order."""


def create_hooks(agent: AgentProcess) -> None:
    """Make the hooks: each leaves its name on the node, then does what it is named after."""
    for name, script in _HOOKS.items():
        lines = [f"echo $SSM_COMMAND_ID {name} >> {_TRACE}", script]
        step = {"name": "hook", "action": "aws:runShellScript", "inputs": {"runCommand": lines}}
        content = json.dumps({"schemaVersion": "2.2", "mainSteps": [step]})
        agent.boto3_client().create_document(Name=f"Hook-{name}", Content=content, DocumentType="Command")


def walk(agent: AgentProcess, wrappers: Wrappers) -> dict[str, Seen]:
    """Take unpatched nodes through all situations; each node goes its own way, at the same time as the others."""
    nodes = agent.wait_online()
    ways = {nodes["web-1"]: FROM_UNPATCHED, nodes["db-1"]: WITH_TROUBLE_LATER}
    with ThreadPoolExecutor() as pool:
        walks = [pool.submit(_walk_node, agent, wrappers, node, way) for node, way in ways.items()]
        return {name: seen for each in walks for name, seen in each.result().items()}


def _walk_node(agent: AgentProcess, wrappers: Wrappers, node: str, way: Sequence[Situation]) -> dict[str, Seen]:
    return {situation.name: _see(agent, wrappers, node, situation) for situation in way}


def _see(agent: AgentProcess, wrappers: Wrappers, node: str, situation: Situation) -> Seen:
    boot = "cat /proc/sys/kernel/random/boot_id"
    before = agent.run_shell(node, situation.prepare, boot)
    document = wrappers.reboot if situation.is_reboot else wrappers.patch
    command_id = send(agent, document, node, situation.parameters())
    after, *trace = agent.run_shell(node, boot, f"grep -s ^{command_id} {_TRACE}").splitlines()
    listed = agent.boto3_client().list_command_invocations(CommandId=command_id, InstanceId=node, Details=True)
    (invocation,) = listed["CommandInvocations"]
    plugins = invocation["CommandPlugins"]
    chosen = wrappers.reboot_steps if situation.is_reboot else wrappers.steps
    ours = [plugins[place] for place in chosen]
    return Seen(
        steps=" ".join(_word(plugin) for plugin in ours),
        status=invocation["Status"],
        hooks=" ".join(line.split()[1] for line in trace),
        restarted=after != before.strip(),
        outputs=tuple(plugin["Output"] for plugin in ours),
        others=tuple(plugin["Output"] for place, plugin in enumerate(plugins) if place not in chosen),
    )


def send(agent: AgentProcess, document: str, node: str, parameters: Mapping[str, Sequence[str]]) -> str:
    """Send a document to a node and return the command's id once it has ended."""
    sent = agent.boto3_client().send_command(DocumentName=document, InstanceIds=[node], Parameters=parameters)
    command_id = sent["Command"]["CommandId"]
    agent.wait_command(command_id)
    return command_id


def _word(plugin: Mapping[str, Any]) -> str:
    """Return one word for what a step came to; only its output tells that it was skipped."""
    if " skipped due to " in plugin["Output"]:
        return "skip"
    status, code = plugin["Status"], plugin["ResponseCode"]
    plain = {("Success", 0): "ok", ("Failed", 1): "failed", ("TimedOut", 0): "timed-out"}
    return plain.get((status, code), str(code))
