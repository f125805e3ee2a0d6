"""What must be true of a run that has ended, whatever was killed meanwhile."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.soak.part import Lost


def check(invocation: Mapping[str, Any], steps: Mapping[str, Mapping[str, Any]], log: Path, which: str) -> None:
    """Compare what a run says of itself with what its steps have left in the log.

    Raises:
        Lost: they differ, a step ran twice, or the exit hook (the last step) did not run.
    """
    ran = Counter(log.read_text().split()) if log.exists() else Counter()
    interrupted = {name for name, step in steps.items() if "was interrupted" in step["stderr"]}
    for name, step in steps.items():
        if ran[name] > 1:
            raise Lost(f"{which}: {name} ran {ran[name]} times")
        if step["status"] not in {"Success", "Failed"}:
            raise Lost(f"{which}: {name} is {step['status']}")
        is_skipped = "skipped due to" in step["output"]
        # A step that was cut short may have been so before its first line.
        if name not in interrupted and ran[name] != (0 if is_skipped else 1):
            raise Lost(f"{which}: {name} ran {ran[name]} times and is {dict(step)}")
    last = [*steps][-1]
    if ran[last] != 1 and last not in interrupted:
        raise Lost(f"{which}: the exit hook did not run")
    expected = "Failed" if interrupted else "Success"
    if invocation["status"] != expected:
        raise Lost(f"{which}: the run ended {invocation['status']}, not {expected}")
