"""A document as it is written: its parameters and its steps, before anything is substituted.

Named tuples, here and in the modules around: a worker starts with every boot of its node, and a data class costs ten
times as long to make.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

SCHEMA_VERSIONS = frozenset({"1.0", "1.2", "2.0", "2.0.1", "2.0.2", "2.0.3", "2.2"})


class Declaration(NamedTuple):
    """A parameter that a document declares. Limits are as written; ``default`` is None when there is none."""

    type: str = ""
    default: Any = None
    allowed_values: tuple[str, ...] = ()
    allowed_pattern: str = ""
    min_items: str = ""
    max_items: str = ""
    min_chars: str = ""
    max_chars: str = ""
    interpolation: str = ""


class WrittenStep(NamedTuple):
    """A step of ``mainSteps``, or a plugin of ``runtimeConfig`` under its own name."""

    name: str
    action: str
    inputs: Any = None
    settings: Any = None
    precondition: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Document(NamedTuple):
    """A document that has been read, but not yet checked."""

    schema_version: str
    parameters: dict[str, Declaration]
    main_steps: tuple[WrittenStep, ...]
    runtime_config: tuple[WrittenStep, ...]

    @property
    def is_first_generation(self) -> bool:
        """Whether it is of schema 1.x, whose steps are the plugins of ``runtimeConfig``."""
        return self.schema_version.startswith("1.")

    @property
    def steps(self) -> tuple[WrittenStep, ...]:
        """The steps that this schema version runs (engine.md §1.3)."""
        return self.runtime_config if self.is_first_generation else self.main_steps

    @property
    def has_preconditions(self) -> bool:
        """Whether the schema version knows preconditions and platforms (engine.md §3.2)."""
        return self.schema_version == "2.2"
