"""What the middle column says, as one value. No pydantic here: it is read before the plan module is loaded."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from patchgui.patching.moment import moment_of
from patchgui.ui.patch_now.extra_settings import ExtraSettings

SCAN = "Scan"
INSTALL = "Install"
REBOOT_IF_NEEDED = "RebootIfNeeded"
NO_REBOOT = "NoReboot"
PUT_OFF = "PutOff"
"""No reboot by the run itself; an association restarts the nodes at a moment."""
DELIVERY_TIMEOUT_S = 600

_CONCURRENCY = re.compile(r"^([1-9]\d{0,6}|[1-9]\d?%|100%)$")
_ERRORS = re.compile(r"^(\d{1,7}|\d{1,2}%|100%)$")
_NAME = r"[a-zA-Z0-9_\-.]{3,128}"
_DOCUMENT = re.compile(rf"^({_NAME}|arn:[a-z0-9\-.]+:[a-z0-9\-.]+:[^:]*:[^:]*:document/{_NAME})$")
_GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


@dataclass(frozen=True, slots=True)
class Choice:
    """Operation, reboot, hooks and rate as chosen; empty strings leave a thing to Patch Now."""

    operation: str = INSTALL
    reboot: str = REBOOT_IF_NEEDED
    use_hooks: bool = False
    before_install: str = ""
    after_install: str = ""
    on_exit: str = ""
    max_concurrency: str = ""
    max_errors: str = ""
    delivery_timeout_s: int = DELIVERY_TIMEOUT_S
    snapshot_id: str = ""
    reboot_at: str = ""
    """As typed; only where the reboot is put off."""
    after_reboot: str = ""
    extras: ExtraSettings = field(default_factory=ExtraSettings)

    @property
    def puts_reboot_off(self) -> bool:
        """Whether nodes restart at a moment, not within the run."""
        return self.installs and self.reboot == PUT_OFF

    def reboot_moment(self, now: datetime) -> datetime | None:
        """Return when nodes restart that wait for it, in the time zone of ``now``; None where none is put off."""
        return moment_of(self.reboot_at, now) if self.puts_reboot_off else None

    @property
    def installs(self) -> bool:
        """Whether nodes will be changed."""
        return self.operation == INSTALL

    @property
    def hooks(self) -> tuple[str, str, str]:
        """The documents that will run before install, after install and on exit; empty where none does."""
        if not (self.installs and self.use_hooks):
            return "", "", ""
        return self.before_install, self.after_install, self.on_exit

    @property
    def problems(self) -> tuple[str, ...]:
        """What cannot be sent as it stands, in words; empty when all is well."""
        found = []
        if not is_concurrency(self.max_concurrency):
            found.append("At a time: a number of nodes such as 5, or a share such as 10%.")
        if not is_error_limit(self.max_errors):
            found.append("Stop after: a number of errors such as 0 or 5, or a share such as 10%.")
        if not is_snapshot_id(self.snapshot_id):
            found.append("Snapshot id: a GUID such as 6f2b5c1e-8f0a-4c57-9d52-0b1c2d3e4f50, or nothing.")
        if self.puts_reboot_off and self.reboot_moment(datetime.now().astimezone()) is None:
            found.append("Reboot: a time to come, such as 03:00 or 2026-11-27 03:00.")
        if self.puts_reboot_off and not is_document(self.after_reboot):
            found.append("After the scheduled reboot: a document's name without a version; its default one runs.")
        return (*found, *self.extras.problems)


def is_concurrency(text: str) -> bool:
    """Return whether SSM takes ``text`` as MaxConcurrency; nothing at all leaves it to Patch Now."""
    return not text or bool(_CONCURRENCY.match(text))


def is_error_limit(text: str) -> bool:
    """Return whether SSM takes ``text`` as MaxErrors; nothing at all leaves it to Patch Now."""
    return not text or bool(_ERRORS.match(text))


def is_document(text: str) -> bool:
    """Return whether the reboot document takes ``text`` as its hook: a name or an ARN, no version; or nothing."""
    return not text or bool(_DOCUMENT.match(text))


def is_snapshot_id(text: str) -> bool:
    """Return whether ``text`` is a GUID, or nothing."""
    return not text or bool(_GUID.match(text))
