"""What a command does on one node: its steps with their times and ends, told in one go from the node's chances.

All times are seconds of the fleet since the node has begun.
"""

from dataclasses import dataclass
from enum import Enum

from patchgui.agent.commands.outcome import EXECUTION_TIMED_OUT, FAILED, SUCCESS, Outcome
from patchgui.patching.step_report import SKIP_REST_SUCCESS
from patchgui.simulator.dice import Dice
from patchgui.simulator.script import Part, Script, ScriptStep

_INSTALL_S = (40.0, 200.0)
_PER_PATCH_S = 6.0
_DURATION_S = {
    Part.SCAN: (12.0, 60.0),
    Part.DECIDE_INSTALL: (0.4, 1.5),
    Part.DECIDE_REBOOT: (0.4, 1.5),
    Part.REBOOT: (60.0, 200.0),
    Part.HOOK: (4.0, 45.0),
    Part.NOTHING: (0.3, 0.8),
    Part.WORK: (0.5, 12.0),
}
_FAILS = {Part.SCAN: 0.004, Part.INSTALL: 0.01, Part.HOOK: 0.012, Part.WORK: 0.01, Part.REBOOT: 0.002}
"""The share of steps that fail where nothing is wrong with a fleet in particular."""
_HANGS = 0.0006
_HANG_S = 3600.0
"""How long a script may take unless it says otherwise: then it has timed out."""
_PATCH_LEFT_SHARE = 0.03
_NEEDS_REBOOT_SHARE = 0.55
_DOWN_AFTER_S = 4.0
_UNIX = ("aws:runShellScript",)


class Kind(Enum):
    """Why a step ended as it did, which decides what it wrote."""

    RAN = "ran"
    FAILED = "failed"
    HUNG = "hung"
    NOT_REACHED = "not reached"
    NOT_MET = "not met"
    NOT_SUPPORTED = "not supported"


@dataclass(frozen=True, slots=True)
class Patches:
    """What counts of a node's patches: not installed, waiting for a restart, failed to install."""

    missing: int
    pending: int
    failed: int


@dataclass(frozen=True, slots=True)
class StepStory:
    """One step: when it ran, how it ended, and the patches as it found and left them."""

    step: ScriptStep
    begins_s: float
    ends_s: float
    kind: Kind
    code: int
    before: Patches
    after: Patches

    @property
    def outcome(self) -> Outcome:
        """How the service shows the step once it has ended."""
        if self.kind is Kind.HUNG:
            return EXECUTION_TIMED_OUT
        return FAILED if self.kind is Kind.FAILED else SUCCESS


@dataclass(frozen=True, slots=True)
class Story:
    """All that happens on a node. ``away`` is when it restarts: from and to; both 0 where it does not."""

    steps: tuple[StepStory, ...]
    ends_s: float
    outcome: Outcome
    patches: Patches
    away: tuple[float, float]


def tell(script: Script, platform: str, patches: Patches, dice: Dice, trouble: float) -> Story:
    """Return what a command does on a node that begins with such patches; ``trouble`` scales how often steps fail."""
    teller = _Teller(script, platform, patches, dice, trouble)
    for step in script.steps:
        teller.next(step)
    return teller.story()


