"""What SSM reports of a hooks document that ended in one way or another: the table of engine.md §13 as data.

The two documents differ in their step names and in how they write parameters; the truth about both must be the same.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from patchgui import resource
from patchgui.patching.phases import Pipeline, derive_pipeline
from patchgui.ssm.shapes import CommandInvocation, CommandPlugin, InstanceInformation

START = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)

Outcome = tuple[str, int, str]
"""Status, response code and output of one step."""

OK: Outcome = ("Success", 0, "done\n")
RUNNING: Outcome = ("InProgress", -1, "")
WAITS: Outcome = ("Pending", -1, "")
SKIPPED: Outcome = ("Success", 0, "SKIPPED")
PRECONDITION: Outcome = ("Success", 0, "PRECONDITION")
ENOUGH: Outcome = ("Success", 168, "No missing patches were detected. Exiting document execution\n")
TIMED_OUT: Outcome = ("TimedOut", 0, "still waiting for connections\n")


def failed(code: int, words: str = "it broke") -> Outcome:
    """Return a nested document whose script ended with a code: the reply itself only says 1 (engine.md §7.6)."""
    return ("Failed", 1, f"trying\n\n----------ERROR-------\n{words}\nfailed to run commands: exit status {code}")


def our_document() -> dict[str, Any]:
    """Return the built-in wrapper."""
    path = resource.folder() / "documents" / "AWS-RunPatchBaselineWithHooks.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["content"]
    return content


def amazons_document() -> dict[str, Any]:
    """Return a document written as Amazon writes its wrapper, by other step names: JSON text for nested parameters."""
    nested = '{"Operation":"%s","RebootOption":"%s", "SnapshotId": {{SnapshotId}}}'

    def run(name: str, path: str, parameters: str | None = None, **inputs: object) -> dict[str, Any]:
        given = {"documentType": "SSMDocument", "documentPath": path, **inputs}
        return {
            "action": "aws:runDocument",
            "name": name,
            "inputs": given | ({"documentParameters": parameters} if parameters else {}),
        }

    def script(name: str, platform: str) -> dict[str, Any]:
        return {
            "action": "aws:runShellScript" if platform == "Linux" else "aws:runPowerShellScript",
            "name": name,
            "precondition": {"StringEquals": ["platformType", platform]},
            "inputs": {"runCommand": ["if [ {{Operation}} = Scan ]; then exit 168; fi"]},
        }

    patch = "AWS-RunPatchBaseline"
    last = run("Z8", "{{OnExitHookDocName}}", finallyStep=True)
    last["precondition"] = {"StringEquals": ["{{ Operation }}", "Install"]}
    hook = {"type": "String", "default": "AWS-Noop"}
    return {
        "schemaVersion": "2.2",
        "parameters": {
            "Operation": {"type": "String", "allowedValues": ["Scan", "Install"]},
            "SnapshotId": {"type": "String", "default": ""},
            "RebootOption": {"type": "String", "default": "RebootIfNeeded"},
            "PreInstallHookDocName": hook,
            "PostInstallHookDocName": hook,
            "OnExitHookDocName": hook,
        },
        "mainSteps": [
            run("A1", patch, nested % ("Scan", "NoReboot"), onFailure="exit"),
            script("B2L", "Linux"),
            script("B2W", "Windows"),
            run("C3", "{{PreInstallHookDocName}}", onFailure="exit"),
            run("D4", patch, nested % ("Install", "NoReboot"), onFailure="exit"),
            run("E5", "{{ PostInstallHookDocName }}", onFailure="exit"),
            script("F6L", "Linux"),
            script("F6W", "Windows"),
            run("G7", patch, nested % ("Install", "RebootIfNeeded"), onFailure="exit"),
            last,
        ],
    }


HOOKS = {
    "PreInstallHookDocName": ["Stop"],
    "PostInstallHookDocName": ["Update"],
    "OnExitHookDocName": ["Start"],
}


def pipeline(content: Mapping[str, Any], operation: str = "Install", reboot: str = "RebootIfNeeded") -> Pipeline:
    """Return the pipeline of a run with the three hooks, parameters as SSM carries them."""
    return derive_pipeline(content, {"Operation": [operation], "RebootOption": [reboot], **HOOKS})


def invocation(
    content: Mapping[str, Any],
    outcomes: Sequence[Outcome],
    status: str = "InProgress",
    details: str = "",
) -> CommandInvocation:
    """Return an invocation whose eight parts ended so; the Windows twins are skipped as the agent does."""
    plugins = []
    left = list(outcomes)
    moment = START
    for step in content["mainSteps"]:
        name = step["name"]
        if (step.get("precondition") or {}).get("StringEquals") == ["platformType", "Windows"]:
            plugins.append(plugin(name, PRECONDITION, step, moment))
            continue
        if not left:
            break
        plugins.append(plugin(name, left.pop(0), step, moment))
        moment += timedelta(seconds=2)
    return CommandInvocation(
        command_id="c",
        instance_id="mi-0123456789abcdef0",
        status=status,
        status_details=details or status,
        requested_date_time=START,
        command_plugins=tuple(plugins),
    )


def plugin(name: str, outcome: Outcome, step: Mapping[str, Any], started_at: datetime) -> CommandPlugin:
    """Return one step's report; a skipped one is a Success that only its output gives away."""
    status, code, output = outcome
    if output == "SKIPPED":
        output = f"Plugin with name {step['action']} and id {name} skipped due to prior step with an exit condition"
    elif output == "PRECONDITION":
        operands = ", ".join(step["precondition"]["StringEquals"])
        output = (
            "Step execution skipped due to unsatisfied preconditions: "
            f"'\"StringEquals\": [{operands}]'. Step name: {name}"
        )
    ended = status not in {"InProgress", "Pending"}
    return CommandPlugin(
        name=name,
        status=status,
        status_details=status,
        response_code=code,
        output=output,
        response_start_date_time=None if status == "Pending" else started_at,
        response_finish_date_time=started_at + timedelta(seconds=2) if ended else None,
    )


def silent_since(last_heard_at: datetime) -> InstanceInformation:
    """Return a node that does not answer."""
    return InstanceInformation(
        instance_id="mi-0123456789abcdef0", ping_status="ConnectionLost", last_ping_date_time=last_heard_at
    )
