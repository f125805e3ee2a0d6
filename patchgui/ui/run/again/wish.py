"""What the operator wants to be sent once more, and what is asked before it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from patchgui.console.rows import NodeRow, RunSummary
from patchgui.patching.moment import moment_words
from patchgui.patching.phases import Phase
from patchgui.patching.wording import counted
from patchgui.ui.patch_now.consequences import Consequences, consequences_of
from patchgui.ui.patch_now.plan_of import choice_of

if TYPE_CHECKING:
    from patchgui.patching.forecast import Forecast
    from patchgui.patching.plan import PatchPlan


@dataclass(frozen=True, slots=True)
class Wish:
    """Which run, and which of its nodes: those that failed (a retry), or all as they were picked."""

    run: RunSummary
    nodes: tuple[tuple[str, str], ...]
    """Instance id and name."""
    is_retry: bool

    @property
    def title(self) -> str:
        """What it is called: ``Retry 2 nodes``."""
        return f"{'Retry' if self.is_retry else 'Patch again:'} {counted(len(self.nodes), 'node')}"

    @property
    def sentence(self) -> str:
        """What becomes of it, below the title."""
        if self.is_retry:
            return f"What “{self.run.title}” did is done again on nodes that failed there. The new run is linked to it."
        return f"A new run of its own, with the hooks, the reboot and the rate of “{self.run.title}”."

    def plan(self, first: "PatchPlan") -> "PatchPlan":
        """Return the plan to send, from that of the run."""
        from patchgui.patching.again import patch_again, retry

        return retry(first, [each for each, _ in self.nodes], self.run.run_id) if self.is_retry else patch_again(first)

    def consequences(
        self, first: "PatchPlan", plan: "PatchPlan", known: Sequence[NodeRow], forecast: "Forecast"
    ) -> Consequences | None:
        """Return what to ask before ``plan`` is sent in place of ``first``; None for a scan."""
        rows = {row.instance_id: row for row in known}
        # Of a node that was not listed nothing is claimed; the forecast has asked the endpoint.
        nodes = [rows.get(each) or NodeRow(each, name, ping="Online") for each, name in self.nodes]
        found = consequences_of(nodes, choice_of(plan), _patches(forecast))
        if found is None:
            return None
        lines = [*found.lines]
        if first.scheduled_reboot is not None:
            now = datetime.now().astimezone()
            when = moment_words(first.scheduled_reboot.at.astimezone(), now)
            lines.append(("info", f"The reboot that the run put off ({when}) is not put off once more."))
        count = counted(len(nodes), "node")
        return replace(found, title=f"Patch {count} again now?", lines=tuple(lines))


def _patches(forecast: "Forecast") -> str:
    """Return what goes in as it was foretold a moment ago, where that is a number."""
    installs = next((each.detail for each in forecast.phases if each.phase is Phase.INSTALL), "")
    return installs if installs[:1].isdigit() else ""
