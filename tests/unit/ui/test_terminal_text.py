"""What a terminal would show: colours, overwritten lines, escapes that mean nothing here; in any pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.ui.run.terminal_text import PLAIN, Line, Style, TerminalReader, plain_text, rgb_of


def _read(text: str) -> list[Line]:
    reader = TerminalReader()
    return [*reader.feed(text), reader.open_line]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("one\r\ntwo", "one\ntwo"),
        ("10%\r 50%\r100%\ndone", "100%\ndone"),
        ("abc\rX", "Xbc"),
        ("abc\x08\x08X", "aXc"),
        ("working…\r\x1b[Kdone", "done"),
        ("abc\x1b[2K\rx", "x"),
        ("abcd\x08\x08\x1b[1Kz", "  zd"),
        ("\x1b[1mbold\x1b[0m", "bold"),
        ("\x1b]0;a title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "textlink"),
        ("\x1b[?25l\x1b[2J\x1b(Bx\x1b=", "x"),
        ("a\x00b\x07c\u2029d", "abcd"),
        ("tab\tstays", "tab\tstays"),
        ("", ""),
    ],
)
def test_text_is_what_a_terminal_leaves_on_screen(text: str, seen: str) -> None:
    assert plain_text(text) == seen


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("31", Style(fg=1)),
        ("1;92", Style(fg=10, bold=True)),
        ("38;5;208", Style(fg=208)),
        ("38;2;1;2;3", Style(fg=(1, 2, 3))),
        ("38:2:1:2:3", Style(fg=(1, 2, 3))),
        ("48;5;17;4", Style(bg=17, underline=True)),
        ("2;3;7", Style(dim=True, italic=True, inverse=True)),
        ("31;39;41;49", PLAIN),
        ("1;22;3;23", PLAIN),
        ("31;0", PLAIN),
        ("", PLAIN),
        ("38;5", Style(fg=0)),
        ("38;9;1", PLAIN),
        ("999", PLAIN),
        ("38;5;999", Style(fg=255)),
        (">4;2", PLAIN),
    ],
)
def test_colours_are_read_as_xterm_reads_them(codes: str, style: Style) -> None:
    (line,) = _read(f"\x1b[{codes}mx")
    assert line == (("x", style if codes != "38;9;1" else Style(bold=True)),)


def test_a_style_goes_on_over_lines_until_it_is_ended() -> None:
    first, second = _read("\x1b[31mred\nstill\x1b[m not")
    assert first == (("red", Style(fg=1)),)
    assert second == (("still", Style(fg=1)), (" not", PLAIN))


def test_the_256_colours_are_those_of_xterm() -> None:
    assert [rgb_of(index) for index in (16, 21, 196, 231, 232, 255)] == [
        (0, 0, 0),
        (0, 0, 255),
        (255, 0, 0),
        (255, 255, 255),
        (8, 8, 8),
        (238, 238, 238),
    ]


_BITS = st.sampled_from(
    [
        "a",
        "word ",
        "\n",
        "\r",
        "\r\n",
        "\b",
        "\x1b[31m",
        "\x1b[0m",
        "\x1b[38;5;9m",
        "\x1b[K",
        "\x1b]0;t\x07",
        "\x1b[1;",
        "\x1b",
        "é",
        "🚀",
        "\t",
    ]
)


@given(
    st.lists(st.one_of(_BITS, st.text(max_size=5)), max_size=30).map("".join), st.lists(st.integers(0, 80), max_size=6)
)
def test_in_whatever_pieces_it_comes_it_reads_the_same(text: str, cuts: list[int]) -> None:
    whole = TerminalReader()
    lines = [*whole.feed(text), whole.open_line]
    reader = TerminalReader()
    ended: list[Line] = []
    at = 0
    for cut in [*sorted(cuts), len(text)]:
        ended += reader.feed(text[at : max(at, cut)])
        at = max(at, cut)
    assert [*ended, reader.open_line] == lines


@given(st.text())
def test_nothing_that_moves_a_cursor_is_left(text: str) -> None:
    for line in _read(text):
        for words, _style in line:
            assert not set(words) & set("\n\r\b\x1b\x00\u2029")
