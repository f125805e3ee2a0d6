"""A patch plan: what one click of *Patch now* is going to do, and the SSM commands that say so."""

import re
import uuid
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from patchgui.patching.document_steps import NO_HOOK
from patchgui.patching.extras import Extras
from patchgui.patching.phases import Phase
from patchgui.patching.rate import RateControl, automatic
from patchgui.patching.scheduled_reboot import ScheduledReboot
from patchgui.ssm.shapes import CreateAssociationRequest, SendCommandRequest, Target

SCAN_DOCUMENT = "AWS-RunPatchBaseline"
"""A scan never uses the wrapper: that one has no verify step for macOS and would go on to install."""
INSTALL_DOCUMENT = "AWS-RunPatchBaselineWithHooks"


IDS_PER_COMMAND = 50
"""SendCommand takes no more instance ids (service model)."""
COMMENT_CHARS = 100
"""SendCommand takes no longer comment (service model)."""

_HOOK_NAME = re.compile(r"^[a-zA-Z0-9_\-.:/]{3,200}$")


class Operation(StrEnum):
    """What to do, with SSM's own strings."""

    SCAN = "Scan"
    INSTALL = "Install"

    @property
    def label(self) -> str:
        """The words on the switch."""
        return "Scan" if self is Operation.SCAN else "Scan and install"


class RebootChoice(StrEnum):
    """Whether a node may reboot after the install, with SSM's own strings."""

    IF_NEEDED = "RebootIfNeeded"
    NO_REBOOT = "NoReboot"

    @property
    def label(self) -> str:
        """The words on the switch."""
        return "If needed" if self is RebootChoice.IF_NEEDED else "Do not reboot"


