"""What commonly keeps a node from being patched: how it shows in a failing line, what it is, and what to do next.

Signs are words that the programs themselves print: apt and dpkg, yum, dnf and rpm, zypper, curl and glibc, sh and
PowerShell; codes of the Windows Update agent (Microsoft's list of HRESULTs); what Systems Manager says of steps.
"""

import re
from dataclasses import dataclass
from typing import Final

from patchgui.patching.progress import PhaseState


@dataclass(frozen=True, slots=True)
class Cause:
    """A known cause: ``title`` in a few words, ``why`` in a sentence, ``next`` what to do next."""

    key: str
    title: str
    why: str
    next: str


def _cause(key: str, title: str, why: str, then: str, *signs: str) -> tuple[Cause, "re.Pattern[str]"]:
    return Cause(key, title, why, then), re.compile("|".join(signs), re.IGNORECASE)


_BY_WORDS: Final = (
    _cause(
        "selinux",
        "Refused by SELinux or AppArmor",
        "A policy on the node forbids what the step wanted to do.",
        "Look at the denials (ausearch -m avc, or journalctl -k for AppArmor) and allow it there, then retry.",
        r"selinux|avc:\s+denied|apparmor",
    ),
    _cause(
        "permission",
        "Not permitted",
        "The step ran without the rights that it needs.",
        "Run the node's agent as root (its systemd service does), or give its role the permission that the line names.",
        r"permission denied|operation not permitted|are you root|must be (?:run as )?root|needs root",
        r"requires? root|superuser",
        r"access(?: is)? denied|accessdenied|is not authorized to perform|unauthorizedoperation|0x80070005",
        r"errno 13\]|curl(?: error)?:? \(22\).*403",
    ),
    _cause(
        "locked",
        "Package manager locked",
        "Another program is installing or updating packages on the node, often its own automatic updates.",
        "Wait until it is done, then retry. If it hangs, find the holder of the lock on the node and end it there.",
        r"could not get lock|unable to (?:acquire|lock)\b.*(?:lock|/var/lib)|is another process using it",
        r"locked by (?:another process|the application)|lock-frontend|holding the yum lock",
        r"another copy is running as pid",
        r"waiting for process with pid|can't create transaction lock|transaction lock on .*rpm",
        r"system management is locked",
        r"package manager is busy|holds (?:its|the) lock|failed to (?:obtain|acquire) .*lock|0x80240016",
    ),
    _cause(
        "no-space",
        "No space left",
        "A file system on the node is full: packages could not be fetched or unpacked.",
        "Make room where the line says (apt-get clean or dnf clean all empties the package cache; old kernels fill "
        "/boot), then retry.",
        r"no space left on device|don't have enough free space|disk quota exceeded|needs .* on the .* filesystem",
        r"disk is full",
        r"more space needed on|not enough (?:free )?(?:disk )?space|0x80070070|errno 28\]",
    ),
    _cause(
        "interrupted",
        "An earlier installation was interrupted",
        "dpkg stopped half way through earlier and wants that finished first.",
        "Run dpkg --configure -a on the node, look at what it says, then retry.",
        r"dpkg was interrupted|dpkg --configure -a|earlier installation was interrupted",
        r"unfinished transactions remaining",
        r"rpmdb.*(?:recover|open failed)|database disk image is malformed|error: rpmdb",
    ),
    _cause(
        "signature",
        "A package source is not trusted",
        "The signature or the release file of a package source is missing, wrong or out of date; a wrong "
        "clock on the node "
        "has the same effect.",
        "Check the node's clock, renew the source's key or its mirror, then retry.",
        r"release file .*(?:expired|not valid yet)|is (?:expired|not valid yet) \(invalid",
        r"NO_PUBKEY|GPG error|EXPKEYSIG|BADSIG|KEYEXPIRED|is not signed|couldn't be verified|gpg check FAILED",
        r"public key .*(?:not installed|is not installed|not trusted)|signature verification failed|NOKEY",
        r"hash sum mismatch|does not match intended download|0x800b010[0-9a]|0x80096010",
    ),
    _cause(
        "certificate",
        "A certificate was refused",
        "The node does not trust the certificate of a package source or a proxy on the way to it.",
        "Check the node's clock and its certificate authorities (ca-certificates), then retry.",
        r"certificate (?:verify failed|verification failed|has expired|is not trusted)|SSL certificate problem|x509:",
        r"peer's certificate|curl(?: error)?:? \((?:60|35|51|77)\)|0x800b0109|0x80072f8f",
    ),
    _cause(
        "dns",
        "Names cannot be resolved",
        "The node asked for the address of a package source or service and got none: DNS does not answer, or "
        "not that name.",
        "Check /etc/resolv.conf, the VPC's DNS settings or the DNS server, then retry.",
        r"temporary failure (?:in name resolution|resolving)|could(?:n't| not) resolve|name or service not known",
        r"no such host|nodename nor servname|getaddrinfo|curl(?: error)?:? \([56]\)",
        r"remote name could not be resolved|0x8024402c|0x80072ee7",
    ),
    _cause(
        "proxy",
        "The proxy refused",
        "A proxy stands between the node and its package sources and did not let it through.",
        "Check the proxy settings of the node and of its package manager (netsh winhttp show proxy on "
        "Windows), then retry.",
        r"proxy (?:authentication|error|connect)|\b407\b|received http code \d+ from proxy|0x80244019|0x8024401b",
        r"0x8024401f",
    ),
    _cause(
        "unreachable",
        "A package source cannot be reached",
        "The node got no connection, or no good answer, from where its packages or patch data come from.",
        "Check routes, security groups, NAT or VPC endpoints (S3 too: patch data is fetched from there), then retry.",
        r"connection (?:refused|timed out|failed|reset)|could not connect|unable to connect",
        r"failed to connect to .*(?:repo|s3|port (?:80|443)\b)",
        r"network is unreachable|no route to host|failed to (?:fetch|download|synchronize)",
        r"cannot (?:download|prepare internal mirrorlist|find a valid baseurl)",
        r"failure: repodata|no more mirrors to try|does not have a release file|source cannot be reached",
        r"connect ?timeout|timeout was reached",
        r"valid metadata not found|unable to (?:download|reach|fetch)|max retries exceeded|could not be downloaded",
        r"curl(?: error)?:? \((?:7|28|52|56)\)|0x8024401c|0x80244022|0x8024402f|0x80240438|0x80072ee2|0x80072efd",
        r"0x80072efe|0x80244010",
    ),
    _cause(
        "dependencies",
        "Broken dependencies",
        "Packages on the node need others that are missing, held back or too old.",
        "Repair them on the node (apt-get --fix-broken install, dnf check, zypper verify), then retry.",
        r"unmet dependencies|held broken packages|broken (?:packages|dependencies)|dependency problems|fix-broken",
        r"nothing provides|problem: (?:package|cannot install|conflicting)|conflicting requests|requires: .*",
        r"depsolv|failed dependencies",
    ),
    _cause(
        "package-script",
        "A package's own script failed",
        "The package was unpacked, but the script that sets it up ended with an error, often because its "
        "service did not start.",
        "Look at the service's log on the node, mend it, run dpkg --configure -a there, then retry.",
        r"installed \S+ package (?:pre|post)-\w+ script|(?:pre|post)(?:inst|rm|in|un)\b.*(?:exit status|failed)",
        r"%(?:pre|post)\w*\(.*scriptlet failed|scriptlet failed",
    ),
    _cause(
        "memory",
        "Out of memory, or killed",
        "The step was ended from outside: the kernel ends processes when memory runs out.",
        "Look for the kernel's words on the node (journalctl -k, “Out of memory”), give it more memory or "
        "swap, then retry.",
        r"out of memory|cannot allocate memory|MemoryError|oom-?kill|\bkilled$|signal: killed|0x8007000e",
    ),
    _cause(
        "read-only",
        "The file system is read-only",
        "The node cannot write there: it was mounted so, or the kernel protected it after errors of the disk.",
        "Look at the kernel's words on the node (journalctl -k), mend or remount the file system, then retry.",
        r"read-only file system|errno 30\]",
    ),
    _cause(
        "no-document",
        "Document not found",
        "A document that the run names does not exist on this connection, or not in that version.",
        "Check the name of the hook and its version, or share the document with this account, then retry.",
        r"document .*(?:does not exist|not found)|invaliddocument|unable to find .*document|no such document",
        r"get document from",
    ),
    _cause(
        "no-command",
        "A program is missing",
        "The script calls a program that is not installed on the node, or not in its path.",
        "Install the program or name it with its full path in the document, then retry.",
        r"command not found|(?:_script\.sh|sh|bash): .*: not found$|is not recognized as (?:the name|an internal)",
        r"executable file not found",
        r"package manager is not installed|unsupported package manager|no such file or directory.*(?:bin/|python)",
    ),
    _cause(
        "windows-update",
        "The Windows Update agent failed",
        "The node's own update service gave the code in the line.",
        "Look the code up, restart the service wuauserv on the node (or clear SoftwareDistribution), then retry.",
        r"0x8024[0-9a-f]{4}|0x800f0[0-9a-f]{3}|0x80070(?:422|643|bc9|490)",
        r"windows update (?:agent|service).*(?:fail|error|disabled)",
    ),
    _cause(
        "snapshot",
        "The patch baseline or snapshot was refused",
        "Systems Manager gave the node no patch baseline for this run.",
        "Check the baseline for the node's operating system and that its role may call "
        "ssm:GetDeployablePatchSnapshotForInstance, then retry.",
        r"snapshot.*(?:expired|invalid|unsupported|fail|could not)|getdeployablepatchsnapshot|no .*baseline",
        r"baseline.*(?:not found|has no)",
    ),
)
_TIMED_OUT: Final = Cause(
    "time-out",
    "Time ran out",
    "The step did not end within the time that its document gives it, and was stopped.",
    "See in its output what it was waiting for; raise timeoutSeconds in the document if it needs longer.",
)
_NO_RETURN: Final = Cause(
    "no-return",
    "The reboot did not come to its end",
    "The node restarted, or was to, and was not heard of again within the time of the run.",
    "Look at its console or power; once it is online again, retry: the run looks anew at what is missing.",
)
_NOT_DELIVERED: Final = Cause(
    "undelivered",
    "The node did not take the command",
    "It was offline or is unknown, so nothing ran on it and nothing was changed.",
    "See that the node is on and its agent runs and reaches Systems Manager, then retry.",
)
_STOPPED: Final = Cause(
    "terminated",
    "Not started, because others had failed",
    "So many nodes had failed that the run was stopped before it came to this one; nothing was changed on it.",
    "Mend what failed on the others first, then retry.",
)
_ACCESS: Final = Cause(
    "not-allowed",
    "The node may not be used",
    "Whoever started the run has no permission to send commands to this node.",
    "Ask for ssm:SendCommand on the node, then retry.",
)
_PLATFORM: Final = Cause(
    "platform",
    "The document does not fit the platform",
    "The document is not made for the operating system of this node.",
    "Choose a document for it; a retry changes nothing.",
)
_BUSY: Final = Cause(
    "rate",
    "Too many commands at once",
    "Systems Manager had more commands for this node than it takes.",
    "Wait until the others are done, then retry.",
)
_BY_DETAILS: Final = {
    "deliverytimedout": _NOT_DELIVERED,
    "undeliverable": _NOT_DELIVERED,
    "terminated": _STOPPED,
    "invalidplatform": _PLATFORM,
    "accessdenied": _ACCESS,
    "rateexceeded": _BUSY,
}
_HOOK: Final = Cause(
    "hook",
    "The hook said no",
    "The operator's document itself ended with an error; the line is what it said last.",
    "Mend what it complains of, or the document, then retry.",
)
_NO_CONNECTION: Final = Cause(
    "no-connection",
    "What the hook calls does not answer",
    "The operator's document got no connection, or none that it trusts, to what the line names.",
    "See that it runs and can be reached from the node (DNS, proxy, firewall, certificate), then retry.",
)
_OF_THE_NETWORK: Final = frozenset({"unreachable", "dns", "proxy", "certificate"})
_OF_PACKAGES: Final = re.compile(r"^\s*(?:[EWN]|Err)\b:|\b(?:apt|dpkg|yum|dnf|rpm|zypper|repo\w*|mirror\w*|metadata)\b")
"""A hook may install packages, too: then the line names what does."""
CAUSES: Final = (
    *(cause for cause, _signs in _BY_WORDS),
    *(_TIMED_OUT, _NO_RETURN, _HOOK, _NO_CONNECTION),
    *dict.fromkeys(_BY_DETAILS.values()),
)
"""Every known cause."""


def cause_of_words(line: str) -> Cause | None:
    """Return the known cause that a failing line speaks of, or None."""
    return next((cause for cause, signs in _BY_WORDS if signs.search(line)), None) if line else None


def cause_of_details(details: str) -> Cause | None:
    """Return the cause behind a status detail of a node on which nothing ran, or None for other details."""
    return _BY_DETAILS.get(details.replace(" ", "").lower())


def known_cause(line: str, state: PhaseState, *, is_hook: bool, is_reboot: bool) -> Cause | None:
    """Return the known cause of a failed phase by the line that it failed with, or None."""
    found = cause_of_words(line)
    if found is not None:
        is_of_hook = is_hook and found.key in _OF_THE_NETWORK and not _OF_PACKAGES.search(line)
        return _NO_CONNECTION if is_of_hook else found
    if is_reboot:
        return _NO_RETURN if state is PhaseState.TIMED_OUT or not line else None
    if state is PhaseState.TIMED_OUT:
        return _TIMED_OUT
    return _HOOK if is_hook and line else None
