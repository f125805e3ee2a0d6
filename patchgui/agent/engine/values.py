"""JSON values as the real agent holds them: Go's number formats, Go's texts, Go's treatment of bad UTF-8.

Documents quote values into scripts and messages, so their spelling is part of the behaviour (engine.md §2.5).
"""

import codecs
import json
import math
from collections.abc import Mapping
from typing import Any

# How many lists and objects may stand inside each other; every walk through a value relies on it.
DEEPEST = 100

# float64 holds every whole number up to this one.
_EXACT = 2**53


class YamlMap(dict[str, Any]):
    """A mapping as Go's YAML parser makes it where any type is welcome; Go can't write it as JSON (engine.md §7.10)."""


def holds_yaml_map(value: Any) -> bool:
    """Return whether a value is such a mapping, or a list with one inside."""
    if isinstance(value, list):
        return any(holds_yaml_map(item) for item in value)
    return isinstance(value, YamlMap)


def plain(value: Any, depth: int = 0) -> Any:
    """Return a decoded JSON value with its numbers rounded to float64 and its texts made valid Unicode.

    Raises:
        ValueError: for a number that float64 can't hold, and for nesting that no document needs.
        TypeError: for what isn't JSON.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else _finite(value)
    if isinstance(value, float):
        return _finite(value)
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, Mapping):
        return {clean(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    raise TypeError(f"{type(value).__name__} is not a JSON value")


def clean(text: str) -> str:
    """Return the text with each lone surrogate, which JSON can spell, made U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode(data: bytes) -> str:
    """Return output bytes as text, each invalid byte being one U+FFFD (engine.md §9.5)."""
    return data.decode("utf-8", "patchgui-each-byte")


def kind(value: Any) -> str:
    """Return JSON's word for the type of a value, with its article, for messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an object" if isinstance(value, Mapping) else "a list"


def compact_json(value: Any) -> str:
    """Return a value as Go writes JSON: sorted keys, no blanks, ``<>&`` escaped, Go's floats."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float):
        return _shortest(value, exponents=range(-6, 21), digits=1)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        # Go sorts keys by their bytes.
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode())
        return "{" + ",".join(f"{_quoted(key)}:{compact_json(item)}" for key, item in pairs) + "}"
    return "[" + ",".join(compact_json(item) for item in value) + "]"


def in_text(value: Any) -> str:
    """Return how a value stands inside a longer text: strings as they are, anything else as JSON."""
    return value if isinstance(value, str) else compact_json(value)


def shown(value: Any) -> str:
    """Return a value as Go's ``%v`` prints it in messages: ``[a b]``, ``map[a:1]``, ``<nil>``."""
    if value is None:
        return "<nil>"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        # Every number in JSON is a float64 to Go, and %v turns to exponents early.
        return _shortest(float(value), exponents=range(-4, 6), digits=2)
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{shown(item)}" for key, item in sorted(value.items())) + "]"
    return "[" + " ".join(shown(item) for item in value) + "]"


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    # Go keeps JSON safe inside HTML and JavaScript.
    for mark, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        quoted = quoted.replace(mark, escape)
    return quoted


def _shortest(value: float, *, exponents: range, digits: int) -> str:
    """Return the shortest text that reads back as the value, with an exponent outside of a range."""
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign = "-" if value < 0 else ""
    mantissa, exponent = _digits(abs(value))
    if exponent not in exponents:
        tail = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
        return f"{sign}{mantissa[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):0{digits}d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{mantissa}"
    whole = mantissa[: exponent + 1].ljust(exponent + 1, "0")
    rest = mantissa[exponent + 1 :]
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _digits(value: float) -> tuple[str, int]:
    """Return the significant digits of a positive number and the power of ten of the first one."""
    digits, _, power = repr(value).partition("e")
    whole, _, fraction = digits.partition(".")
    exponent = int(power or 0) + len(whole) - 1
    significant = (whole + fraction).lstrip("0")
    exponent -= len(whole + fraction) - len(significant)
    return significant.rstrip("0"), exponent


def _finite(number: float) -> float:
    try:
        rounded = float(number)
    except OverflowError:
        rounded = math.inf
    if not math.isfinite(rounded):
        raise ValueError("a number is too large")
    return rounded


def _each_byte(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "\ufffd" * (error.end - error.start), error.end


codecs.register_error("patchgui-each-byte", _each_byte)
