"""What a connection must be before it is kept: checked while it is typed, without asking anybody."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from patchgui.console.connection import BUILTIN, Connection, ConnectionColour, aws_connection

LABEL_MAX = 40
"""Letters that a label may have: it stands in the top bar and in questions."""
# Every partition writes its regions so: eu-central-1, us-gov-west-1, cn-north-1, us-isob-east-1.
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}")
_REGION_OF_AN_ENDPOINT = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection as it stands in the form: every field as typed."""

    label: str = ""
    profile: str = ""
    """Empty for botocore's whole chain."""
    region: str = ""
    endpoint_url: str = ""
    colour: ConnectionColour = ConnectionColour.BLUE
    is_guarded: bool = False

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionDraft":
        """Return the draft that makes ``connection`` again."""
        return cls(
            connection.label,
            connection.profile or "",
            connection.region,
            connection.endpoint_url or "",
            connection.colour,
            connection.is_guarded,
        )

    def problems(self, others: Iterable[Connection] = ()) -> Mapping[str, str]:
        """Return what is wrong, by the name of the field; ``others`` are the connections that exist beside it."""
        found = {"label": self._label_problem(others), "region": self._region_problem()}
        found["endpoint_url"] = self._endpoint_problem()
        if not any(found.values()):
            twin = next((each for each in others if each.id == self.connection().id), None)
            found["profile"] = f"“{twin.label}” leads to the same place with the same profile." if twin else ""
        return {field: problem for field, problem in found.items() if problem}

    def connection(self) -> Connection:
        """Return the connection; only a draft without problems makes a good one."""
        return aws_connection(
            label=self.label.strip(),
            profile=self.profile.strip() or None,
            region=self.region.strip(),
            endpoint_url=self.endpoint_url.strip().rstrip("/") or None,
            colour=self.colour,
            is_guarded=self.is_guarded,
        )

    def _label_problem(self, others: Iterable[Connection]) -> str:
        label = self.label.strip()
        if not label:
            return "Give it a name."
        if len(label) > LABEL_MAX:
            return f"At most {LABEL_MAX} letters."
        if not label.isprintable():
            return "Only letters that can be seen."
        taken = {each.label.casefold() for each in (*BUILTIN, *others)}
        return f"There is a connection “{label}” already." if label.casefold() in taken else ""

    def _region_problem(self) -> str:
        region = self.region.strip()
        if not region:
            return "Choose a region."
        pattern = _REGION_OF_AN_ENDPOINT if self.endpoint_url.strip() else _REGION
        return "" if pattern.fullmatch(region) else "A region looks like eu-central-1 or us-gov-west-1."

    def _endpoint_problem(self) -> str:
        address = self.endpoint_url.strip()
        if not address:
            return ""
        try:
            parts = urlsplit(address)
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            return "This is no address: https://host or https://host:port."
        if parts.username or parts.password:
            return "No name or password in the address: calls are signed with the profile's keys."
        is_plain = not (parts.query or parts.fragment or parts.path.strip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname or not has_port or not is_plain:
            return "An address is https://host or https://host:port, and nothing after it."
        return ""
