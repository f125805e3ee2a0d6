"""Where window and terminal work, as the command line says it; light, because the window is up before the rest."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patchgui.console.connection import BUILTIN, SANDBOX, Connection
from patchgui.ssm.errors import InvalidInput, StoreError

if TYPE_CHECKING:
    from patchgui.console.connection_file import ConnectionFile
    from patchgui.console.notice_settings import NoticeFile


class Place(NamedTuple):
    """Where the work is: one connection, and the state folder of the embedded agent where that is meant."""

    connection: Connection = SANDBOX
    state_dir: Path | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether the embedded agent is meant."""
        return self.connection.is_builtin


def connection_file() -> "ConnectionFile":
    """Return the list of this user's connections."""
    import platformdirs

    from patchgui.console.connection_file import ConnectionFile

    return ConnectionFile(platformdirs.user_config_path("patchgui") / "connections.json")


def notice_file() -> "NoticeFile":
    """Return this user's settings of notices."""
    import platformdirs

    from patchgui.console.notice_settings import NoticeFile

    return NoticeFile(platformdirs.user_config_path("patchgui") / "notices.json")


def connection_called(label: str) -> Connection:
    """Return the connection that the operator set up under this label, or one of those that are always there.

    Raises:
        InvalidInput: there is none.
        StoreError: the list cannot be read.
    """
    for builtin in BUILTIN:
        if label.strip().casefold() in {builtin.label.casefold(), builtin.kind.value}:
            return builtin
    kept = connection_file().read()
    found = kept.named(label)
    if found is None:
        known = ", ".join(each.label for each in (*BUILTIN, *kept.connections))
        raise InvalidInput(f"There is no connection “{label}”.", hint=f"There are: {known}.")
    return found


def dressed(connection: Connection) -> Connection:
    """Return the connection with label, colour and guard, where the operator has set up this very one.

    A list that cannot be read keeps nobody from working: the window tells of it.
    """
    try:
        kept = connection_file().read().connections
    except StoreError:
        return connection
    return next((each for each in kept if each.id == connection.id), connection)
