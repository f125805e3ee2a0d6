"""How this agent was started, and the names it goes by."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

AGENT_VERSION = "3.3.2746.0"
"""The release of Amazon's agent that ours stands for; clients compare it (hooks need 3.0.502, ENV_VAR this one)."""

ACCOUNT_ID = "000000000000"
"""The account that the agent's own user and documents belong to."""

REGION = "local"
"""The region of the agent: requests are signed for it."""

REBOOT_DELAY_S = 60.0
"""How long a reboot waits for a node's other commands; Amazon's agent always waits a minute (engine.md §11.2)."""


@dataclass(frozen=True)
class AgentSettings:
    """How this agent was started.

    ``idle_exit_s`` is None when it is to stay until it is told to stop, ``reboot_delay_s`` when a reboot waits for
    a node's other commands as long as it is wont to, ``sandbox_sh`` when each sandbox node has the shell that its
    definition names.
    """

    state_dir: Path
    port: int = 0
    nodes: Literal["sandbox", "this-machine"] = "sandbox"
    idle_exit_s: float | None = None
    region: str = REGION
    account_id: str = ACCOUNT_ID
    reboot_delay_s: float | None = None
    sandbox_sh: str | None = None