class _Teller:
    def __init__(self, script: Script, platform: str, patches: Patches, dice: Dice, trouble: float) -> None:
        self._script = script
        self._platform = platform
        self._patches = patches
        self._dice = dice
        self._trouble = trouble
        self._at_s = 0.0
        self._is_over = False
        self._away = (0.0, 0.0)
        self._told: list[StepStory] = []

    def next(self, step: ScriptStep) -> None:
        """Tell the next step."""
        if step.is_off or (step.platform is not None and step.platform != self._platform):
            self._tell(step, Kind.NOT_MET, 0.0)
        elif self._is_over and not step.is_finally:
            self._tell(step, Kind.NOT_REACHED, 0.0)
        elif step.action in _UNIX and self._platform == "Windows":
            self._tell(step, Kind.NOT_SUPPORTED, 0.0)
        else:
            self._run(step)

    def story(self) -> Story:
        """Return all that was told."""
        kinds = {each.kind for each in self._told}
        outcome = FAILED if Kind.FAILED in kinds else EXECUTION_TIMED_OUT if Kind.HUNG in kinds else SUCCESS
        return Story(tuple(self._told), self._at_s, outcome, self._patches, self._away)

    def _run(self, step: ScriptStep) -> None:
        least, most = _INSTALL_S if step.part is Part.INSTALL else _DURATION_S[step.part]
        lasts_s = self._dice.between(least, most)
        fate = self._dice.share()
        if fate < _FAILS.get(step.part, 0.0) * self._trouble:
            self._fail(step, lasts_s)
        elif fate > 1 - _HANGS * self._trouble and step.part in {Part.HOOK, Part.WORK}:
            # To the engine a time-out is no failure: the document goes on.
            self._tell(step, Kind.HUNG, _HANG_S)
        else:
            self._succeed(step, lasts_s)

    def _fail(self, step: ScriptStep, lasts_s: float) -> None:
        after = self._patches
        if step.part is Part.INSTALL and after.missing:
            failed = self._dice.count(1, max(1, after.missing // 4))
            after = Patches(failed, after.pending, failed)
        self._tell(step, Kind.FAILED, lasts_s, code=self._dice.pick(((0.7, 1), (0.2, 2), (0.1, 137))), after=after)
        self._is_over = self._is_over or step.exits_on_failure

    def _succeed(self, step: ScriptStep, lasts_s: float) -> None:
        found = self._patches
        match step.part:
            case Part.DECIDE_INSTALL if self._has_nothing_to_do:
                self._tell(step, Kind.RAN, lasts_s, code=SKIP_REST_SUCCESS)
                self._is_over = True
            case Part.DECIDE_REBOOT if not self._script.may_reboot or not found.pending:
                self._tell(step, Kind.RAN, lasts_s, code=SKIP_REST_SUCCESS)
                self._is_over = True
            case Part.INSTALL:
                self._install(step, lasts_s + found.missing * _PER_PATCH_S)
            case Part.REBOOT:
                self._away = (self._at_s + _DOWN_AFTER_S, self._at_s + lasts_s * 0.8)
                self._tell(step, Kind.RAN, lasts_s, after=Patches(found.missing, 0, found.failed))
            case _:
                self._tell(step, Kind.RAN, lasts_s)

    @property
    def _has_nothing_to_do(self) -> bool:
        if self._script.operation == "Scan":
            return True
        return not self._patches.missing and not (self._patches.pending and self._script.may_reboot)

    def _install(self, step: ScriptStep, lasts_s: float) -> None:
        found = self._patches
        left = 1 if found.missing > 1 and self._dice.share() < _PATCH_LEFT_SHARE * self._trouble else 0
        waits = found.missing if self._dice.share() < _NEEDS_REBOOT_SHARE else 0
        after = Patches(left, found.pending + waits, left)
        has_own_reboot = self._script.may_reboot and not any(each.part is Part.REBOOT for each in self._script.steps)
        if has_own_reboot and after.pending:
            # The patch document alone restarts the node itself.
            reboot_s = self._dice.between(*_DURATION_S[Part.REBOOT])
            self._away = (self._at_s + lasts_s, self._at_s + lasts_s + reboot_s * 0.8)
            lasts_s, after = lasts_s + reboot_s, Patches(left, 0, left)
        self._tell(step, Kind.RAN, lasts_s, after=after)

    def _tell(
        self, step: ScriptStep, kind: Kind, lasts_s: float, *, code: int = 0, after: Patches | None = None
    ) -> None:
        before, self._patches = self._patches, after or self._patches
        begins_s, self._at_s = self._at_s, self._at_s + lasts_s
        self._told.append(StepStory(step, begins_s, self._at_s, kind, code, before, self._patches))
