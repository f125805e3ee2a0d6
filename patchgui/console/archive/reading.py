"""Reads runs out of the archive's file, in the thread that reads."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from patchgui.console.archive import entry_code
from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, Hit, PatchStateChange
from patchgui.console.archive.node_shape import NodeShape
from patchgui.console.archive.nodes_read import ArchivedNodes, NodeLine, counted
from patchgui.console.archive.texts import Texts
from patchgui.console.rows import RunView, StepOutput
from patchgui.patching.phases import Pipeline
from patchgui.ssm.errors import NotFound

COMPLETE: Final = 1
CUT: Final = 2
MOVED: Final = 4
"""Flags of an output's row. Moved: a later row of the same step holds the output, this one only says whose it was."""
_OUTPUTS_AT_A_TIME: Final = 500
_ENTRY = (
    "SELECT run.no, entry, ended, connection.about, is_whole FROM run JOIN about ON about.run = run.no"
    " JOIN connection ON connection.id = run.connection_id"
)


class Place(NamedTuple):
    """Where the index points: a step on a node, and its texts, each read when it is asked for."""

    instance_id: str
    node: str
    step: str
    texts: Iterator[str]


class Reader:
    """One open file, read from."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._texts = Texts(db)

    def number(self, run_id: str) -> int:
        """Return the number of a run. Raises NotFound."""
        row = self._db.execute("SELECT no FROM run WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            raise NotFound(f"The archive has no run {run_id}.", hint="It may have been removed as too old.")
        return int(row[0])

    def retries(self, run_id: str) -> tuple[str, ...]:
        """Return the ids of the runs that are linked to ``run_id`` as its retries."""
        query = "SELECT run_id FROM run WHERE retry_of = ? AND retry_of <> '' ORDER BY started_ms"
        found = self._db.execute(query, (run_id,))
        return tuple([each for (each,) in found])

    def entry(self, number: int) -> ArchivedRun:
        """Return a run's entry by its number."""
        (found,) = self.entries({number: None})
        return found

    def entries(self, hits: Mapping[int, Hit | None]) -> tuple[ArchivedRun, ...]:
        """Return the entries of these runs, newest first, each with where it was found."""
        rows = self._db.execute(f"{_ENTRY} WHERE run.no IN ({', '.join('?' * len(hits))}) ORDER BY run.no", tuple(hits))
        return tuple(
            entry_code.entry_of(
                entry, ended, entry_code.connection_of(connection), is_whole=bool(is_whole), hit=hits[number]
            )
            for number, entry, ended, connection, is_whole in rows
        )

    def plan(self, number: int) -> str:
        """Return a run's plan as pydantic wrote it."""
        return str(self._db.execute("SELECT plan FROM about WHERE run = ?", (number,)).fetchone()[0])

    def commands(self, number: int) -> tuple[ArchivedCommand, ...]:
        """Return the commands of a run, in order."""
        query = "SELECT command_id, told FROM command WHERE run = ? ORDER BY number"
        return tuple(ArchivedCommand(*row) for row in self._db.execute(query, (number,)))

    def pipeline(self, number: int) -> Pipeline:
        """Return the phases of a run."""
        (text,) = self._db.execute("SELECT pipeline FROM about WHERE run = ?", (number,)).fetchone()
        return entry_code.pipeline_of(text)

    def view(self, number: int) -> RunView:
        """Return a run as the run view shows it; its nodes are made as they are looked at."""
        nodes, pipeline = self.nodes(number), self.pipeline(number)
        query = (
            "SELECT instance_id, text FROM invocation JOIN node ON node.id = invocation.node"
            " JOIN label ON label.id = platform WHERE run = ?"
        )
        platforms = dict(self._db.execute(query, (number,)).fetchall())
        return RunView(self.entry(number).summary, pipeline, nodes, counted(nodes, pipeline), platforms)

    def nodes(self, number: int) -> ArchivedNodes:
        """Return the nodes of a run, by name."""
        query = (
            "SELECT instance_id, name, shape, moments, words FROM invocation JOIN node ON node.id = invocation.node"
            " WHERE run = ?"
        )
        lines = [NodeLine(*row) for row in self._db.execute(query, (number,)).fetchall()]
        lines.sort(key=lambda line: (line.name, line.instance_id))
        return ArchivedNodes(lines, self._shapes_of({line.shape for line in lines if line.shape is not None}))

    def _shapes_of(self, numbers: set[int]) -> dict[int, NodeShape]:
        """Read shapes; none is remembered, as a restore may put another in its place."""
        query = "SELECT told FROM shape WHERE id = ?"
        return {number: NodeShape.read(self._db.execute(query, (number,)).fetchone()[0]) for number in numbers}

    def output(self, number: int, instance_id: str, step: str) -> StepOutput:
        """Return what a step wrote on a node. Raises NotFound."""
        query = (
            "SELECT stdout, stderr, flags, note FROM output INDEXED BY output_of_step WHERE run = ? AND flags < ?"
            " AND node IN (SELECT id FROM node WHERE instance_id = ?) AND step = (SELECT id FROM label WHERE text = ?)"
        )
        row = self._db.execute(query, (number, MOVED, instance_id, step)).fetchone()
        if row is None:
            raise NotFound(
                f"The archive has no output of step {step} on {instance_id}.",
                hint="Of runs on more than 50 nodes it keeps the outputs of steps that failed.",
            )
        return self._made(*row)

    def outputs(self, number: int) -> Iterator[list[tuple[str, str, StepOutput]]]:
        """Yield all outputs of a run, some at a time, by instance id and step."""
        query = (
            "SELECT node.instance_id, label.text, stdout, stderr, flags, note FROM output"
            " JOIN node ON node.id = output.node JOIN label ON label.id = output.step"
            " WHERE run = ? AND flags < ? ORDER BY node.instance_id, ordinal"
        )
        rows = self._db.execute(query, (number, MOVED)).fetchall()
        for first in range(0, len(rows), _OUTPUTS_AT_A_TIME):
            yield [(row[0], row[1], self._made(*row[2:])) for row in rows[first : first + _OUTPUTS_AT_A_TIME]]

    def _made(self, stdout: int | None, stderr: int | None, flags: int, note: int | None) -> StepOutput:
        words = ""
        if note is not None:
            (words,) = self._db.execute("SELECT text FROM label WHERE id = ?", (note,)).fetchone()
        return StepOutput(
            self._texts.text(stdout), self._texts.text(stderr), bool(flags & COMPLETE), bool(flags & CUT), words
        )

    def patch_states(self, number: int) -> tuple[PatchStateChange, ...]:
        """Return the patch states of a run's nodes before and after it, by instance id."""
        query = (
            "SELECT instance_id, before, after, baseline.text, snapshot.text FROM patch_state"
            " JOIN node ON node.id = patch_state.node JOIN label baseline ON baseline.id = patch_state.baseline"
            " JOIN label snapshot ON snapshot.id = patch_state.snapshot WHERE run = ? ORDER BY instance_id"
        )
        return tuple(
            PatchStateChange(
                instance_id, entry_code.counts_of(before), entry_code.counts_of(after), baseline_id, snapshot_id
            )
            for instance_id, before, after, baseline_id, snapshot_id in self._db.execute(query, (number,))
        )

    def place(self, number: int, ordinal: int) -> Place | None:
        """Return the step that a place in the index belongs to; None where it is no step's output."""
        query = (
            "SELECT instance_id, name, label.text, stdout, stderr, flags, output.node, step FROM output"
            " JOIN node ON node.id = output.node JOIN label ON label.id = step WHERE run = ? AND ordinal = ?"
        )
        row = self._db.execute(query, (number, ordinal)).fetchone()
        if row is None:
            return None
        instance_id, name, step, *texts, flags, node, label = row
        if flags & MOVED:
            current = (
                "SELECT stdout, stderr FROM output INDEXED BY output_of_step"
                " WHERE run = ? AND node = ? AND step = ? AND flags < ?"
            )
            texts = self._db.execute(current, (number, node, label, MOVED)).fetchone() or ()
        return Place(instance_id, name, step, map(self._texts.text, texts))
