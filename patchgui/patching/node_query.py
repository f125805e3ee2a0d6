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
from itertools import compress
from operator import itemgetter
from typing import NamedTuple, Protocol

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
_COMMON = "\x00"
"""Stands between what is a node's own and what it has in common with others."""
_WORD = re.compile(r'(?P<minus>-?)(?:(?P<key>[A-Za-z]+):)?(?P<value>(?:"[^"]*"?|[^\s"])*)')
_OWN_ONLY = frozenset(_STARTS[field] for field in ("id", "name"))
_COMMON_ONLY = frozenset(_STARTS[field] for field in ("platform", "group", "agent", "status", "is"))
_NAME_TAG = f"{_STARTS['tag']}name="
"""The one tag that is a node's own: as a rule each node has another value."""
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
    def full_platform(self) -> str: ...  # noqa: D102 - the name says it
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
    @property
    def is_scan_known(self) -> bool: ...  # noqa: D102 - the name says it


def row_key(node: QueriedNode) -> str:
    """Return the text that a node is searched in; make it once per row, not per keystroke.

    What is a node's own comes first, what it has in common with many comes behind: a filter looks that up once for all.
    """
    own = [("id", node.instance_id), ("name", node.name)]
    common = [
        ("platform", node.platform),
        ("platform", node.full_platform),
        ("platform", node.platform_type),
        ("group", node.patch_group),
        ("agent", node.agent_version),
    ]
    common += [("status", word) for word in _ALSO_CALLED.get(node.ping, node.ping).split()]
    for key, value in node.tags.items():
        (own if key == "Name" else common).append(("tag", f"{key}={value}"))
    common += [("is", word) for word in _conditions(node)]
    parts = [*(f"{_STARTS[field]}{value}{_END}" for field, value in own), _COMMON]
    parts += [f"{_STARTS[field]}{value}{_END}" for field, value in common]
    return "".join(parts).lower()


def _conditions(node: QueriedNode) -> Iterable[str]:
    if node.missing_count is None:
        if node.is_scan_known:
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


class Term(NamedTuple):
    """One condition: its words as typed, what to find in a row key, and whether finding it excludes the row."""

    typed: str
    needle: str
    excludes: bool = False


class NodeQuery(NamedTuple):
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

    A keystroke changes one term: the others are remembered as masks of one byte per row. What rows have in common is
    looked up once per kind of row; their own names are scanned, where a term got longer only in the rows found before.
    """

    _REMEMBERED = 64
    _TABLE = 256
    """So many kinds of rows can be looked up by one ``bytes.translate``."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self.replace_keys(keys)

    def replace_keys(self, keys: Sequence[str], rows: Sequence[int] | None = None) -> None:
        """Take other rows (``row_key`` of each); what was found before is forgotten.

        ``rows`` is what ``apply`` shall return for each key, by default its place among the keys.
        """
        self._places = list(range(len(keys)))
        self._rows = self._places if rows is None else list(rows)
        self._everything = int.from_bytes(b"\x01" * len(keys), "big")
        self._masks: dict[str, bytes] = {}
        kinds: dict[str, int] = {}
        split = [key.partition(_COMMON) for key in keys]
        self._own = [own for own, _, _ in split]
        kind_of = [kinds.setdefault(common, len(kinds)) for _, _, common in split]
        self._kinds = list(kinds)
        self._kind_bytes = bytes(kind_of) if len(kinds) <= self._TABLE else b""
        self._of_kinds = itemgetter(*kind_of) if len(kinds) > self._TABLE else None

    def apply(self, query: NodeQuery) -> list[int]:
        """Return the rows that match, in the order of the keys."""
        if not query.terms:
            return self._rows.copy()
        combined = self._everything
        for term in query.terms:
            mask = int.from_bytes(self._mask(term.needle), "big")
            combined &= mask ^ self._everything if term.excludes else mask
        return list(compress(self._rows, combined.to_bytes(len(self._rows), "big")))

    def _mask(self, needle: str) -> bytes:
        """Return one byte per row: 1 where the needle is in its key."""
        mask = self._masks.pop(needle, None)
        if mask is None:
            common, own = self._common_mask(needle), self._own_mask(needle)
            either = int.from_bytes(common, "big") | int.from_bytes(own, "big")
            mask = either.to_bytes(len(self._rows), "big")
            if len(self._masks) >= self._REMEMBERED:
                del self._masks[next(iter(self._masks))]
        self._masks[needle] = mask
        return mask

    def _common_mask(self, needle: str) -> bytes:
        if needle[0] in _OWN_ONLY:
            return b""
        found = bytes([needle in kind for kind in self._kinds])
        if not any(found):
            return b""
        if self._of_kinds is not None:
            return bytes(self._of_kinds(found))
        return self._kind_bytes.translate(found.ljust(self._TABLE, b"\x00"))

    def _own_mask(self, needle: str) -> bytes:
        is_other_tag = needle[0] == _STARTS["tag"] and not (
            needle.startswith(_NAME_TAG) or _NAME_TAG.startswith(needle)
        )
        if needle[0] in _COMMON_ONLY or is_other_tag:
            return b""
        shorter = max((known for known in self._masks if known in needle), key=len, default="")
        own = self._own
        if not shorter or self._masks[shorter].count(1) > len(own) // 4:
            return bytes([needle in each for each in own])
        found = bytearray(len(own))
        for row in compress(self._places, self._masks[shorter]):
            found[row] = needle in own[row]
        return bytes(found)
