"""aws:downloadContent (engine.md §7, end)."""

from patchgui.agent.engine.step_run import StepRun, StepState


def download_content(run: StepRun, state: StepState) -> None:
    """Download content."""
    state.fail("not yet")
