"""Documents whose steps leave lines in a log outside of the node's disk: the witness of what ran."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """A document to be run, with those that it runs, and the lines that each of its steps leaves in the log.

    A line is left once, or as often as ``times`` says; the last step is the exit hook.
    """

    name: str
    content: Document
    lines: Mapping[str, tuple[str, ...]]
    times: Mapping[str, int] = field(default_factory=dict)
    nested: Mapping[str, Document] = field(default_factory=dict)
    is_cancelled: bool = False


def shell(name: str, *lines: str, **more: Any) -> Document:
    """Return a shell step."""
    return {"name": name, "action": "aws:runShellScript", "inputs": {"runCommand": list(lines), **more}}


def run(name: str, document: str, **more: Any) -> Document:
    """Return a step that runs a document."""
    inputs = {"documentType": "SSMDocument", "documentPath": document, **more}
    return {"name": name, "action": "aws:runDocument", "inputs": inputs}


def of(*steps: Document) -> Document:
    """Return a document of the steps; the last one runs whatever failed before."""
    steps[-1]["inputs"]["finallyStep"] = True
    return {"schemaVersion": "2.2", "mainSteps": list(steps)}


def plain(log: Path, *names: str) -> Document:
    """Return a document of steps that say that they ran."""
    return of(*(shell(name, f"echo {name} >> {log}; echo {name} speaks") for name in names))


def four_steps(folder: Path) -> Scene:
    """Return three steps and an exit hook."""
    names = ("one", "two", "three", "fin")
    return Scene("plain", plain(folder / "log", *names), {name: (name,) for name in names})


def reboots(folder: Path, *, times: int) -> Scene:
    """Return a document whose second step asks for so many reboots."""
    log, count = folder / "log", folder / "count"
    again = f'n=$(cat {count} 2>/dev/null || echo 0); [ "$n" -ge {times} ] || {{ echo $((n+1)) > {count}; exit 194; }}'
    steps = (
        shell("one", f"echo one >> {log}"),
        shell("boot", f"echo boot >> {log}", again),
        shell("fin", f"echo fin >> {log}"),
    )
    lines = {name: (name,) for name in ("one", "boot", "fin")}
    return Scene(f"{times} reboots", of(*steps), lines, {"boot": times + 1})


def exit_hook_reboots(folder: Path) -> Scene:
    """Return a document whose exit hook asks for a reboot itself."""
    log, mark = folder / "log", folder / "up"
    last = shell("fin", f"echo fin >> {log}", f"[ -e {mark} ] || {{ touch {mark}; exit 194; }}")
    return Scene(
        "exit hook reboots",
        of(shell("one", f"echo one >> {log}"), last),
        {"one": ("one",), "fin": ("fin",)},
        {"fin": 2},
    )


def hooks(folder: Path) -> Scene:
    """Return a document built like AWS-RunPatchBaselineWithHooks: hooks that are documents of their own."""
    log = folder / "log"

    def inner(*names: str) -> Document:
        return {"schemaVersion": "2.2", "mainSteps": [shell(name, f"echo {name} >> {log}") for name in names]}

    content = of(
        run("pre", "Pre", onFailure="exit"),
        shell("install", f"echo install >> {log}", onFailure="exit"),
        run("post", "Post", onFailure="exit"),
        run("fin", "Exit"),
    )
    lines = {"pre": ("a", "b"), "install": ("install",), "post": ("c",), "fin": ("d", "e")}
    return Scene("hooks", content, lines, nested={"Pre": inner("a", "b"), "Post": inner("c"), "Exit": inner("d", "e")})


def cancelled(folder: Path) -> Scene:
    """Return a document that is cancelled in its second step."""
    log = folder / "log"
    steps = (
        shell("one", f"echo one >> {log}"),
        shell("two", f"echo two >> {log}; echo begun; exec sleep 600"),
        shell("three", f"echo three >> {log}"),
        shell("fin", f"echo fin >> {log}"),
    )
    lines = {name: (name,) for name in ("one", "two", "three", "fin")}
    return Scene("cancelled", of(*steps), lines, is_cancelled=True)


SCENES: dict[str, Callable[[Path], Scene]] = {
    "plain": four_steps,
    "one reboot": lambda folder: reboots(folder, times=1),
    "two reboots": lambda folder: reboots(folder, times=2),
    "exit hook reboots": exit_hook_reboots,
    "hooks": hooks,
    "cancelled": cancelled,
}
