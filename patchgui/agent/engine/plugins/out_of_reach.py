"""Actions for which Amazon's agent needs what no node here reaches: they fail with its status, code and essence.

Where Amazon's text is that of a library, a clearer one is in its place.
"""

import re
from typing import Any

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.reading import JsonFields
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.engine.step_run import StepRun, StepState
from patchgui.agent.engine.values import shown

_PACKAGE = ("name", "version", "action", "source", "repository", "installationType")
_UPDATE = ("agentName", "allowDowngrade", "targetVersion", "source")
_DOMAIN = ("directoryId", "directoryName", "directoryOU")

_BYTE = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
_ADDRESS = re.compile(rf"(?:{_BYTE}\.){{3}}{_BYTE}", re.ASCII)


def software_inventory(run: StepRun, state: StepState) -> None:  # noqa: ARG001 - whatever the inputs are
    """Fail: inventory is collected by associations only, and here those run commands."""
    state.fail("aws:softwareInventory plugin can only be invoked via ssm-associate")


def cloud_watch(run: StepRun, state: StepState) -> None:
    """Fail: this long running plugin is registered on Windows only."""
    try:
        JsonFields.of({} if run.step.settings is None else run.step.settings, "settings", ("startType",)).text(
            "startType"
        )
    except DocumentInvalid:
        state.fail("Unable to parse Settings for aws:cloudWatch")
        return
    state.fail("Plugin aws:cloudWatch is not registered by agent")


def refresh_association(run: StepRun, state: StepState) -> None:  # noqa: ARG001 - whatever the inputs are
    """Say that associations can't be listed: with code 1, and yet the step is a Success to Amazon's agent."""
    state.fail("failed to list instance associations, the local agent applies them at their own time only")
    state.end(StepStatus.SUCCESS, 1)


def configure_package(run: StepRun, state: StepState) -> None:
    """Fail for want of the package's manifest, once the inputs are right."""
    try:
        fields = _fields(run.inputs, _PACKAGE, "invalid format in plugin properties {}; \nerror {}")
        if fields["source"]:
            raise DocumentInvalid("invalid input: source parameter is not supported in this version")
        if not fields["name"]:
            raise DocumentInvalid("invalid input: empty name field")
    except DocumentInvalid as error:
        state.fail(f"{error}\n")
        return
    state.fail(
        f"Error returned for GetManifest - the local agent reaches no Distributor, where {fields['name']} would be.\n"
    )


def update_ssm_agent(run: StepRun, state: StepState) -> None:
    """Fail for want of the manifest of Amazon's agent, which this agent is not."""
    try:
        fields = _fields(run.inputs, _UPDATE, "invalid format in plugin properties {};\nerror {}")
    except DocumentInvalid as error:
        state.fail(str(error))
        return
    manifest = fields["source"].replace("{Region}", run.document.host.region) or "ssm-agent-manifest.json"
    reason = f"the local agent is not {fields['agentName'] or 'amazon-ssm-agent'} and is not updated by documents"
    state.fail(f"failed to download file reliably, {manifest}, {reason}")


def domain_join(run: StepRun, state: StepState) -> None:
    """Fail for want of a directory, once the inputs are right."""
    try:
        fields = _fields(run.inputs, _DOMAIN, "Invalid format in plugin properties {};\nerror {}")
        addresses = _addresses(run.inputs)
    except DocumentInvalid as error:
        state.fail(str(error))
    else:
        wrong = _wrong_for_domain(fields, addresses)
        told = f"Failed to build domain join command because : {wrong}" if wrong else _no_directory(fields)
        state.fail(told)
    state.output.stdout.write(b"Domain join failed.")


def _no_directory(fields: dict[str, str]) -> str:
    return f"The local agent joins no directory; the node is not in {fields['directoryName']}."


def _wrong_for_domain(fields: dict[str, str], addresses: tuple[str, ...]) -> str:
    """Return what is wrong with the inputs; a text that a shell would run is refused, as nothing is quoted there."""
    for name in ("directoryId", "directoryName", "directoryOU"):
        if name != "directoryOU" and not fields[name]:
            return f"{name} is required"
        if "`" in fields[name] or "$(" in fields[name]:
            return f"Shell command injection string {fields[name]}"
    wrong = next((address for address in addresses if not _ADDRESS.fullmatch(address)), None)
    return "" if wrong is None else f"Invalid DNS IP address {wrong}"


def _addresses(inputs: Any) -> tuple[str, ...]:
    fields = JsonFields.of({} if inputs is None else inputs, "inputs", ("dnsIpAddresses",))
    try:
        return fields.texts(fields.value("dnsIpAddresses"), "inputs.dnsIpAddresses")
    except DocumentInvalid as error:
        raise DocumentInvalid(f"Invalid format in plugin properties {shown(inputs)};\nerror {error}") from error


def _fields(inputs: Any, names: tuple[str, ...], complaint: str) -> dict[str, str]:
    """Return the texts in the inputs, whose names count regardless of case.

    Raises:
        DocumentInvalid: with the complaint, when one is no text.
    """
    try:
        fields = JsonFields.of({} if inputs is None else inputs, "inputs", names)
        return {name: fields.text(name) for name in names}
    except DocumentInvalid as error:
        raise DocumentInvalid(complaint.format(shown(inputs), error)) from error
