"""From a document as written to steps that are ready to run: checks, parameters, store references (engine.md §1-2)."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from patchgui.agent.engine import parameter_store
from patchgui.agent.engine.document import SCHEMA_VERSIONS, Declaration, Document, WrittenStep
from patchgui.agent.engine.errors import DocumentInvalid
from patchgui.agent.engine.parameter_rules import other_violations, pattern_violation
from patchgui.agent.engine.preconditions import Operand, Preconditions
from patchgui.agent.engine.substitution import Substitution, is_plain_name
from patchgui.agent.engine.surroundings import Host
from patchgui.agent.engine.values import holds_yaml_map, plain, shown

# How a script of each kind names the variable that holds a parameter.
_VARIABLE_IN = {"aws:runShellScript": "$SSM_{}", "aws:runPowerShellScript": "$env:SSM_{}"}

# The first release of Amazon's agent that knows interpolationType (AWS Systems Manager User Guide, "Troubleshooting
# parameter handling issues"); an older one puts the value into the text (engine.md §2.11, §15.8).
_ENV_VAR_SINCE = (3, 3, 2746, 0)


class Step(NamedTuple):
    """A step with everything filled in.

    ``name`` identifies it; ``environment`` holds the parameters that reach a script as variables only.
    """

    name: str
    action: str
    inputs: Any
    settings: Any = None
    preconditions: Preconditions = MappingProxyType({})
    has_preconditions: bool = True
    environment: Mapping[str, str] = MappingProxyType({})


def prepare(document: Document, given: Mapping[str, Any], host: Host, *, nested: bool = False) -> tuple[Step, ...]:
    """Return the steps of a document with its parameters filled in.

    Args:
        document: What is to run.
        given: The parameters passed to it.
        host: Who knows the parameter store.
        nested: Whether a runDocument step calls it: then the agent makes the checks that the service makes otherwise.

    Raises:
        DocumentInvalid: when anything is wrong; no step may run then.
    """
    _check_structure(document, nested=nested)
    values = _parameter_values(document, given)
    resolved = _checked_values(document, values, host, nested=nested)
    substitution = Substitution(values)
    # With both kinds of content present, the agent fills in runtimeConfig only (engine.md §1.7).
    stays_raw = bool(document.runtime_config) and not document.is_first_generation
    variables = _variables(document, host)
    environment = {f"SSM_{name}": shown(resolved[name]) for name in variables}
    steps = []
    for written in document.steps:
        filled = written if stays_raw else _filled(written, substitution, variables, host)
        steps.append(
            Step(
                name=filled.name,
                action=filled.action,
                inputs=filled.inputs,
                settings=filled.settings,
                preconditions=_preconditions(written, substitution),
                has_preconditions=document.has_preconditions,
                environment=environment,
            )
        )
    return tuple(steps)


def _check_structure(document: Document, *, nested: bool) -> None:
    if document.schema_version not in SCHEMA_VERSIONS:
        raise DocumentInvalid(
            f"Document with schema version {document.schema_version} is not supported by this version of ssm agent, "
            "please update to latest version"
        )
    if not document.steps:
        raise DocumentInvalid("Unsupported schema format")
    names = [step.name for step in document.steps]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    # A nested document with such names runs as on the real agent; CreateDocument lets none in (engine.md §15.6).
    if twice is not None and not nested:
        raise DocumentInvalid(f"Two steps have the name {twice!r}; every step needs a name of its own.")


def _parameter_values(document: Document, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return passed values under plain names, and defaults for every other declared name (engine.md §2.1)."""
    raw = {name: value for name, value in given.items() if is_plain_name(name)}
    raw |= {name: declared.default for name, declared in document.parameters.items() if name not in raw}
    try:
        values = {name: plain(value) for name, value in raw.items()}
    except (TypeError, ValueError, RecursionError) as error:
        raise DocumentInvalid(f"The parameters can't be read: {error}.") from error
    if any(holds_yaml_map(value) for value in raw.values()):
        raise DocumentInvalid("Encountered error while parsing input - internal error")
    return values


def _variables(document: Document, host: Host) -> set[str]:
    """Return the names of the parameters that reach a script as environment variables and not as text."""
    if tuple(map(int, host.agent_version.split("."))) < _ENV_VAR_SINCE:
        return set()
    return {name for name, declared in document.parameters.items() if declared.interpolation == "ENV_VAR"}


def _checked_values(document: Document, values: Mapping[str, Any], host: Host, *, nested: bool) -> Mapping[str, Any]:
    """Return the values with their store references filled in, having checked them."""
    resolved: Mapping[str, Any] = parameter_store.resolve(dict(values), host)
    violations = []
    for name, declared in document.parameters.items():
        if text := pattern_violation(resolved[name], declared):
            violations.append(_violation("AllowedRegexParamValidator", name, text))
    if nested:
        for name, declared in document.parameters.items():
            violations += _other_violations(name, declared, values[name], resolved[name])
    if violations:
        raise DocumentInvalid("all errors during param validation errors: " + "\n".join(violations))
    return resolved


def _other_violations(name: str, declared: Declaration, value: Any, resolved: Any) -> list[str]:
    if parameter_store.holds_reference(value):
        return []
    return [_violation(rule, name, text) for rule, text in other_violations(resolved, declared)]


def _violation(rule: str, name: str, text: str) -> str:
    return f"error thrown in '{rule}' while validating parameter /{name}/: {text}"


def _filled(written: WrittenStep, substitution: Substitution, variables: Collection[str], host: Host) -> WrittenStep:
    return WrittenStep(
        name=written.name,
        action=written.action,
        inputs=parameter_store.resolve(_filled_inputs(written, substitution, variables), host),
        settings=parameter_store.resolve(substitution.apply(written.settings), host),
    )


def _filled_inputs(written: WrittenStep, substitution: Substitution, variables: Collection[str]) -> Any:
    """Fill in a step's inputs; a script gets the names of variables in place of their values (engine.md §15.8)."""
    inputs, variable = written.inputs, _VARIABLE_IN.get(written.action)
    if variables and variable is not None:
        inputs = Substitution({name: variable.format(name) for name in variables}).apply(inputs)
    return substitution.apply(inputs)


def _preconditions(written: WrittenStep, substitution: Substitution) -> dict[str, tuple[Operand, ...]]:
    return {
        operator: tuple(_operand(text, substitution, written.name) for text in operands)
        for operator, operands in written.precondition.items()
    }


def _operand(text: str, substitution: Substitution, step: str) -> Operand:
    filled = substitution.apply(text)
    if not isinstance(filled, str):
        # The real parser panics here and the message is lost (engine.md §3.7, §15.1).
        raise DocumentInvalid(f"The precondition of step {step!r} compares {text}, and that is no text.")
    return Operand(text, filled)
