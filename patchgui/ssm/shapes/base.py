"""What every shape shares: names on the wire, moments, and enumerations that survive a newer service."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, PlainSerializer
from pydantic_core import PydanticCustomError


def _wire_name(attribute: str) -> str:
    """Return SSM's spelling of an attribute: ``output_s3_region`` becomes ``OutputS3Region``."""
    return "".join(word.capitalize() for word in attribute.split("_"))


Moment = Annotated[AwareDatetime, PlainSerializer(datetime.timestamp, return_type=float)]
"""An aware moment, from the wire always in UTC; there it is seconds since 1970, with a fraction."""


class Shape(BaseModel):
    """A structure of the SSM service model: frozen, named in Python, spelled as SSM spells it on the wire.

    Members that this release does not know are dropped, so that a newer service never breaks an older console.
    Members of requests carry SSM's own limits. Members that only the service fills carry none: what it says is shown.
    """

    model_config = ConfigDict(
        frozen=True,
        # A shape is compiled when it is first used: it halves the time that importing all of them takes.
        defer_build=True,
        extra="ignore",
        alias_generator=_wire_name,
        validate_by_name=True,
        validate_by_alias=True,
    )

    @classmethod
    def from_wire(cls, members: dict[str, Any]) -> Self:
        """Build the shape from decoded JSON, by SSM's spelling only.

        Raises:
            pydantic.ValidationError: a member is missing, of the wrong type, or outside SSM's limits.
        """
        return cls.model_validate(members, by_alias=True, by_name=False)

    @classmethod
    def from_wire_json(cls, body: bytes | str) -> Self:
        """Build the shape from JSON text; the same as :meth:`from_wire`, without a Python object in between.

        Raises:
            pydantic.ValidationError: the text is no JSON, or does not fit the shape.
        """
        return cls.model_validate_json(body, by_alias=True, by_name=False)

    def to_wire(self) -> dict[str, Any]:
        """Return the members in SSM's spelling, ready for JSON; absent members are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_wire_json(self) -> bytes:
        """Return the JSON text of :meth:`to_wire`."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True)


class OpenEnum(StrEnum):
    """Strings that SSM defines, and may define more of tomorrow.

    A string of a newer service loads as a member of its own, keeps its text and answers ``is_known`` with ``False``.
    Compare with ``==``: two loads of one unknown string are equal but not the same object.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether this release knows the string."""
        return self._value_ in type(self)._value2member_map_


def _refuse_unknown(member: OpenEnum) -> OpenEnum:
    if member.is_known:
        return member
    known = [str(each) for each in type(member)]
    raise PydanticCustomError("enum", "Input should be one of {expected}", {"expected": ", ".join(known)})


KNOWN = AfterValidator(_refuse_unknown)
"""Marks an enumeration in a request: there, a string that SSM does not define is the caller's mistake."""


def _refuse_unknown_inside(shape: Shape) -> Shape:
    for _, value in shape:
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, OpenEnum):
                _refuse_unknown(each)
    return shape


KNOWN_INSIDE = AfterValidator(_refuse_unknown_inside)
"""As :data:`KNOWN`, for the members of a structure that the service sends back as well."""


def _absent_if_empty(value: object) -> object:
    return None if value == "" else value


ABSENT_IF_EMPTY = BeforeValidator(_absent_if_empty)
"""Marks a member that the service fills with an empty string when nobody set it."""
