"""The sandbox: three small nodes of their own below the state folder, entered with bubblewrap, patched with the real apt."""

from patchgui.agent.sandbox.fleet import SandboxFleet
from patchgui.agent.sandbox.node import SandboxNode

__all__ = ["SandboxFleet", "SandboxNode"]
