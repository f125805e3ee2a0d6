"""A document's run from its content to its result."""

from collections.abc import Mapping, Sequence
from typing import Any

from patchgui.agent.engine.cancel import CancelToken
from patchgui.agent.engine.results import DocumentResult, StepResult
from patchgui.agent.engine.surroundings import Host, Observer


def run_document(
    content: Mapping[str, Any],
    parameters: Mapping[str, Any],
    host: Host,
    observer: Observer,
    *,
    previous: Sequence[StepResult] = (),
    cancel: CancelToken | None = None,
) -> DocumentResult:
    """Run a document to its end, or to the reboot that a step asks for.

    Args:
        content: The document, as JSON values.
        parameters: The command's parameters, typed as JSON values.
        host: Where it runs.
        observer: Who follows it.
        previous: The results from before a reboot or a crash. A step with a final result is not run again.
        cancel: How to stop it.

    Returns:
        The result of every step that was reached, those of ``previous`` included. A document whose status is
        SuccessAndReboot is to be run again, with its results as ``previous``, when the node is back.
    """
    raise NotImplementedError
