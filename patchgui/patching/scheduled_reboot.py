"""A reboot that is put off: an association that runs the reboot document once, at its moment."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from patchgui.patching.document_steps import NO_HOOK
from patchgui.ssm.shapes import CreateAssociationRequest, Target

DOCUMENT_PATTERN = (
    r"^([a-zA-Z0-9_\-.]{3,128}|arn:[a-z0-9\-.]+:[a-z0-9\-.]+:[^:]*:[^:]*:document/[a-zA-Z0-9_\-.]{3,128})$"
)
"""What the reboot document takes as its hook: a name or an ARN; a version cannot be pinned."""
REBOOT_DOCUMENT = "AWS-InstanceRebootWithHooks"
"""It restarts a node whose patches wait for it, and no other."""
_NAME = re.compile(r"^PatchNow-reboot-(?P<run_id>[0-9A-Za-z-]{8,64})-(?P<number>\d+)$")
_AT = re.compile(r"^at\((?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)Z?\)$")


class ScheduledReboot(BaseModel):
    """When nodes that wait for a reboot are restarted, and the document that runs on them afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    after: Annotated[str, Field(pattern=DOCUMENT_PATTERN)] | None = None

    @property
    def expression(self) -> str:
        """The schedule in SSM's words; it counts in UTC and whole seconds."""
        return f"at({self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})"

    def requests(
        self, run_id: str, batches: Sequence[tuple[str, ...]], targets: tuple[Target, ...], lanes: str
    ) -> list[CreateAssociationRequest]:
        """Return one association for each batch of ids, or one for the targets; ``lanes`` is its MaxConcurrency."""
        chosen = [(Target(key="InstanceIds", values=batch),) if batch else targets for batch in batches]
        return [
            CreateAssociationRequest(
                name=REBOOT_DOCUMENT,
                association_name=f"PatchNow-reboot-{run_id}-{number}",
                targets=each,
                schedule_expression=self.expression,
                # Without it State Manager runs an association at once, too.
                apply_only_at_cron_interval=True,
                max_concurrency=lanes,
                parameters={"PostRebootHookDocName": (self.after or NO_HOOK,)},
            )
            for number, each in enumerate(chosen, start=1)
        ]


def run_of(association_name: str | None) -> str | None:
    """Return the run that an association belongs to; None for an association of somebody else."""
    match = _NAME.match(association_name or "")
    return match["run_id"] if match else None


def moment_of(expression: str | None) -> datetime | None:
    """Return the moment that an ``at`` expression names; None for another schedule."""
    match = _AT.match(expression or "")
    if match is None:
        return None
    try:
        return datetime.fromisoformat(match["moment"]).replace(tzinfo=UTC)
    except ValueError:
        return None