class Hooks(BaseModel):
    """The operator's documents around an install; ``Name:version`` pins a version, None runs nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before_install: str | None = None
    after_install: str | None = None
    on_exit: str | None = None

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        for phase, document in self.chosen():
            if not _HOOK_NAME.match(document):
                raise ValueError(
                    f"{phase.label}: “{document}” is not a document name. "
                    "Use 3 to 200 letters, digits and _ - . : /, for example MyHook or MyHook:2."
                )
        return self

    def chosen(self) -> tuple[tuple[Phase, str], ...]:
        """Return the hooks that run a document, in the order in which they run."""
        pairs = (
            (Phase.BEFORE_INSTALL, self.before_install),
            (Phase.AFTER_INSTALL, self.after_install),
            (Phase.ON_EXIT, self.on_exit),
        )
        return tuple((phase, document) for phase, document in pairs if document)


class PatchPlan(BaseModel):
    """One click of *Patch now*: who, what, how fast.

    Nodes are picked by id (``instance_ids``) or by tag (``targets``: keys with values, ANDed by SSM), not both.
    ``target_count`` is how many nodes the targets meant when the plan was made: the automatic rate depends on it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance_ids: tuple[str, ...] = ()
    targets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    target_count: int = 0
    operation: Operation = Operation.INSTALL
    reboot: RebootChoice = RebootChoice.IF_NEEDED
    hooks: Hooks = Hooks()
    rate: RateControl | None = None
    """None: Patch Now's own rate for so many nodes."""
    delivery_timeout_s: int = Field(default=600, ge=30, le=30 * 24 * 3600)
    extras: Extras = Extras()
    scheduled_reboot: ScheduledReboot | None = None
    """When the nodes that wait for a reboot are restarted; only with NoReboot."""
    snapshot_id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    """One for all nodes of the run, so that all of them get the same patches."""
    retry_of: str = ""
    """The run that this one tries again on nodes that failed there; empty for any other."""

    @model_validator(mode="after")
    def _who_and_what_fit(self) -> Self:
        if self.instance_ids and self.targets:
            raise ValueError("Pick nodes by id or by tag, not both.")
        if not self.instance_ids and not self.targets:
            raise ValueError("No node is picked. Pick at least one node.")
        if len(set(self.instance_ids)) != len(self.instance_ids):
            raise ValueError("A node is picked twice.")
        if self.scheduled_reboot is not None and (
            self.operation is Operation.SCAN or self.reboot is not RebootChoice.NO_REBOOT
        ):
            raise ValueError("A reboot is put off only where the install itself does not reboot.")
        if self.operation is Operation.SCAN and self.hooks.chosen():
            raise ValueError("A scan changes nothing, so it runs no hooks. Choose Scan and install to use hooks.")
        return self

    def chosen_documents(self) -> tuple[tuple[Phase, str], ...]:
        """Return the operator's documents: the hooks of the run, and what runs after a reboot that is put off."""
        later = self.scheduled_reboot.after if self.scheduled_reboot else None
        return (*self.hooks.chosen(), *(((Phase.REBOOT, later),) if later else ()))

    @property
    def document_name(self) -> str:
        """The SSM document that does it."""
        return SCAN_DOCUMENT if self.operation is Operation.SCAN else INSTALL_DOCUMENT

    @property
    def node_count(self) -> int:
        """How many nodes the plan is for, as far as known."""
        return len(self.instance_ids) or self.target_count

    @property
    def effective_rate(self) -> RateControl:
        """The operator's rate, or Patch Now's own; with the plan's delivery time-out."""
        rate = self.rate or automatic(self.node_count, self.operation)
        return rate.model_copy(update={"delivery_timeout_s": self.delivery_timeout_s})

    def parameters(self) -> dict[str, tuple[str, ...]]:
        """Return the document's parameters, each a list of values as SSM wants them."""
        if self.operation is Operation.SCAN:
            return {"Operation": ("Scan",), "SnapshotId": (self.snapshot_id,)}
        return {
            "Operation": ("Install",),
            "RebootOption": (self.reboot.value,),
            "SnapshotId": (self.snapshot_id,),
            "PreInstallHookDocName": (self.hooks.before_install or NO_HOOK,),
            "PostInstallHookDocName": (self.hooks.after_install or NO_HOOK,),
            "OnExitHookDocName": (self.hooks.on_exit or NO_HOOK,),
        }

    def batches(self) -> list[tuple[str, ...]]:
        """Return the instance ids command by command; one empty batch when nodes are picked by targets."""
        ids = self.instance_ids
        return [ids[at : at + IDS_PER_COMMAND] for at in range(0, len(ids), IDS_PER_COMMAND)] or [()]

    def command_requests(self, run_id: str = "") -> list[SendCommandRequest]:
        """Return the commands of this plan; the run id travels in each one's comment."""
        batches = self.batches()
        rates = self.effective_rate.shared_out([len(batch) or 1 for batch in batches])
        targets = self._ssm_targets()
        return [
            SendCommandRequest(
                document_name=self.document_name,
                instance_ids=batch or None,
                targets=targets or None,
                parameters=self.parameters(),
                timeout_seconds=rate.delivery_timeout_s,
                max_concurrency=rate.max_concurrency,
                max_errors=rate.max_errors,
                comment=run_comment(run_id, number, len(batches)) if run_id else None,
                **self.extras.members(),
            )
            for number, (batch, rate) in enumerate(zip(batches, rates, strict=True), start=1)
        ]

    def association_requests(self, run_id: str) -> list[CreateAssociationRequest]:
        """Return the associations of a reboot that is put off; none without one."""
        if self.scheduled_reboot is None:
            return []
        lanes = self.effective_rate.max_concurrency
        return self.scheduled_reboot.requests(run_id, self.batches(), self._ssm_targets(), lanes)

    def _ssm_targets(self) -> tuple[Target, ...]:
        return tuple(Target(key=key, values=values) for key, values in self.targets)


_COMMENT = re.compile(r"^Patch Now run (?P<run_id>[0-9A-Za-z-]{8,64}) (?P<number>\d+)/(?P<count>\d+)$")


def run_comment(run_id: str, number: int, count: int) -> str:
    """Return the comment that ties one command to its run; ``find_run`` reads it back."""
    return f"Patch Now run {run_id} {number}/{count}"[:COMMENT_CHARS]


def find_run(comment: str | None) -> tuple[str, int, int] | None:
    """Return run id, number and count from a command's comment; None for a command of somebody else."""
    match = _COMMENT.match(comment or "")
    return (match["run_id"], int(match["number"]), int(match["count"])) if match else None
