"""How a connection stands, and how that looks."""

from enum import Enum


class LinkState(Enum):
    """One state of a connection: its look (see ``state_look``) and the words for it."""

    CLOSED = ("waiting", "Not opened")
    CONNECTING = ("running", "Connecting…")
    CONNECTED = ("success", "Connected")
    SIGN_IN_ENDED = ("warning", "Sign-in ended")
    SIGNED_OUT = ("warning", "Not signed in")
    TROUBLE = ("failed", "No connection")

    @property
    def needs_sign_in(self) -> bool:
        """Whether the operator has to sign in before it goes on."""
        return self in {LinkState.SIGN_IN_ENDED, LinkState.SIGNED_OUT}

    @property
    def look(self) -> str:
        """The state whose glyph and tone it has."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The words beside it."""
        return self.value[1]
