"""Takes what may be a secret out of a text that somebody else wrote, before it is shown or logged."""

import re

_MARK = "…"
_LONGEST = 600
# Values after a name that says what they are, in JSON, INI, shell and headers.
_NAMED = re.compile(
    r"""(?ix) (secret\w* | \w*token | password | passwd | pwd | authorization | credential | (?:api|private)[_-]?key)
    (["']? \s* [:=] \s* ["']? (?:bearer \s+)?) ([^\s"',;)}]+)"""
)
_ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}\b")
# Forty letters of base64 are a secret key; more are a session token or a part of a signed assertion.
_LONG = re.compile(r"[A-Za-z0-9+/_=-]{40,}")
_BETWEEN_WORDS = re.compile(r"[/_-]")
_LONGEST_WORD = 24


def without_secrets(text: str) -> str:
    """Return ``text`` in one line, cut to a length that can be shown, without anything that looks like a secret."""
    clean = _NAMED.sub(lambda found: f"{found[1]}{found[2]}{_MARK}", text)
    clean = _ACCESS_KEY.sub(_MARK, clean)
    clean = " ".join(_LONG.sub(_keep_paths, clean).split())
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}{_MARK}"


def _keep_paths(found: re.Match[str]) -> str:
    """Keep what is made of short words in small letters, such as a path: chance writes no secret so."""
    word = found[0]
    is_path = word.islower() and max(map(len, _BETWEEN_WORDS.split(word))) < _LONGEST_WORD
    return word if is_path else _MARK
