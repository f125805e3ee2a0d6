"""What will happen: fitness of hooks, and the plan told before it happens."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from patchgui.console.rows import NodeRow
from patchgui.patching.fitness import Severity, check_hook, short_name, surprises
from patchgui.patching.forecast import Forecast, foretell
from patchgui.patching.phases import Phase
from patchgui.patching.plan import Hooks, Operation, PatchPlan, RebootChoice

LINUX = {"Linux": 3}


@dataclass(frozen=True)
class Document:
    name: str = "Stop"
    version: str = "2"
    content: dict[str, Any] = field(default_factory=lambda: script("systemctl stop app"))
    platforms: tuple[str, ...] = ("Linux",)
    document_type: str = "Command"
    schema_version: str = "2.2"


def script(*lines: str, **more: Any) -> dict[str, Any]:
    inputs = {"runCommand": list(lines), **more}
    return {"schemaVersion": "2.2", "mainSteps": [{"name": "s", "action": "aws:runShellScript", "inputs": inputs}]}


def titles(document: Document | None, targets: dict[str, int] | None = None) -> list[tuple[Severity, str]]:
    found = check_hook(Phase.BEFORE_INSTALL, "Stop", document, targets or LINUX)
    return [(finding.severity, finding.title) for finding in found]


def test_a_fit_document_has_nothing_against_it() -> None:
    assert titles(Document()) == []


def test_a_document_that_does_not_exist_is_an_error() -> None:
    assert titles(None) == [(Severity.ERROR, "Before install: Stop was not found.")]


def test_an_automation_document_cannot_be_a_hook() -> None:
    assert titles(Document(document_type="Automation"))[0] == (
        Severity.ERROR,
        "Before install: Stop cannot be a hook.",
    )


@pytest.mark.parametrize("schema", ["1.2", "0.3", ""])
def test_another_schema_than_2_is_an_error(schema: str) -> None:
    content = {**script("x"), "schemaVersion": schema}
    assert titles(Document(schema_version=schema, content=content))[0][0] is Severity.ERROR


def test_a_document_for_another_platform_is_an_error_for_all_and_a_warning_for_some() -> None:
    windows = Document(platforms=("Windows",))
    assert titles(windows) == [(Severity.ERROR, "Stop does not fit every node.")]
    assert titles(windows, {"Linux": 1, "Windows": 2}) == [(Severity.WARNING, "Stop does not fit every node.")]


def test_a_parameter_without_a_default_is_an_error_since_hooks_get_none() -> None:
    content = {**script("x"), "parameters": {"a": {"type": "String"}, "b": {"type": "String", "default": ""}}}
    assert titles(Document(content=content)) == [(Severity.ERROR, "Before install: Stop needs the parameter a.")]


def said(*hooks: tuple[Phase, str, Document]) -> list[str]:
    return [finding.title for finding in surprises(hooks)]


def test_a_version_that_is_not_pinned_is_said() -> None:
    assert said((Phase.BEFORE_INSTALL, "Stop", Document())) == ["Stop is not pinned to a version."]
    assert said((Phase.BEFORE_INSTALL, "Stop:2", Document())) == []


def test_a_time_limit_before_or_after_the_install_is_a_warning_on_exit_it_is_not() -> None:
    limited = Document(content=script("x", timeoutSeconds="60"))
    assert said((Phase.BEFORE_INSTALL, "Stop:2", limited)) == ["Before install can time out silently."]
    assert said((Phase.ON_EXIT, "Stop:2", limited)) == []


def test_a_reboot_by_a_hook_is_said() -> None:
    assert said((Phase.AFTER_INSTALL, "Stop:2", Document(content=script("exit 194")))) == [
        "Stop may ask for a reboot (exit 194)."
    ]


def test_a_script_that_goes_on_after_a_failure_is_said() -> None:
    loose = Document(content=script("stop-app", "drain-queue"))
    strict = Document(content=script("set -eu", "stop-app", "drain-queue"))
    assert said((Phase.BEFORE_INSTALL, "Stop:2", loose)) == ["Stop goes on after a failing command."]
    assert said((Phase.BEFORE_INSTALL, "Stop:2", strict)) == []


@pytest.mark.parametrize(
    "reference", ["Stop", "Stop:3", "arn:aws:ssm:r:1:document/Stop", "arn:aws:ssm:r:1:document/Stop:3"]
)
def test_the_short_name_leaves_arn_and_version_out(reference: str) -> None:
    assert short_name(reference) == "Stop"


def row(name: str, **more: Any) -> NodeRow:
    given = {"platform_type": "Linux", "platform_name": "Debian", "platform_version": "12", "ping": "Online"} | more
    return NodeRow(f"mi-{name:0>17}", name, **given)


ROWS = (row("web-1", missing_count=5), row("web-2", missing_count=5), row("db-1", missing_count=7, security_missing=2))


def tell(*rows: NodeRow, documents: Any = None, unknown: tuple[str, ...] = (), **plan: Any) -> Forecast:
    made = PatchPlan(instance_ids=tuple(each.instance_id for each in rows) or ("mi-1",), **plan)
    return foretell(made, rows, documents or {}, unknown)


def details(forecast: Forecast) -> dict[Phase, str]:
    return {line.phase: line.detail for line in forecast.phases}


def test_numbers_are_told_phase_by_phase() -> None:
    hooks = Hooks(before_install="Stop", on_exit="Start")
    forecast = tell(*ROWS, hooks=hooks, documents={Phase.BEFORE_INSTALL: Document(), Phase.ON_EXIT: Document("Start")})
    assert details(forecast) == {
        Phase.SCAN: "17 patches missing on 3 nodes",
        Phase.BEFORE_INSTALL: "Stop · 1 step · Linux",
        Phase.INSTALL: "17 patches, 2 security",
        Phase.REBOOT: "where an installed patch asks for it",
        Phase.ON_EXIT: "Start · 1 step · runs whatever happens",
    }
    assert forecast.platforms == (("Debian 12", 3),)
    assert "Both documents fit every chosen node." in [finding.title for finding in forecast.findings]
    assert not forecast.blocked


def test_a_scan_is_one_line() -> None:
    assert list(details(tell(*ROWS, operation=Operation.SCAN))) == [Phase.SCAN]


def test_a_node_that_waits_for_a_reboot_will_reboot() -> None:
    forecast = tell(row("db-1", missing_count=0, pending_reboot=2))
    assert details(forecast)[Phase.REBOOT].startswith("certain on db-1")


def test_do_not_reboot_says_what_stays_pending() -> None:
    forecast = tell(*ROWS, reboot=RebootChoice.NO_REBOOT)
    assert details(forecast)[Phase.REBOOT] == "no reboot; what needs one stays pending"


def test_reboots_are_told_in_numbers() -> None:
    found = [finding.title for finding in tell(*ROWS).findings]
    assert "Up to 3 nodes may reboot, one at a time." in found


def test_offline_nodes_are_named() -> None:
    forecast = tell(*ROWS, row("legacy-1", ping="ConnectionLost"))
    assert forecast.offline == ("legacy-1",)
    assert forecast.findings[0].title == "legacy-1 does not answer."


def test_a_run_of_several_commands_tells_what_each_may_bear() -> None:
    many = [row(f"web-{number}", missing_count=1) for number in range(120)]
    found = {finding.title: finding.detail for finding in tell(*many).findings}
    assert "Each may have 1 to 5 errors;" in found["The run is 3 commands."]
    assert not any("commands" in finding.title for finding in tell(*many[:50]).findings)


def test_an_old_agent_is_named() -> None:
    forecast = tell(row("old", agent_version="3.0.501.0"), row("new", agent_version="3.0.502.0"))
    assert "The agent on old is too old." in [finding.title for finding in forecast.findings]


def test_unknown_ids_and_no_nodes_block_the_run() -> None:
    assert tell(unknown=("mi-0",)).blocked
    assert tell().findings[0].title == "No node matches."


def test_nothing_missing_says_that_hooks_will_not_run() -> None:
    found = [finding.title for finding in tell(row("web-1", missing_count=0)).findings]
    assert "Nothing was missing at the last scan." in found


def test_a_patch_that_an_install_could_not_bring_in_is_still_to_come() -> None:
    forecast = tell(row("web-1", missing_count=0, failed=4))
    assert "4 patches missing on 1 node" in [phase.detail for phase in forecast.phases]
    assert "Nothing was missing at the last scan." not in [finding.title for finding in forecast.findings]


def test_errors_come_first_and_information_last() -> None:
    forecast = tell(*ROWS, row("off", ping="Inactive"), hooks=Hooks(on_exit="Gone"))
    severities = [finding.severity for finding in forecast.findings]
    assert severities == sorted(severities, key=["error", "warning", "ok", "info"].index)
