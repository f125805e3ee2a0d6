"""What a cancel does, said in numbers and words before it is done.

The facts are engine.md's (§6, §7, §10): a script of the command's own document is killed; what a step nests – hooks,
scans within an install, installations – is not told of the cancel and runs to its end; no later step runs, on exit
neither. A node that is away learns of it when it is back.
"""

from collections.abc import Iterator
from datetime import datetime

from patchgui.patching.moment import moment_words
from patchgui.patching.phases import HOOK_PHASES, Phase, PhaseSpec, Pipeline
from patchgui.patching.progress import PhaseState
from patchgui.patching.wording import counted
from patchgui.ui.run.tally import Tally

_IS = ("is", "are")
_HAS = ("has", "have")


def consequence(tally: Tally, pipeline: Pipeline, reboot_at: datetime | None = None) -> str:
    """Return what cancelling a run means for its nodes now; ``reboot_at`` is when a reboot that was put off comes."""
    work = "scanned" if pipeline.operation == "Scan" else "patched"
    parts: list[str] = []
    if tally.in_work:
        told = "\n".join(f"• {sentence}" for sentence in _meanwhile(tally, pipeline))
        parts.append(f"{_nodes(tally.in_work, _IS)} still being {work}:\n{told}")
        parts.append(f"No later step runs there. {' '.join(_left_behind(pipeline))}".strip())
    if tally.waiting:
        parts.append(f"{_nodes(tally.waiting, _HAS)} not begun and will not be {work}.")
    if tally.ended:
        stay = "stays as it is" if tally.ended == 1 else "stay as they are"
        parts.append(f"{_nodes(tally.ended, _HAS)} ended and {stay}.")
    if reboot_at is not None:
        when = moment_words(reboot_at.astimezone(), datetime.now().astimezone())
        parts.append(f"The reboot that was put off ({when}) is not cancelled: take it back on the Patch now page.")
    return "\n\n".join(parts)


def _nodes(count: int, verbs: tuple[str, str]) -> str:
    return f"{counted(count, 'node')} {verbs[0 if count == 1 else 1]}"


def _meanwhile(tally: Tally, pipeline: Pipeline) -> Iterator[str]:
    """Tell phase by phase what becomes of the nodes that are in it."""
    told = 0
    for number, spec in enumerate(pipeline.phases):
        states = dict(tally.of_phase(number))
        running, away = states.get(PhaseState.RUNNING, 0), states.get(PhaseState.REBOOTING, 0)
        told += running + away
        if away:
            back = "it comes back by itself" if away == 1 else "they come back by themselves"
            yield f"{counted(away, 'node')} restarting: {back}, and what was to come then does not run."
        if running:
            yield f"{counted(running, 'node')} {_work_in(spec, pipeline)}"
    if (between := tally.in_work - told) > 0:
        yield f"{counted(between, 'node')} between two steps: the next one does not run."


def _work_in(spec: PhaseSpec, pipeline: Pipeline) -> str:
    """Return what becomes of the work of a phase that runs now."""
    if spec.phase in HOOK_PHASES:
        return f"in {spec.phase.label} ({spec.document}): it goes on to its own end."
    match spec.phase:
        case Phase.INSTALL:
            return "installing: it is not interrupted, what has begun goes in."
        case Phase.REBOOT:
            return "about to restart: a restart that was asked for still comes."
        case Phase.SCAN if pipeline.operation == "Scan":
            return "scanning: the scan is stopped; it changes nothing."
        case Phase.SCAN:
            return "scanning: it goes on to its end and changes nothing."
    return "at work: a script of the document itself is killed, what it nests goes on to its end."


def _left_behind(pipeline: Pipeline) -> Iterator[str]:
    if pipeline.operation == "Scan":
        return
    hooks = {spec.phase: spec.document for spec in pipeline.phases if spec.document}
    yield "What is installed already stays installed."
    if Phase.ON_EXIT in hooks:
        yield f"On exit ({hooks[Phase.ON_EXIT]}) does not run where it has not begun."
    if Phase.BEFORE_INSTALL in hooks:
        yield f"What Before install ({hooks[Phase.BEFORE_INSTALL]}) stopped stays stopped."
