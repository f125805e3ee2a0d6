"""The language that filters nodes, fast enough for each keystroke over 100,000 rows.

Terms are ANDed; case does not matter; a ``-`` before a term turns it round; quotes keep blanks together::

    tag:Role=web          has that tag, value begins so (tag:Role="web": exactly so)
    tag:Role              has such a tag
    status:online         answers now (also: lost, offline, inactive)
    platform:debian       platform begins so (platform:"debian 12": exactly so)
    group:prod            patch group begins so
    name:web  id:mi-0f    the name, the node's id begins so
    is:missing            patches missing (also: security, failed, pending, scanned, compliant)
    web                   anything of the above
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Protocol

_END = "\x1f"
"""Ends each field of a row key."""
_STARTS = {
    "id": "\x01",
    "name": "\x02",
    "platform": "\x03",
    "group": "\x04",
    "agent": "\x05",
    "status": "\x06",
    "tag": "\x07",
    "is": "\x08",
}
"""Starts a field of a row key: one character, so that keys stay short and one substring test finds a field's start."""
_WORD = re.compile(r'(?P<minus>-?)(?:(?P<key>[A-Za-z]+):)?(?P<value>(?:"[^"]*"?|[^\s"])*)')
_SYNONYMS = {"ping": "status", "os": "platform", "patchgroup": "group"}
_ALSO_CALLED = {"Online": "online", "ConnectionLost": "connectionlost lost offline", "Inactive": "inactive offline"}
"""What people call SSM's ping statuses."""


class QueriedNode(Protocol):
    """What the language looks at."""

    @property
    def instance_id(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def name(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def platform_type(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def platform(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def ping(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def agent_version(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def tags(self) -> Mapping[str, str]: ...  # noqa: D102 - the name says it
    @property
    def patch_group(self) -> str: ...  # noqa: D102 - the name says it
    @property
    def missing_count(self) -> int | None: ...  # noqa: D102 - the name says it
    @property
    def security_missing(self) -> int | None: ...  # noqa: D102 - the name says it
    @property
    def failed(self) -> int: ...  # noqa: D102 - the name says it
    @property
    def pending_reboot(self) -> int: ...  # noqa: D102 - the name says it


def row_key(node: QueriedNode) -> str:
    """Return the text that a node is searched in; make it once per row, not per keystroke."""
    fields = [
        ("id", node.instance_id),
        ("name", node.name),
        ("platform", node.platform),
        ("platform", node.platform_type),
        ("group", node.patch_group),
        ("agent", node.agent_version),
        *(("status", word) for word in _ALSO_CALLED.get(node.ping, node.ping).split()),
        *(("tag", f"{key}={value}") for key, value in node.tags.items()),
        *(("is", word) for word in _conditions(node)),
    ]
    return "".join([f"{_STARTS[field]}{value}{_END}" for field, value in fields]).lower()


def _conditions(node: QueriedNode) -> Iterable[str]:
    if node.missing_count is None:
        yield "unscanned"
        return
    yield "scanned"
    if node.missing_count:
        yield "missing"
    if node.security_missing:
        yield "security"
    if node.failed:
        yield "failed"
    if node.pending_reboot:
        yield "pending"
    if not (node.missing_count or node.failed or node.pending_reboot):
        yield "compliant"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: its words as typed, what to find in a row key, and whether finding it excludes the row."""

    typed: str
    needle: str
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class NodeQuery:
    """A filter that was understood as far as ``trouble`` is empty; terms not understood are left out."""

    terms: tuple[Term, ...] = ()
    trouble: str = ""

    def matches(self, key: str) -> bool:
        """Whether one row, by its key, passes every term."""
        return all((term.needle in key) is not term.excludes for term in self.terms)


def parse_query(text: str) -> NodeQuery:
    """Read what a person typed. Never raises: what cannot be understood is said in ``trouble``."""
    terms: list[Term] = []
    trouble = ""
    if text.count('"') % 2:
        trouble = "A quotation mark is not closed."
    for match in _WORD.finditer(text.strip()):
        if not match[0]:
            continue
        key, value = match["key"], match["value"]
        if key is not None and _field(key) not in _STARTS:
            trouble = trouble or f"“{key}:” is not known. Use tag:, status:, platform:, group:, name:, id: or is:."
            continue
        needle = _needle(_field(key) if key else None, value)
        if needle:
            terms.append(Term(match[0], needle, excludes=bool(match["minus"])))
    return NodeQuery(tuple(terms), trouble)


def _field(key: str) -> str:
    return _SYNONYMS.get(key.lower(), key.lower())


def _needle(field: str | None, value: str) -> str:
    is_exact = value.endswith('"') and value.count('"') >= 2
    plain = value.replace('"', "").lower()
    if field is None or not plain:
        return plain
    ends = is_exact and (field != "tag" or "=" in plain)
    return f"{_STARTS[field]}{plain}{_END if ends else ''}"


class NodeFilter:
    """A filter box over many rows.

    A keystroke changes one term: the others are remembered as masks of one byte per row, and a term that got longer is
    looked for only where the shorter one was found.
    """

    _REMEMBERED = 64

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self.replace_keys(keys)

    def replace_keys(self, keys: Sequence[str]) -> None:
        """Take other rows (``row_key`` of each); what was found before is forgotten."""
        self._keys = keys
        self._rows = list(range(len(keys)))
        self._masks: dict[str, bytes] = {}

    def apply(self, query: NodeQuery) -> list[int]:
        """Return the rows that match, in their order."""
        if not query.terms:
            return self._rows.copy()
        everything = int.from_bytes(b"\x01" * len(self._keys), "big")
        combined = everything
        for term in query.terms:
            mask = int.from_bytes(self._mask(term.needle), "big")
            combined &= mask ^ everything if term.excludes else mask
        return list(compress(self._rows, combined.to_bytes(len(self._keys), "big")))

    def _mask(self, needle: str) -> bytes:
        """Return one byte per row: 1 where the needle is in its key."""
        mask = self._masks.pop(needle, None)
        if mask is None:
            shorter = max((known for known in self._masks if known in needle), key=len, default="")
            keys = self._keys
            if shorter:
                found = bytearray(len(keys))
                for row in compress(self._rows, self._masks[shorter]):
                    found[row] = needle in keys[row]
                mask = bytes(found)
            else:
                mask = bytes([needle in key for key in keys])
            if len(self._masks) >= self._REMEMBERED:
                del self._masks[next(iter(self._masks))]
        self._masks[needle] = mask
        return mask
