"""Where window and terminal work, as the command line says it; light, because the window is up before the rest."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """Where the work is: the embedded agent on ``state_dir``, unless one of the AWS options is given."""

    state_dir: Path | None = None
    nodes: Literal["sandbox", "this-machine"] = "sandbox"
    endpoint_url: str | None = None
    profile: str | None = None
    region: str | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether the embedded agent is meant."""
        return not (self.endpoint_url or self.profile or self.region)
