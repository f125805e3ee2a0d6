"""What is known of each node's patches, from the last scan or install that reported."""

from collections.abc import Mapping
from typing import Any


class PatchStore:
    """The last patch report of each node."""

    def record(self, instance_id: str, report: Mapping[str, Any]) -> None:
        """Replace what is known of a node by a report (the in-node program's ``patch-report.json``)."""
        raise NotImplementedError

    def effective_baseline(self, instance_id: str) -> dict[str, Any]:
        """Return the baseline that a node is patched against, as GetPatchBaseline shows it."""
        raise NotImplementedError
