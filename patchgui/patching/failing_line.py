"""The line of an output that says why a step failed, and that line without what differs from node to node."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from patchgui.patching.escapes import without_escapes
from patchgui.patching.own_words import own_words

MOST_CHARS: Final = 300
"""A longer line is cut here: it is told in one line of a list."""
_LOOKED_AT_CHARS: Final = 24_000
_LOOKED_AT: Final = 400
"""So many lines from the end of a stream are looked at: a reason that is further up is none."""

_TRACE: Final = re.compile(
    r"""
      \++\s                                   # set -x of a shell; PowerShell's lines that point at a place
    | At\s.+:\d+\schar:\d+$                   # PowerShell: where it happened
    | Line\s\|$|\s*\d*\s*\|\s                 # PowerShell 7: the same
    | File\s".*",\sline\s\d+ | [~^\s]+$       # Python: the frames of a traceback
    | (?:debconf|perl|locale):\s              # what Debian's tools say of terminals and languages
    | and\sthe\sentire\ssystem\.\sSee\s<        # the second line of dpkg's note on locks
    | [-=_*\#.\s]+$
    """,
    re.VERBOSE,
)
"""Lines that only say where something happened, or nothing of it at all."""
_SUMS_UP: Final = re.compile(
    r"""
      E:\sSub-process\s.*returned\san\serror\scode
    | E:\sUnable\sto\sfetch\ssome\sarchives
    | [EW]:\sSome\sindex\sfiles\sfailed\sto\sdownload
    | Errors\swere\sencountered\swhile\sprocessing:?
    | .*:\sthe\spackage\smanager\sfailed\.$ | Error:\sTransaction\sfailed | Some\spackages\sfailed\sto\sinstall
    | (?:make|npm\sERR!|yum\sERR)\b.*\bError\s\d+$
    | (?:\S+\s)?(?:exit\s(?:status|code)|returned|rc)[\s=:]+\d+\.?$
    | There\swas\sa\sproblem\simporting | (?:The\s)?(?:command|script|operation|step)\sfailed\.?$
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Lines that say once more that something failed; the reason is above them."""
_WARNS: Final = re.compile(r"(?:W|N|I):\s|(?:\w+:\s)?(?:warning|notice|note|info)\b[\s:]", re.IGNORECASE)
_LAMENTS: Final = re.compile(
    r"^E:\s|\berr(?:or|no)?\b|\b\w*(?:Error|Exception)\b|fail|fatal|cannot|can't|could not|couldn't|unable|denied"
    r"|refused|no such|not found|no space|unmet|broken|interrupted|killed|out of memory|timed out|locked|invalid"
    r"|missing|disk is full|is busy|0x8",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"^\s+\S")


def failing_line(stdout: str, stderr: str) -> str:
    """Return the line that says best why a script failed; empty where it wrote nothing.

    The script's own last words count most; lines that only sum up, warn or trace are passed over while there is
    anything else, stderr before stdout.
    """
    said, told = _lines(stderr), _lines(stdout)
    return (
        _last(said, _is_telling)
        or _last([*told, *said], lambda line: bool(_LAMENTS.search(line)) and not _SUMS_UP.match(line))
        or _last(said, lambda line: not _WARNS.match(line))
        or _last(told, lambda _line: True)
        or _last(said, lambda _line: True)
    )


def _lines(text: str) -> list[str]:
    end = without_escapes(text[-_LOOKED_AT_CHARS:].replace("\r\n", "\n"))
    lines = own_words(end)[-_LOOKED_AT:]
    # A bar of progress overwrites its line: what stood there last is what was seen.
    return [line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines]


def _is_telling(line: str) -> bool:
    return not (_SUMS_UP.match(line) or _WARNS.match(line))


def _last(lines: Sequence[str], is_wanted: Callable[[str], bool]) -> str:
    """Return the last wanted line that is no trace; one that is indented is told with, or by, the line above it."""
    for place in range(len(lines) - 1, -1, -1):
        words = lines[place].strip()
        if words and not _TRACE.match(words) and is_wanted(words):
            told = _with_heading(lines, place)
            if told:
                return told[:MOST_CHARS]
    return ""


def _with_heading(lines: Sequence[str], place: int) -> str:
    """Return a line as it is told; empty for what only names something in a list below a line that sums up."""
    words = lines[place].strip()
    above = place
    while above and _GOES_ON.match(lines[above]):
        above -= 1
    heading = lines[above].strip()
    if above == place or _TRACE.match(heading):
        return words
    if _SUMS_UP.match(heading):
        return "" if heading.endswith((":", "processing")) else words
    if heading.endswith(":"):
        return f"{heading} {words}" if above == place - 1 else words
    # The reason in one sentence, and below it what was said in detail.
    return heading if _LAMENTS.search(heading) and not _WARNS.match(heading) else words


_KEPT: Final = (
    r"0x[0-9A-Fa-f]{6,8}\b",  # a code of Windows: each is another error
    r"\[Errno -?\d+\]",
    r"curl(?: error)?:? \(\d+\)",
    r"HTTP(?:/[\d.]+)?(?: [Ee]rror)?:? \d{3}\b",
    r"\b(?:[Ee]xit|[Ee]rror|[Ss]tatus|[Rr]eturn(?:ed)?)(?: (?:status|code))+:? -?\d{1,3}\b",
    r"‹[a-z]+›",
)
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ENDINGS = (
    "com net org io dev edu gov info cloud local localdomain internal intranet lan corp home test invalid example "
    "de fr uk eu us cn jp ca ch at nl it es au in br"
).replace(" ", "|")
"""Of the names that end otherwise, files and packages are more than hosts."""
_FOLDED: Final = {
    "time": (
        r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?",
        r"\d\d/\d\d/\d{4}(?: \d\d:\d\d:\d\d)?",
        rf"{_DAY}(?:{_MONTH} +\d{{1,2}}|\d{{1,2}} {_MONTH})(?: \d{{4}})? \d\d:\d\d:\d\d(?: (?:UTC|GMT|[+-]\d{{4}}))?",
        r"\b\d\d:\d\d:\d\d(?:[.,]\d+)?",
    ),
    "url": (r"\b(?:https?|ftp|s3|file|cdrom|mirror\+file)://[^\s'\"<>)\]]*[^\s'\"<>)\].,;:]",),
    "script": (
        r"(?<![\w/.+-])(?:/[\w.+-]+)*/orchestration/[^\s:'\"]+",
        r"[A-Za-z]:(?:\\[\w.+-]+)*\\orchestration\\[^\s:'\"]+",
    ),
    "id": (
        r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b",
        r"\b(?:mi|i|vol|ami|eni|sg|subnet|vpc)-[0-9a-f]{8,17}\b",
        r"\b(?=[0-9a-fA-F]*\d)(?=[0-9]*[a-fA-F])[0-9a-fA-F]{12,}\b",
        r"(?<=/tmp/)[\w.-]+|(?<=/tmp\.)\w+",
    ),
    "ip": (
        r"\b\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?\b",
        r"\[?\b(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{0,4}\b\]?(?::\d+)?",
    ),
    "file": (r"(?<![\w.+:~%-])[\w.+:~%-]+\.(?:deb|rpm|drpm|udeb|msu|cab|tar\.\w+|tgz|zip)\b",),
    "host": (
        rf"\b(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:{_ENDINGS})\b(?::\d+)?",
        r"\bip-\d{1,3}(?:-\d{1,3}){3}\b",
    ),
    "version": (r"(?<![\w.])\d+:\d[\w.+~-]*|(?<![\w.])v?\d+(?:\.\d+)+(?:[-+~][\w.+~-]*)?",),
    "n": (r"\d+",),
}
_NUMBERS_TELL: Final = re.compile(r"0x|errno|curl|http|(?:status|code)\W", re.IGNORECASE)
"""Lines with one of these may have a number that is kept."""
_ANY_DIGIT: Final = str.maketrans("123456789", "0" * 9)
_SIGNS: Final = re.compile(
    "|".join(f"(?P<{name}>{'|'.join(signs)})" for name, signs in ({"kept": _KEPT} | _FOLDED).items())
)
_STAMP: Final = re.compile(
    r"^\[?‹time›\]?[\s:,-]+(?:(?:\S+ )?\[?(?:ERROR|CRITICAL|FATAL|WARN(?:ING)?|INFO)\]?:? )?", re.IGNORECASE
)


def normalised(line: str, own_names: Sequence[str] = ()) -> str:
    """Return ``line`` with numbers, ids, addresses, moments, versions and names of hosts folded to marks as ``‹n›``.

    The same trouble of two nodes becomes the same text; codes that tell one error from another stay.
    ``own_names`` are what the node is called: they stand for any node. Applied again it changes nothing.
    """
    for name in own_names:
        # A pattern for each node would be compiled for each: only where it speaks of itself.
        if len(name) > 2 and not name.isdigit() and name in line:
            line = re.sub(rf"(?<![\w‹.-]){re.escape(name)}(?![\w›-]|\.\w)", "‹host›", line)
    # Where no number tells one error from another, lines that differ in digits alone are folded once.
    return _folded(line if _NUMBERS_TELL.search(line) else line.translate(_ANY_DIGIT))


@lru_cache(maxsize=4096)
def _folded(line: str) -> str:
    line = " ".join(without_escapes(line)[:MOST_CHARS].split())
    # Each turn leaves less to fold, so this ends.
    while (newer := _STAMP.sub("", _SIGNS.sub(_mark, line)).strip()) != line:
        line = newer
    return line


def _mark(match: "re.Match[str]") -> str:
    return match[0] if match.lastgroup in {"kept", None} else f"‹{match.lastgroup}›"
