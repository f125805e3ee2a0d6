"""The checks that the service makes on the parameters of a command."""

from collections.abc import Mapping
from typing import Any


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the ``given`` parameters of a command, in the order of the declarations."""
    raise NotImplementedError
