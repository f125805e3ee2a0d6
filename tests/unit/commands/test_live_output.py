from patchgui.agent.commands.live_output import LiveOutput

KEY = ("c-1", "mi-1", "one")


def test_output_grows_as_it_comes() -> None:
    live = LiveOutput()
    live.take(KEY, "stdout", 0, b"abc")
    live.take(KEY, "stdout", 3, b"def")

    assert live.text(KEY, "stdout") == "abcdef"
    assert live.text(KEY, "stderr") == ""


def test_what_is_told_again_after_a_lost_connection_is_there_once() -> None:
    live = LiveOutput()
    live.take(KEY, "stdout", 0, b"abcdef")
    live.take(KEY, "stdout", 0, b"abc")
    live.take(KEY, "stdout", 3, b"defgh")

    assert live.text(KEY, "stdout") == "abcdefgh"


def test_nothing_is_shown_behind_a_gap() -> None:
    live = LiveOutput()
    live.take(KEY, "stdout", 5, b"xyz")

    assert live.text(KEY, "stdout") == ""


def test_half_a_character_waits_for_its_other_half() -> None:
    live = LiveOutput()
    live.take(KEY, "stdout", 0, "ü".encode()[:1])
    assert live.text(KEY, "stdout") == ""

    live.take(KEY, "stdout", 1, "ü".encode()[1:])
    assert live.text(KEY, "stdout") == "ü"


def test_an_ended_step_is_forgotten() -> None:
    live = LiveOutput()
    live.take(KEY, "stdout", 0, b"abc")
    live.drop(KEY)

    assert live.text(KEY, "stdout") == ""
