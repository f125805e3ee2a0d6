"""What the service knows of each node's patches: as the seed has it, until a command has ended there."""

from array import array
from dataclasses import dataclass
from typing import Literal

from patchgui.simulator.dice import Dice
from patchgui.simulator.story import Patches

_PURPOSE = 3
_SCANNED = 1
_INSTALLED = 2
_HOUR_S = 3600.0
_NEVER_SCANNED_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class PatchStanding:
    """One node's patches, and the operation that counted them; ``installed`` is what it has in all."""

    patches: Patches
    installed: int
    security: int
    operation: Literal["Scan", "Install"]
    began_at: float
    ended_at: float
    snapshot_id: str


class PatchLedger:
    """Patches of all nodes by number: some bytes for each, whatever happens to it."""

    def __init__(self, nodes: int, seed: int, began_at: float) -> None:
        self._seed = seed
        self._began_at = began_at
        self._touched = bytearray(nodes)
        self._missing = array("H", bytes(2 * nodes))
        self._pending = array("H", bytes(2 * nodes))
        self._failed = array("H", bytes(2 * nodes))
        self._began = array("d", bytes(8 * nodes))
        self._ended = array("d", bytes(8 * nodes))
        self._snapshot = array("L", bytes(array("L").itemsize * nodes))
        self._snapshots = [""]

    def patches(self, index: int) -> Patches:
        """Return what counts of a node's patches now."""
        if self._touched[index]:
            return Patches(self._missing[index], self._pending[index], self._failed[index])
        return self._seeded(index)[0]

    def standing(self, index: int) -> PatchStanding | None:
        """Return what the last scan or install on a node reported, None where there was none yet."""
        seeded, dice = self._seeded(index)
        installed = dice.count(140, 420)
        security = seeded.missing and dice.count(0, seeded.missing)
        never = dice.share() < _NEVER_SCANNED_SHARE
        if not self._touched[index]:
            if never:
                return None
            ended_at = self._began_at - dice.between(0.3, 60.0) * _HOUR_S
            return PatchStanding(seeded, installed, security, "Scan", ended_at - dice.between(15, 60), ended_at, "")
        now = self.patches(index)
        return PatchStanding(
            now,
            installed + max(0, seeded.missing - now.missing),
            min(security, now.missing),
            "Install" if self._touched[index] == _INSTALLED else "Scan",
            self._began[index],
            self._ended[index],
            self._snapshots[self._snapshot[index]],
        )

    def record(
        self, index: int, patches: Patches, *, has_installed: bool, began_at: float, ended_at: float, snapshot_id: str
    ) -> None:
        """Take in what a command reported when it ended on a node."""
        self._touched[index] = _INSTALLED if has_installed else _SCANNED
        self._missing[index], self._pending[index] = patches.missing, min(patches.pending, 65535)
        self._failed[index] = patches.failed
        self._began[index], self._ended[index] = began_at, ended_at
        if self._snapshots[-1] != snapshot_id:
            self._snapshots.append(snapshot_id)
        self._snapshot[index] = len(self._snapshots) - 1

    def _seeded(self, index: int) -> tuple[Patches, Dice]:
        dice = Dice(self._seed, index, _PURPOSE)
        missing = 0 if dice.share() < 0.22 else 1 + int(dice.between(0, 24))
        pending = dice.count(1, 4) if dice.share() < 0.03 else 0
        return Patches(missing, pending, 1 if missing and dice.share() < 0.01 else 0), dice
