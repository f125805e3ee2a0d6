"""How fast a command spreads over its nodes: SSM's rate control and Patch Now's own choice of it."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field


class RateControl(BaseModel):
    """How fast a command spreads over its targets, and when it stops spreading.

    ``delivery_timeout_s`` is in whole seconds: SSM takes 30 s to 30 days.
    The two limits are a count of nodes (``"5"``) or a share of them (``"10%"``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delivery_timeout_s: int = Field(default=600, ge=30, le=30 * 24 * 3600)
    max_concurrency: Annotated[str, Field(pattern=r"^([1-9]\d{0,6}|[1-9]\d?%|100%)$")] = "50"
    max_errors: Annotated[str, Field(pattern=r"^(\d{1,7}|\d{1,2}%|100%)$")] = "0"

    def lanes(self, targets: int) -> int:
        """Return how many of ``targets`` nodes may run at one time (at least 1)."""
        return max(1, min(targets, _of(self.max_concurrency, targets)))

    def errors(self, targets: int) -> int:
        """Return how many of ``targets`` nodes may fail before no further node is started; a count stays as it is."""
        return _of(self.max_errors, targets)

    def shared_out(self, parts: list[int]) -> list[Self]:
        """Split this control over commands of ``parts`` nodes each, so that together they keep to it.

        A command takes 50 instance ids at most (SendCommand), so a larger run is several commands, each with
        limits of its own. A share of lanes is at least one node per command.
        """
        if len(parts) <= 1:
            return [self for _ in parts]
        total = sum(parts)
        lanes = _shares(self.lanes(total), parts)
        errors = _shares(self.errors(total), parts)
        return [
            self.model_copy(update={"max_concurrency": str(max(1, lane)), "max_errors": str(error)})
            for lane, error in zip(lanes, errors, strict=True)
        ]


def automatic(nodes: int, operation: str = "Install") -> RateControl:
    """Return Patch Now's own rate for so many nodes (the table that the AWS console uses)."""
    if operation == "Scan":
        return RateControl(max_concurrency="1000", max_errors="1000")
    if nodes < 25:
        return RateControl(max_concurrency="1", max_errors="1")
    if nodes <= 100:
        return RateControl(max_concurrency="5%", max_errors="5")
    if nodes <= 1000:
        return RateControl(max_concurrency="8%", max_errors="10")
    return RateControl(max_concurrency="10%", max_errors="10")


def _of(limit: str, targets: int) -> int:
    number = int(limit.rstrip("%"))
    return targets * number // 100 if limit.endswith("%") else number


def _shares(whole: int, parts: list[int]) -> list[int]:
    """Split a whole by weight; what rounding leaves goes to the first parts."""
    total = sum(parts)
    shares = [whole * part // total for part in parts]
    for index in range(whole - sum(shares)):
        shares[index % len(shares)] += 1
    return shares
