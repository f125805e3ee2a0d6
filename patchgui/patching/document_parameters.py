"""The parameters that a Command document declares, and what is wrong with a value before anybody sends it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchgui.patching.document_steps import StepKind
from patchgui.patching.go_regexp import go_regexp
from patchgui.patching.phases import HOOK_PHASES, Phase, derive_pipeline
from patchgui.patching.wording import counted, listed

_JSON_TYPES = {"StringMap": dict, "MapList": dict}
_INT32 = 2**31


@dataclass(frozen=True, slots=True)
class DocumentParameter:
    """One declared parameter. Values travel as SSM's lists of texts; ``default`` is one too, None where there is none.

    ``picks_document`` says that a step runs the document that the value names; ``hook`` is the phase of that step.
    """

    name: str
    kind: str = "String"
    default: tuple[str, ...] | None = None
    allowed_values: tuple[str, ...] = ()
    allowed_pattern: str = ""
    min_chars: int | None = None
    max_chars: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    help: str = ""
    picks_document: bool = False
    hook: Phase | None = None

    @property
    def is_required(self) -> bool:
        """Whether it must be given: the document has no default for it."""
        return self.default is None

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.kind in {"StringList", "MapList"}

    def problem(self, values: Sequence[str] | None) -> str:
        """Return what is wrong with these values, a sentence; empty when they may be sent (None: not given).

        A value that refers to something that is known only when the task runs (``{{ … }}``) is left to the service.
        """
        if values is None:
            return "It must be given: the document has no default." if self.is_required else ""
        if any("{{" in value for value in values):
            return ""
        return next((said for rule in _RULES for said in rule(self, values)), "")


def parameters_of(content: Mapping[str, Any]) -> tuple[DocumentParameter, ...]:
    """Return the parameters that a document declares, in its own order; what cannot be read is left out."""
    declared = content.get("parameters")
    if not isinstance(declared, Mapping):
        return ()
    hooks = _documents_picked(content)
    return tuple(_read(str(name), spec, hooks) for name, spec in declared.items() if isinstance(spec, Mapping))


def _documents_picked(content: Mapping[str, Any]) -> dict[str, Phase | None]:
    pipeline = derive_pipeline(content)
    return {
        step.parameter: phase if phase in HOOK_PHASES else None
        for step in pipeline.steps
        if step.kind is StepKind.DOCUMENT and step.parameter
        for phase in (pipeline.phase_of(step.name),)
    }


def _read(name: str, spec: Mapping[str, Any], hooks: Mapping[str, Phase | None]) -> DocumentParameter:
    kind = str(spec.get("type", "String"))
    allowed = spec.get("allowedValues")
    return DocumentParameter(
        name,
        kind,
        _wire(spec["default"], kind) if "default" in spec else None,
        tuple(map(_text, allowed)) if isinstance(allowed, list) else (),
        str(spec.get("allowedPattern") or ""),
        min_chars=_whole(spec.get("minChars")),
        max_chars=_whole(spec.get("maxChars")),
        min_items=_whole(spec.get("minItems")),
        max_items=_whole(spec.get("maxItems")),
        help=" ".join(str(spec.get("description") or "").split()),
        picks_document=name in hooks,
        hook=hooks.get(name),
    )


def _wire(default: Any, kind: str) -> tuple[str, ...]:
    if kind in {"StringList", "MapList"} and isinstance(default, list):
        return tuple(map(_text, default))
    return (_text(default),)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


# -- the rules, in the order in which they are told --------------------------------------------------------------------


def _type_rule(declared: DocumentParameter, values: Sequence[str]) -> Iterator[str]:
    if not declared.is_list and len(values) != 1:
        yield "It takes one value."
    elif declared.kind == "Boolean" and values[0].lower() not in {"true", "false"}:
        yield "It must be true or false."
    elif declared.kind == "Integer" and not _is_integer(values[0]):
        yield "It must be a whole number."
    elif declared.kind in _JSON_TYPES and not all(_is_json(value, _JSON_TYPES[declared.kind]) for value in values):
        yield 'It must be JSON such as {"key": "value"}' + (", one object on each line." if declared.is_list else ".")


def _allowed_rule(declared: DocumentParameter, values: Sequence[str]) -> Iterator[str]:
    if declared.allowed_values and any(value not in declared.allowed_values for value in values):
        yield f"It must be {'one of ' if len(declared.allowed_values) > 1 else ''}{listed(declared.allowed_values)}."


def _characters_rule(declared: DocumentParameter, values: Sequence[str]) -> Iterator[str]:
    if declared.kind in {"Integer", "Boolean"}:
        return
    for value in values:
        # Amazon's agent counts bytes.
        length = len(value.encode())
        if declared.min_chars is not None and length < declared.min_chars:
            yield f"It must have at least {counted(declared.min_chars, 'character')}."
        if declared.max_chars is not None and length > declared.max_chars:
            yield f"It must have at most {counted(declared.max_chars, 'character')}."


def _items_rule(declared: DocumentParameter, values: Sequence[str]) -> Iterator[str]:
    if not declared.is_list:
        return
    if declared.min_items is not None and len(values) < declared.min_items:
        yield f"It takes at least {counted(declared.min_items, 'value')}."
    if declared.max_items is not None and len(values) > declared.max_items:
        yield f"It takes at most {counted(declared.max_items, 'value')}."


def _pattern_rule(declared: DocumentParameter, values: Sequence[str]) -> Iterator[str]:
    if not declared.allowed_pattern or declared.kind in {"Integer", "Boolean"}:
        return
    try:
        pattern = go_regexp(declared.allowed_pattern)
    except ValueError:
        # The service takes expressions of Java, which are more: it judges those itself.
        return
    if any(pattern.search(value) is None for value in values):
        yield f"It does not fit the document's pattern {declared.allowed_pattern}"


def _is_integer(text: str) -> bool:
    try:
        return -_INT32 <= int(text) < _INT32
    except ValueError:
        return False


def _is_json(text: str, wanted: type) -> bool:
    try:
        return isinstance(json.loads(text), wanted)
    except ValueError:
        return False


_RULES = (_type_rule, _allowed_rule, _characters_rule, _items_rule, _pattern_rule)
