"""Takes what may be a secret out of a text that somebody else wrote, before it is shown, logged or kept."""

import re

MARK = "…"
"""What stands where something was taken out."""
_LONGEST = 600
# Values after a name that says what they are, in JSON, INI, shell and headers. What comes before such a name in a word
# is not looked at: a text may be one word of a megabyte.
_NAMED = re.compile(
    r"""(?ix) (secret\w{0,40} | token | password | passwd | pwd | authorization | credential | (?:api|private)[_-]?key)
    (["']? \s* [:=] \s* ["']? (?:bearer \s+)?) ([^\s"',;)}]+)"""
)
_IN_ADDRESS = re.compile(r"(://[^\s/:@]{1,80}:)[^\s/@]+(?=@)")
_ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}\b")
# Forty letters of base64 are a secret key; more are a session token or a part of a signed assertion.
_LONG = re.compile(r"[A-Za-z0-9+/_=-]{40,}")
_BETWEEN_WORDS = re.compile(r"[/_-]")
_LONGEST_WORD = 24
_RULER = "-=_"
_REFERENCE = re.compile(
    r"\{\{\s*(ssm-secure|resolve|secretsmanager|ssm:/aws/reference/secretsmanager)\b[^{}]{0,2048}\}\}", re.IGNORECASE
)


def without_secrets(text: str) -> str:
    """Return ``text`` in one line, cut to a length that can be shown, without anything that looks like a secret."""
    clean = " ".join(masked(text).split())
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}{MARK}"


def masked(text: str) -> str:
    """Return ``text`` with its lines as they are, without anything that looks like a secret or refers to one."""
    clean = _REFERENCE.sub(lambda found: f"{{{{{found[1]}:{MARK}}}}}", text)
    clean = _NAMED.sub(lambda found: f"{found[1]}{found[2]}{MARK}", clean)
    clean = _IN_ADDRESS.sub(lambda found: f"{found[1]}{MARK}", clean)
    clean = _ACCESS_KEY.sub(MARK, clean)
    return _LONG.sub(_keep_words, clean)


def refers_to_secret(text: str) -> bool:
    """Whether the text holds a reference that Systems Manager puts a secret in for."""
    return _REFERENCE.search(text) is not None


def secrets_named_in(text: str) -> set[str]:
    """Return the values that stand in a text after a name such as ``PASSWORD=``."""
    return {found[3] for found in _NAMED.finditer(text)}


def names_secret(name: str) -> bool:
    """Whether something with this name is likely a secret: ``DbPassword``, ``api_key``."""
    return _NAMED.search(f"{name}=x") is not None


def _keep_words(found: re.Match[str]) -> str:
    """Keep rulers, and what is made of short words in small letters, such as a path: chance writes no secret so."""
    word = found[0]
    is_path = word.islower() and max(map(len, _BETWEEN_WORDS.split(word))) < _LONGEST_WORD
    return word if is_path or not word.strip(_RULER) else MARK
