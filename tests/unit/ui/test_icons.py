"""Icons: every drawing takes the colour of the moment, and every state has one."""

import pytest

from patchgui import resource
from patchgui.ui.state_look import STATE_LOOKS

DRAWINGS = sorted((resource.folder() / "icons").glob("*.svg"))


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_names_no_colour_but_the_current_one(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert "currentColor" in text
    assert "#" not in text
    assert 'viewBox="0 0 16 16"' in text


def test_every_state_has_a_drawing() -> None:
    drawn = {path.stem for path in DRAWINGS}
    assert {state.icon for state in STATE_LOOKS.values()} <= drawn
