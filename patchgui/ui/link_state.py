"""How a connection stands, and how that looks."""

from enum import Enum


class LinkState(Enum):
    """One state of a connection: its look (see ``state_look``) and the words for it."""

    CLOSED = ("waiting", "Not opened")
    CONNECTING = ("running", "Connecting…")
    CONNECTED = ("success", "Connected")
    SIGNED_OUT = ("warning", "Sign-in ended")
    TROUBLE = ("failed", "No connection")

    @property
    def look(self) -> str:
        """The state whose glyph and tone it has."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The words beside it."""
        return self.value[1]
