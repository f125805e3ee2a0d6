"""What steps write: the same on every look, with the agent's own sentences where it is the agent that speaks."""

from patchgui.simulator.dice import Dice
from patchgui.simulator.population import SyntheticNode
from patchgui.simulator.script import Part
from patchgui.simulator.story import Kind, StepStory

ERROR_TITLE = "\n----------ERROR-------\n"
_PURPOSE = 6
_FAILURES = {
    Part.SCAN: ("Unable to reach the package repository: connection timed out after 30 s",),
    Part.INSTALL: (
        "dpkg was interrupted: /var is full (0 bytes available)",
        "Error: GPG check of linux-image FAILED",
        "Installation of the update failed: 0x80070643",
    ),
    Part.REBOOT: ("The node did not come back with its services: patch report not written",),
    Part.HOOK: (
        "The application did not stop within 30 s: 3 connections are still open",
        "Health check of http://127.0.0.1:8080/ready answered 503",
        "Load balancer: deregistration was refused",
        "systemctl: unit app.service entered failed state",
    ),
    Part.WORK: ("No such file or directory", "Permission denied"),
}


def skipped(story: StepStory) -> str:
    """Return the agent's sentence for a step that did not run; empty for one that did."""
    step = story.step
    match story.kind:
        case Kind.NOT_REACHED:
            return f"Plugin with name {step.action} and id {step.name} skipped due to prior step with an exit condition"
        case Kind.NOT_MET:
            unmet = step.unmet or f'"StringEquals": [platformType, {step.platform}]'
            return f"Step execution skipped due to unsatisfied preconditions: '{unmet}'. Step name: {step.name}"
        case Kind.NOT_SUPPORTED:
            return f"Step execution skipped due to unsupported plugin: {step.action}. Step name: {step.name}"
        case _:
            return ""


def stdout_of(story: StepStory, node: SyntheticNode) -> str:
    """Return what a step that has ended wrote to standard output."""
    found = story.before
    match story.step.part:
        case Part.SCAN:
            return f"{node.name}: scanned against the baseline of {node.platform_name}\n{_counts(story)}"
        case Part.DECIDE_INSTALL if story.code:
            return "No patch is missing and none waits for a reboot: there is nothing to do.\n"
        case Part.DECIDE_INSTALL:
            return f"Missing: {found.missing}. Waiting for a reboot: {found.pending}. Going on to install.\n"
        case Part.INSTALL:
            return _installation(story, node)
        case Part.DECIDE_REBOOT if story.code:
            return "No patch waits for a reboot.\n" if not found.pending else "No reboot was asked for.\n"
        case Part.DECIDE_REBOOT:
            return f"Waiting for a reboot: {found.pending}. Going on to reboot.\n"
        case Part.REBOOT:
            return f"{node.name} has restarted.\n{_counts(story)}"
        case Part.NOTHING:
            return ""
        case Part.HOOK:
            return f"{story.step.document} on {node.name}\n{node.role}: 4 of 4 checks passed\n"
        case Part.WORK:
            return f"{node.name}\n"


def stderr_of(story: StepStory, node: SyntheticNode) -> str:
    """Return what a step that has ended wrote to standard error, with what the agent adds to it."""
    if story.kind is Kind.HUNG:
        return "\nfailed to run commands: exit status 1"
    if story.kind is not Kind.FAILED:
        return ""
    reasons = _FAILURES.get(story.step.part, ("",))
    reason = reasons[Dice(node.index, len(story.step.name), _PURPOSE).count(0, len(reasons) - 1)]
    return f"{node.name}: {reason}\nfailed to run commands: exit status {story.code}"


def _counts(story: StepStory) -> str:
    left = story.after
    return f"Missing: {left.missing}\nInstalledPendingReboot: {left.pending}\nFailed: {left.failed}\n"


def _installation(story: StepStory, node: SyntheticNode) -> str:
    dice = Dice(node.index, story.before.missing, _PURPOSE)
    lines = [f"{node.name}: {story.before.missing} patches to install"]
    for title, version in patch_titles(node, story.before.missing):
        lines.append(f"Get {title} {version} ({dice.count(40, 9000)} kB)")
        # A batch node talks much: more than GetCommandInvocation shows of an output.
        lines += [f"Unpacking {title}: {part} of 60" for part in range(1, 61)] if node.role == "batch" else []
        lines.append(f"Setting up {title} {version}")
    return "\n".join(lines) + "\n" + _counts(story)


_PACKAGES = (
    *(
        "openssl",
        "curl",
        "libc6",
        "linux-image",
        "systemd",
        "openssh-server",
        "sudo",
        "bash",
        "git",
        "nginx",
        "python3",
    ),
    *("vim", "tar", "gzip", "libxml2", "glibc", "krb5-libs", "expat", "sqlite", "zlib", "bind9-libs", "perl", "less"),
    *("rsync", "libtiff6", "nss", "cups-libs", "libssh2", "gnutls", "libpng"),
)


def patch_titles(node: SyntheticNode, count: int) -> list[tuple[str, str]]:
    """Return so many patches of a node, each with its version, or for Windows its number."""
    dice = Dice(node.index, _PURPOSE + 1)
    found = []
    for number in range(count):
        if node.platform_type == "Windows":
            kb = f"KB{5030000 + dice.count(0, 9999)}"
            found.append((f"2026-{1 + number % 11:02d} Update for {node.platform_name} ({kb})", kb))
        else:
            name = _PACKAGES[(node.index + number) % len(_PACKAGES)]
            again = number // len(_PACKAGES)
            version = f"{dice.count(1, 9)}.{dice.count(0, 40)}.{dice.count(0, 12)}-{dice.count(1, 9)}"
            found.append((f"{name}{again or ''}", version))
    return found
