"""The engine: runs SSM Command documents as Amazon's agent does.

It knows documents, steps and processes; not commands, nodes or the network. Every run is synchronous and
keeps its state to itself, so that a worker may run several at a time, each in a thread of its own.
"""

from patchgui.agent.engine.cancel import CancelToken
from patchgui.agent.engine.errors import DocumentInvalid, EngineError
from patchgui.agent.engine.parameters import check_parameters
from patchgui.agent.engine.results import DocumentResult, Reply, StepResult
from patchgui.agent.engine.run import run_document
from patchgui.agent.engine.statuses import StepStatus
from patchgui.agent.engine.surroundings import Host, Observer, Stream
from patchgui.agent.engine.text import load_document
from patchgui.agent.engine.validation import validate_document

__all__ = [
    "CancelToken",
    "DocumentInvalid",
    "DocumentResult",
    "EngineError",
    "Host",
    "Observer",
    "Reply",
    "StepResult",
    "StepStatus",
    "Stream",
    "check_parameters",
    "load_document",
    "run_document",
    "validate_document",
]
