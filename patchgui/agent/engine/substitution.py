"""Putting parameter values where ``{{ name }}`` stands (engine.md §2.3-2.7)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.values import in_text
from patchgui.patching.go_regexp import go_regexp

# Go's \s, which is narrower than Python's.
_BLANK = r"[\t\n\f\r ]"
_PLAIN_NAME = re.compile(r"[a-zA-Z0-9]+\Z")
# Names of which every character means itself in a regular expression; others need RE2 to mean what Go makes of them.
_LITERAL_NAME = re.compile(r"[a-zA-Z0-9_ -]*\Z")


# A small document may ask for a large value thousands of times; no real one comes near this.
_MOST = 64 * 1024 * 1024


_Find = Callable[[str], tuple[int, int] | None]


def is_plain_name(name: str) -> bool:
    """Return whether a parameter may be passed under the name, and replace a whole value."""
    return _PLAIN_NAME.match(name) is not None


class Substitution:
    """The parameter values of one run, ready to be put into texts."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)
        self._embedded: re.Pattern[str] | None = None
        self._odd_names: dict[str, _Find] | None = None
        self._texts: dict[str, str] = {}
        self._made = 0

    def apply(self, value: Any) -> Any:
        """Return a value with the parameters in all its texts replaced, keys excepted, in one pass.

        Raises:
            DocumentInvalid: when the name of a declared parameter breaks the real agent's parser.
        """
        if isinstance(value, str):
            return self._in_text(value)
        if isinstance(value, Mapping):
            return {key: self.apply(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        return value

    def _in_text(self, text: str) -> Any:
        if self._odd_names is None:
            self._prepare()
        if "{{" not in text:
            return text
        if (whole := _WHOLE.match(text)) and whole[1] in self._values:
            self._value_in_text(whole[1])
            return self._values[whole[1]]
        if self._odd_names:
            text = self._replace_all(text, self._odd_names)
        elif self._embedded:
            text = self._embedded.sub(self._value_of, text)
        return text

    def _prepare(self) -> None:
        """Compile the names on first use: a name that is no regular expression breaks only what is substituted."""
        self._odd_names = {name: _go_pattern(name) for name in self._values if not _LITERAL_NAME.match(name)}
        if self._values and not self._odd_names:
            names = "|".join(re.escape(name) for name in sorted(self._values, key=len, reverse=True))
            self._embedded = re.compile(rf"\{{\{{{_BLANK}*({names}){_BLANK}*\}}\}}")

    def _value_of(self, found: re.Match[str]) -> str:
        return self._value_in_text(found[1])

    def _value_in_text(self, name: str) -> str:
        """Return how a value stands inside a text: ``$$`` is one ``$`` there (engine.md §2.6)."""
        if name not in self._texts:
            self._texts[name] = in_text(self._values[name]).replace("$$", "$")
        self._made += len(self._texts[name])
        if self._made > _MOST:
            raise DocumentInvalid(f"With its parameters filled in, the document is larger than {_MOST >> 20} MiB.")
        return self._texts[name]

    def _replace_all(self, text: str, odd_names: Mapping[str, _Find]) -> str:
        """Replace from left to right; where several names fit, the one declared first counts."""
        find = {name: odd_names.get(name) or _go_pattern(name) for name in self._values}
        done: list[str] = []
        while found := [(span, name) for name, search in find.items() if (span := search(text))]:
            (start, end), name = min(found, key=lambda hit: hit[0][0])
            done += [text[:start], self._value_in_text(name)]
            text = text[end:]
        return "".join([*done, text])


_WHOLE = re.compile(rf"\{{\{{{_BLANK}*([a-zA-Z0-9]+){_BLANK}*\}}\}}\Z")


def _go_pattern(name: str) -> _Find:
    try:
        pattern = go_regexp(rf"\{{\{{\s*{name}\s*\}}\}}")
    except ValueError as error:
        raise DocumentInvalid(f"The parameter name {name!r} can't be used: {error}.") from error

    def find(text: str) -> tuple[int, int] | None:
        found = pattern.search(text)
        return found.span() if found else None

    return find
