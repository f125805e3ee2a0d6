"""The menu of the top bar's connection: the others, what is known of this one, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from patchgui.ui.connection_look import mark_icon
from patchgui.ui.connections.presenter import ConnectionsPresenter
from patchgui.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ConnectionActs:
    """What the menu leads to; ``reset`` is offered for the sandbox only, ``try_again`` when something is wrong."""

    open: Callable[[str], object]
    copy_cli: Callable[[], object]
    reset: Callable[[], object]
    try_again: Callable[[], object]
    manage: Callable[[], object]


def fill_connection_menu(menu: QMenu, presenter: ConnectionsPresenter, now: Workspace, acts: ConnectionActs) -> None:
    """Fill ``menu`` for the workspace that is worked on."""
    group = QActionGroup(menu)
    for row in presenter.rows:
        words = row.connection.label.replace("&", "&&")
        action = menu.addAction(mark_icon(row.connection.colour), f"{words}\t{row.state.word}")
        action.setCheckable(True)
        action.setChecked(row.is_current)
        if row.is_current:
            font = action.font()
            font.setBold(True)
            action.setFont(font)
        action.triggered.connect(partial(acts.open, row.connection.id))
        group.addAction(action)
    menu.addAction("Manage connections…").triggered.connect(acts.manage)
    menu.addSeparator()
    for fact in facts_of(now):
        menu.addAction(fact.replace("&", "&&")).setEnabled(False)
    if now.gate.trouble is not None:
        menu.addAction("Try again").triggered.connect(acts.try_again)
    if now.gate.session_now is not None:
        menu.addAction("Copy as AWS CLI command").triggered.connect(acts.copy_cli)
    if now.connection.id == "local-sandbox":
        menu.addAction("Reset the sandbox…").triggered.connect(acts.reset)


def facts_of(workspace: Workspace) -> list[str]:
    """Return what is known of an open connection, a line each."""
    session = workspace.gate.session_now
    connection = session.connection if session is not None else workspace.connection
    facts = [connection.endpoint_url or "Amazon Web Services", f"Region {connection.region or 'of the profile'}"]
    if workspace.account and not connection.kind.is_local:
        facts.append(f"Account {workspace.account}")
    if workspace.arn:
        facts.append(workspace.arn)
    return facts
