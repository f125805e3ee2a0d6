"""The sandbox: three small nodes below the state folder, entered with bubblewrap and patched with the real apt."""

from patchgui.agent.sandbox.fleet import SandboxFleet
from patchgui.agent.sandbox.node import SandboxNode

__all__ = ["SandboxFleet", "SandboxNode"]
