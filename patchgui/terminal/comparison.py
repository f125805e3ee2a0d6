"""Two runs of the archive side by side, in the terminal."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from patchgui.console.archive.archive import Archive
from patchgui.console.comparing import compared_run
from patchgui.console.report.members import iso
from patchgui.patching.comparison import Change, Comparison, NodePair, PhaseFigures, compare
from patchgui.patching.wording import short_duration
from patchgui.terminal.paint import Paint, paint_for

_ROLES = {Change.WORSE: "failed", Change.BETTER: "success"}
_WORST_NODES = 20


async def show_comparison(options: Namespace, archive: Archive) -> None:
    """Do ``patchgui history compare``."""
    first, second = [
        compared_run(await archive.run(each), await archive.open(each), await archive.commands(each))
        for each in (options.first, options.second)
    ]
    found = compare(first, second)
    if options.json:
        told = json.dumps(_members(options.first, options.second, found), indent=2, ensure_ascii=False)
        sys.stdout.write(f"{told}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found, paint_for(sys.stdout)))


def _lines(found: Comparison, paint: Paint) -> Iterable[str]:
    yield paint.text(f"{'':16}{'first':32}second", "dim")
    for fact in found.facts:
        line = f"{fact.name:16}{fact.first:32}{fact.second}"
        yield line if fact.differs else paint.text(line, "dim")
    yield ""
    for phase in found.phases:
        yield f"{phase.phase.label:16}{_figures(phase.first):32}{_figures(phase.second)}".rstrip()
    yield ""
    yield ", ".join(f"{found.count(change):,} {change.label}" for change in Change if found.count(change)) or "No node."
    changed = [pair for pair in found.nodes if pair.change is not Change.SAME]
    for pair in changed[:_WORST_NODES]:
        yield f"  {paint.text(pair.change.label, _ROLES.get(pair.change, 'plain'))}  {pair.name}  {pair.reason}"
    if len(changed) > _WORST_NODES:
        yield f"  and {len(changed) - _WORST_NODES:,} more: --json tells of all."


def _figures(figures: PhaseFigures | None) -> str:
    if figures is None:
        return "–"
    counts = ", ".join(f"{count:,} {state.label}" for state, count in figures.counts)
    return f"{counts} · {short_duration(figures.median_s)}" if figures.median_s is not None else counts


def _members(first: str, second: str, found: Comparison) -> dict[str, Any]:
    return {
        "schema": "patchgui.comparison/1",
        "first": first,
        "second": second,
        "facts": [{"name": each.name, "first": each.first, "second": each.second} for each in found.facts],
        "phases": [
            {"phase": pair.phase.value, "first": _figure_members(pair.first), "second": _figure_members(pair.second)}
            for pair in found.phases
        ],
        "nodes": [_pair_members(pair) for pair in found.nodes],
    }


def _figure_members(figures: PhaseFigures | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    counts = {state.value: count for state, count in figures.counts}
    return {"counts": counts, "ran": figures.ran, "median_s": figures.median_s, "longest_s": figures.longest_s}


def _pair_members(pair: NodePair) -> dict[str, Any]:
    return {
        "instance_id": pair.instance_id,
        "name": pair.name,
        "change": pair.change.value,
        "reason": pair.reason,
        "first_s": pair.first_s,
        "second_s": pair.second_s,
        "first_ended_at": iso(pair.first.ended_at) if pair.first else None,
        "second_ended_at": iso(pair.second.ended_at) if pair.second else None,
    }
