"""What can be wrong with a document or its surroundings.

DocumentInvalid is an EngineError after which no step of the document runs.
"""


class EngineError(Exception):
    """A step or a document can't do what it should; ``str()`` is fit for an operator."""


class DocumentInvalid(EngineError):
    """The document or its parameters break a rule, so that no step runs."""
