"""The checks that the service makes on the parameters of a command."""

from collections.abc import Iterator, Mapping
from typing import Any

from patchgui.agent.engine.document import Declaration
from patchgui.agent.engine.parameter_rules import can_judge, other_violations, pattern_violation
from patchgui.agent.engine.parameter_store import holds_reference
from patchgui.agent.engine.reading import read_declarations
from patchgui.agent.engine.values import kind

TYPES = ("String", "StringList", "Integer", "Boolean", "MapList", "StringMap")


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with typed parameters of a command, in the order of the declarations.

    The agent itself checks patterns only at the top level; the service checks all of this before it sends a
    command (engine.md §2.9).

    Raises:
        DocumentInvalid: when the declarations can't be read.
    """
    declarations = read_declarations(declared)
    problems = [f"Parameter {name} is not declared by the document." for name in given if name not in declarations]
    for name, declaration in declarations.items():
        problems += _problems(name, declaration, given)
    return problems


def _problems(name: str, declaration: Declaration, given: Mapping[str, Any]) -> Iterator[str]:
    if name not in given:
        if declaration.default is None:
            yield f"Parameter {name} has no default and was not given."
        return
    value = given[name]
    if wrong := _wrong_type(value, declaration.type):
        yield f"Parameter {name} must be {wrong}, not {kind(value)}."
        return
    if holds_reference(value):
        return
    # An expression of Java that is none of Go is the service's to judge; the agent then fails the command (§2.8).
    has_pattern = declaration.type not in {"Integer", "Boolean"} and can_judge(declaration)
    if has_pattern and (text := pattern_violation(value, declaration)):
        yield f"Parameter {name}: {text}."
    # That an Integer must keep its default is a rule of the agent for nested documents, not one of the service.
    loose = declaration._replace(type="String") if declaration.type in {"Integer", "Boolean"} else declaration
    if declaration.type not in {"Integer", "Boolean"} or declaration.allowed_values:
        for _, text in other_violations(_as_text(value), loose):
            yield f"Parameter {name}: {text}."


def _as_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else value


def _wrong_type(value: Any, wanted: str) -> str:
    """Return what a value should be, if it is something else."""
    if wanted == "Boolean":
        return "" if isinstance(value, bool) else "true or false"
    if wanted == "Integer":
        return "" if isinstance(value, int) and not isinstance(value, bool) else "a whole number"
    if wanted == "String":
        return "" if isinstance(value, str) else "a string"
    if wanted == "StringList":
        is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if is_list or (isinstance(value, str) and holds_reference(value)) else "a list of strings"
    if wanted == "StringMap":
        return "" if isinstance(value, Mapping | str) else "an object"
    if wanted == "MapList":
        return "" if isinstance(value, list | str) else "a list of objects"
    return ""
