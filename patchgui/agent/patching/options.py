"""How the patch program is called."""

from typing import NamedTuple

from patchgui.agent.patching.trouble import Trouble


class Options(NamedTuple):
    """What to do; lists and baselines are named by a path or an ``https`` address, and empty when there is none."""

    operation: str
    reboot_option: str = "RebootIfNeeded"
    snapshot_id: str = ""
    baseline: str = ""
    install_override_list: str = ""
    baseline_override: str = ""
    lock_timeout_s: str = "10"

    @property
    def is_install(self) -> bool:
        """Whether patches are to be installed."""
        return self.operation == "Install"

    @property
    def may_reboot(self) -> bool:
        """Whether a reboot may follow."""
        return self.is_install and self.reboot_option == "RebootIfNeeded"


_CHOICES = {"operation": ("Scan", "Install"), "reboot_option": ("RebootIfNeeded", "NoReboot")}


def parse(argv: list[str]) -> Options:
    """Read the command line. By hand: argparse alone would take as long as Python itself to start.

    Raises:
        Trouble: a word is not understood.
    """
    if len(argv) % 2 or not all(name.startswith("--") for name in argv[::2]):
        raise Trouble(f"The patch program takes pairs of --option and value, not: {' '.join(argv)}")
    given = {name[2:].replace("-", "_"): value for name, value in zip(argv[::2], argv[1::2], strict=True)}
    for name, value in given.items():
        if name not in Options._fields:
            raise Trouble(f"The patch program has no option --{name.replace('_', '-')}.")
        if value not in _CHOICES.get(name, (value,)):
            raise Trouble(f"--{name.replace('_', '-')} takes {' or '.join(_CHOICES[name])}, not {value!r}.")
    if "operation" not in given:
        raise Trouble("Say --operation Scan or --operation Install.")
    return Options(**given)
