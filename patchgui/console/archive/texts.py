"""Outputs in the file: each text once, however many nodes wrote it, and written as what it differs in from another.

Nodes of one run say nearly the same in each step, so a text is compressed with the first of its step as zlib's
dictionary: a tenth of what it takes alone.
"""

import sqlite3
import zlib
from hashlib import blake2b
from typing import Final

_HASH_BYTES: Final = 16
_MIN_BASE: Final = 200
"""Shorter texts help nobody as a dictionary."""
_MAX_BASE: Final = 32_000
"""zlib looks back no further."""
_PLAIN, _SQUEEZED = b"\0", b"\1"
_WORTH_SQUEEZING: Final = 48
_KEPT_BASES: Final = 512


class Texts:
    """The texts of one open file; belongs to the thread that opened it."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._bases: dict[tuple[int, int], tuple[int, bytes]] = {}

    def forget(self) -> None:
        """Drop what is remembered of the file: another process has changed it."""
        self._bases.clear()

    def keep(self, text: str, run: int, step: int) -> int:
        """Store a text that run number ``run`` wrote in a step; return its number."""
        raw = text.encode("utf-8", "surrogatepass")
        digest = blake2b(raw, digest_size=_HASH_BYTES).digest()
        known = self._find(digest, run)
        if known is not None:
            return known
        base, body = self._squeezed(raw, run, step)
        added = self._db.execute(
            "INSERT INTO text (hash, base, last_run, body) VALUES (?, ?, ?, ?)", (digest, base, run, body)
        )
        number = int(added.lastrowid or 0)
        if base is None and len(raw) >= _MIN_BASE:
            if len(self._bases) >= _KEPT_BASES:
                self._bases.clear()
            self._bases[run, step] = (number, raw[-_MAX_BASE:])
        return number

    def _find(self, digest: bytes, run: int) -> int | None:
        """Return the number of a text that is there already, and keep it for as long as its newest run."""
        row = self._db.execute("SELECT id, base, last_run FROM text WHERE hash = ?", (digest,)).fetchone()
        if row is None:
            return None
        number, base, last_run = row
        if run < last_run:
            self._db.execute("UPDATE text SET last_run = min(last_run, ?) WHERE id IN (?, ?)", (run, number, base))
        return int(number)

    def _squeezed(self, raw: bytes, run: int, step: int) -> tuple[int | None, bytes]:
        if len(raw) < _WORTH_SQUEEZING:
            return None, _PLAIN + raw
        number, base = self._bases.get((run, step), (None, b""))
        press = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, base) if base else None
        if press is not None:
            return number, _SQUEEZED + press.compress(raw) + press.flush()
        press = zlib.compressobj(6, zlib.DEFLATED, -15)
        return None, _SQUEEZED + press.compress(raw) + press.flush()

    def text(self, number: int | None) -> str:
        """Return a text by its number; nothing for None."""
        return "" if number is None else self._raw(number).decode("utf-8", "surrogatepass")

    def _raw(self, number: int) -> bytes:
        row = self._db.execute("SELECT base, body FROM text WHERE id = ?", (number,)).fetchone()
        if row is None:
            return b""
        base, body = row
        if body[:1] == _PLAIN:
            return bytes(body[1:])
        if base is None:
            return zlib.decompress(body[1:], -15)
        inflate = zlib.decompressobj(-15, self._raw(base)[-_MAX_BASE:])
        return inflate.decompress(body[1:]) + inflate.flush()
