"""Regular expressions as Amazon's agent takes them: Go's, which are RE2's and can't hang whoever searches with them."""

from typing import Any


def go_regexp(expression: str) -> Any:
    """Return the compiled expression.

    Raises:
        ValueError: it is none; the text says why.
    """
    # Few documents need it, and it takes longer to load than to run them.
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error as error:
        reason = error.args[0]
        raise ValueError(reason.decode() if isinstance(reason, bytes) else str(reason)) from error
