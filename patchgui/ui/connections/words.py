"""A connection in words, as its page writes them."""

from patchgui.console.connection import Connection, ConnectionKind
from patchgui.ui.connections.presenter import ConnectionRow, Trial
from patchgui.ui.errors import Trouble, trouble_of


def kind_words(connection: Connection) -> str:
    """Return what stands behind a connection."""
    if connection.id == "local-sandbox":
        return "Sandbox nodes on this machine"
    if connection.kind is ConnectionKind.THIS_MACHINE:
        return "This machine itself"
    if connection.kind is ConnectionKind.SANDBOX:
        return "A server on this machine"
    return "AWS Systems Manager"


def profile_words(connection: Connection) -> str:
    """Return whose credentials it uses, in a table's cell."""
    if connection.is_builtin:
        return "The agent's own keys"
    return connection.profile or "Default chain"


def place_words(connection: Connection) -> str:
    """Return where it leads, in a table's cell."""
    if connection.is_builtin:
        return "This machine"
    address = (connection.endpoint_url or "").removeprefix("https://").removeprefix("http://")
    return " · ".join(part for part in (connection.region or "Region of the profile", address) if part)


def account_words(row: ConnectionRow) -> str:
    """Return the account, in a table's cell; the agent's own accounts say nothing."""
    return row.account if not row.connection.kind.is_local else ""


def trial_words(trial: Trial) -> tuple[str, str]:
    """Return what came of a trial that ended well, as a message and what is under it."""
    probe = trial.probe
    assert probe is not None
    assert probe.latency_ms is not None
    who = f"Account {probe.account}, signed in as {probe.arn}." if probe.arn else "Who is signed in is not known."
    if probe.identity_error is not None:
        who = f"{who} {probe.identity_error}"
    return f"It works: Systems Manager answers in {probe.latency_ms:,.0f}\u00a0ms.", who


def trial_trouble(trial: Trial) -> Trouble | None:
    """Return what is wrong after a trial; None when it ended well or runs."""
    if trial.trouble is not None or trial.probe is None:
        return trial.trouble
    return trouble_of(trial.probe.ssm_error) if trial.probe.ssm_error is not None else None
