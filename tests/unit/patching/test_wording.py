"""Words for durations, counts and lists."""

import pytest

from patchgui.patching.wording import counted, listed, short_duration, span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "<0.1 s"),
        (0.3, "0.3 s"),
        (0.96, "1 s"),
        (14.4, "14 s"),
        (59.6, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3725, "1 h 02 min"),
    ],
)
def test_a_duration_fits_a_cell(seconds: float, words: str) -> None:
    assert short_duration(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(60, "60 s"), (120, "2 min"), (600, "10 min"), (5400, "1 h 30 min")])
def test_a_duration_in_a_sentence_leaves_zeros_out(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_count_has_its_noun() -> None:
    assert [counted(1, "node"), counted(1200, "patch", "patches")] == ["1 node", "1,200 patches"]


def test_a_list_reads_as_a_sentence() -> None:
    words = ["a", "b", "c", "d"]
    assert [listed(words[:1]), listed(words[:2]), listed(words, 2)] == ["a", "a and b", "a, b and 2 more"]
