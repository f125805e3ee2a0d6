"""What a cancel does, said in numbers and words before it is done."""

from patchgui.patching.phases import Phase, Pipeline
from patchgui.patching.wording import counted
from patchgui.ui.run.tally import Tally

_MEANWHILE = {
    "scanned": "The scan that runs now is stopped.",
    # SSM does not pass a cancel on to what a step nests, and hooks and installations are nested documents.
    "patched": "A hook or an installation that runs now goes on to its own end first.",
}


def consequence(tally: Tally, pipeline: Pipeline) -> str:
    """Return what cancelling a run means for its nodes now."""
    work = "scanned" if pipeline.operation == "Scan" else "patched"
    parts: list[str] = []
    if tally.in_work:
        verb = "is" if tally.in_work == 1 else "are"
        parts.append(
            f"{counted(tally.in_work, 'node')} {verb} still being {work}. {_MEANWHILE[work]} No later step runs."
        )
        parts.extend(_left_behind(pipeline))
    if tally.waiting:
        verb = "has" if tally.waiting == 1 else "have"
        parts.append(f"{counted(tally.waiting, 'node')} {verb} not begun and will not be {work}.")
    if tally.ended:
        has, stay = ("has", "stays as it is") if tally.ended == 1 else ("have", "stay as they are")
        parts.append(f"{counted(tally.ended, 'node')} {has} ended and {stay}.")
    return "\n\n".join(parts)


def _left_behind(pipeline: Pipeline) -> list[str]:
    if pipeline.operation == "Scan":
        return []
    hooks = {spec.phase: spec.document for spec in pipeline.phases if spec.document}
    said = ["What is installed already stays installed."]
    if Phase.ON_EXIT in hooks:
        said.append(f"On exit ({hooks[Phase.ON_EXIT]}) does not run on these nodes.")
    if Phase.BEFORE_INSTALL in hooks:
        said.append(f"What Before install ({hooks[Phase.BEFORE_INSTALL]}) stopped stays stopped.")
    return [" ".join(said)]
