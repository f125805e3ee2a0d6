"""Actions that the real agent runs on Linux and this one does not."""

from patchgui.agent.engine.step_run import StepRun, StepState


def unavailable(run: StepRun, state: StepState) -> None:
    """Fail the step, saying that this agent has no such plugin."""
    state.fail(
        f"The local agent does not run {run.step.action}. Remove step {run.step.name}, "
        "give it a precondition that does not hold here, or run the document on AWS."
    )
