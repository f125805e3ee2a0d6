"""What is a word: the same for what is written into the index and for what is looked for in it.

A word is a run of letters and digits; everything else parts words. So ``openssl-3.0.2`` and ``/var/lib/dpkg`` are
phrases, and are found by any part of them that begins and ends with a word.
"""

import re
from dataclasses import dataclass
from typing import Final

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')
_MAX_WORD: Final = 48
_MOST: Final = 64
"""Words of a phrase, and terms of a text: what somebody pasted in by mistake is not looked for to its end."""
_MIN_BEGINNING: Final = 2
_MIN_LAST_BEGINNING: Final = 3


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, in small letters; very long ones are cut."""
    words = _WORD.findall(text.lower())
    return [word[:_MAX_WORD] for word in words] if len(text) > _MAX_WORD else words


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has to occur in a run: words in a row. The last may be a beginning only."""

    words: tuple[str, ...]
    is_beginning: bool
    typed: str
    """As it was typed, in small letters: node names are searched for that."""

    @property
    def match(self) -> str:
        """The term in FTS5's language, with nothing in it that FTS5 could misread: words hold no quote."""
        return f'"{" ".join(self.words)}"{" *" if self.is_beginning else ""}'

    @property
    def matches_of_words(self) -> tuple[str, ...]:
        """Each word on its own in FTS5's language."""
        *all_but_last, last = self.words
        return (*(f'"{word}"' for word in all_but_last), f'"{last}"{" *" if self.is_beginning else ""}')

    @property
    def is_phrase(self) -> bool:
        """Whether it is more than one word."""
        return len(self.words) > 1


def terms_of(text: str) -> tuple[Term, ...]:
    """Return what a free text asks for; signs alone ask for nothing.

    A word stands for all words that begin so (from two letters on), what is in quotes for whole words in that order.
    """
    terms = []
    for quoted, bare in _PART.findall(text):
        words = tuple(words_of(quoted or bare)[:_MOST])
        if not words:
            continue
        least = _MIN_BEGINNING if len(words) == 1 else _MIN_LAST_BEGINNING
        is_beginning = bool(bare) and len(words[-1]) >= least and bare[-1:].isalnum()
        terms.append(Term(words, is_beginning, (quoted or bare).lower()))
    return tuple(dict.fromkeys(terms))[:_MOST]
