"""Streams: what is kept, what is shown, where it is cut."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchgui.agent.engine.output import DiskShare, StepOutput, Text, both
from patchgui.agent.engine.surroundings import Stream

PIECES = st.lists(st.integers(0, 14_000).map(lambda size: bytes([65 + size % 26]) * size), max_size=6)
SIZES = st.integers(0, 4000)


@given(PIECES)
def test_bounded_text_shows_what_the_whole_text_would(pieces: list[bytes]) -> None:
    text, whole = Text(), b""
    for piece in pieces:
        text, whole = text + piece, whole + piece
    assert text.length == len(whole)
    assert len(text.head) <= 24_000
    assert text.shown() == (whole if len(whole) < 24_000 else whole[:23_980] + b"--output truncated--")


@given(PIECES, PIECES)
def test_adding_two_bounded_texts_is_adding_the_wholes(left: list[bytes], right: list[bytes]) -> None:
    assert sum(map(Text.of, left), Text()) + sum(map(Text.of, right), Text()) == Text.of(b"".join(left + right))


@given(SIZES, SIZES)
def test_both_streams_fit_in_2500_bytes_and_name_what_was_cut(out_size: int, err_size: int) -> None:
    whole = both(Text.of(b"\x01" * out_size), Text.of(b"\x02" * err_size))
    assert len(whole) <= 2500
    assert (whole.count(b"\x01") < out_size) == (b"Output truncated" in whole)
    assert (whole.count(b"\x02") < err_size) == (b"Error truncated" in whole)


@pytest.mark.parametrize(
    ("out_size", "err_size", "out_left", "err_left"),
    [
        (2499, 0, 2499, 0),
        (2500, 0, 2477, 0),
        (1300, 1175, 1300, 1175),
        (1300, 1176, 1277, 1176),
        (2000, 2000, 1215, 1215),
        (1238, 3000, 1238, 1215),
        (1239, 3000, 1215, 1215),
        (500, 3000, 500, 1953),
        (3000, 500, 1953, 500),
    ],
)
def test_cut_is_made_where_the_real_engine_makes_it(out_size: int, err_size: int, out_left: int, err_left: int) -> None:
    whole = both(Text.of(b"\x01" * out_size), Text.of(b"\x02" * err_size))
    assert (whole.count(b"\x01"), whole.count(b"\x02")) == (out_left, err_left)


def test_files_are_private_have_a_console_twin_and_are_appended_to(tmp_path: Path) -> None:
    heard: list[tuple[Stream, bytes]] = []
    text = Text()
    for word in (b"first\n", b"second\n"):
        output = StepOutput(tmp_path / "a" / "b", lambda stream, data: heard.append((stream, data)))
        with output:
            output.stdout.write(word)
            text = output.stdout.text
    assert text == Text.of(b"first\nsecond\n")
    assert heard == [("stdout", b"first\n"), ("stdout", b"second\n")]
    for name, content in (("stdout", b"first\nsecond\n"), ("stdoutConsole", b"first\nsecond\n"), ("stderr", b"")):
        path = tmp_path / "a" / "b" / name
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_observer_gets_at_most_64_kib_at_a_time(tmp_path: Path) -> None:
    sizes: list[int] = []
    with StepOutput(tmp_path, lambda _, data: sizes.append(len(data))) as output:
        output.stderr.write(b"x" * 200_000)
    assert max(sizes) <= 64 * 1024
    assert sum(sizes) == 200_000


def test_stream_without_a_place_loses_its_text(tmp_path: Path) -> None:
    with StepOutput(tmp_path / ("n" * 300), lambda *_: pytest.fail("nothing should be told")) as output:
        output.stdout.write(b"lost")
    assert not output.stdout.text


def test_files_of_a_command_stop_growing_at_its_share_and_the_texts_go_on(tmp_path: Path) -> None:
    share = DiskShare(limit=100_000, reserve=0)
    for step in ("first", "second"):
        with StepOutput(tmp_path / step, lambda *_: None, share) as output:
            for _ in range(10):
                output.stdout.write(b"x" * 15_000)
                output.stderr.write(b"x" * 15_000)
        assert output.stdout.text.length == 150_000
    sizes = [path.stat().st_size for path in tmp_path.glob("*/std???")]
    # What is shown is on the disk in any case, or a step that starts over after a reboot would not find it.
    assert len(sizes) == 4
    assert min(sizes) == 24_000
    assert sum(sizes) <= 100_000 + 3 * 24_000 + 15_000


def test_output_leaves_room_on_the_disk_for_others(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    share = DiskShare(reserve=disk.f_bavail * disk.f_frsize + 1024**3)
    with StepOutput(tmp_path, lambda *_: None, share) as output:
        output.stdout.write(b"x" * 60_000)
    assert (tmp_path / "stdout").stat().st_size == 24_000
    assert output.stdout.text.length == 60_000


def test_full_disk_costs_the_file_its_end_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, os.strerror(28))

    with StepOutput(tmp_path, lambda *_: None) as output:
        output.stdout.write(b"kept")
        monkeypatch.setattr(os, "write", full)
        output.stdout.write(b" shown")
    assert (tmp_path / "stdout").read_bytes() == b"kept"
    assert output.stdout.text == Text.of(b"kept shown")
