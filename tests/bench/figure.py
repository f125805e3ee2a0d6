"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value beside its reference; ``ratio`` is measured over reference.

    ``unit`` is the unit of both values (``ms``, ``MB/s``); without a reference the value stands against the goal.
    """

    what: str
    value: float
    unit: str
    goal: str
    reference: float | None = None
    reference_what: str = ""

    def line(self) -> str:
        """Return the row of the table."""
        measured = f"{self.value:,.1f} {self.unit}"
        if self.reference is None:
            return f"{self.what:<58} {measured:>14}   {'–':<34} {'–':>8}   {self.goal}"
        beside = f"{self.reference:,.1f} {self.unit} {self.reference_what}"
        return f"{self.what:<58} {measured:>14}   {beside:<34} {self.value / self.reference:>7.2f}x   {self.goal}"
