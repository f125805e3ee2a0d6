"""Writes runs into the archive's file, in the thread that writes. What a method has returned from is on the disk."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from patchgui.console.archive import entry_code
from patchgui.console.archive.entries import ArchivedCommand, ArchivedRun, PatchStateChange
from patchgui.console.archive.members import packed, unpacked
from patchgui.console.archive.node_shape import Told, encode, written
from patchgui.console.archive.outcome import outcome_text
from patchgui.console.archive.reading import COMPLETE, CUT, MOVED, Reader
from patchgui.console.archive.schema import run_number
from patchgui.console.archive.texts import Texts
from patchgui.console.archive.word_index import WordIndex
from patchgui.console.events import RunEnded
from patchgui.console.rows import StepOutput
from patchgui.patching.phases import Pipeline
from patchgui.patching.progress import NodeProgress
from patchgui.ssm.errors import NotFound

_KEPT_SHAPES: Final = 20_000
_KEPT_NODES: Final = 50_000
_KEPT_RUNS: Final = 8
_SEARCHED: Final = 2 << 20


class Writer:
    """One open file, written to."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._texts = Texts(db)
        self._index = WordIndex(db)
        self._reader = Reader(db)
        self._labels: dict[str, int] = {}
        self._nodes: dict[tuple[str, str], int] = {}
        self._called: dict[str, set[int]] = {}
        self._node_in_run: dict[tuple[int, str], int] = {}
        self._shapes: dict[Told, int] = {}
        self._members: dict[int, set[int]] = {}
        self._data_version = 0

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Do what is inside whole or not at all, and have it on the disk in the end."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._look_round()
            yield
            self._index.flush()
            self._db.execute("COMMIT")
        except BaseException:
            self._forget()
            if self._db.in_transaction:  # a full disk has rolled back by itself
                self._db.execute("ROLLBACK")
            raise

    def _look_round(self) -> None:
        """Forget what is remembered when another process has written meanwhile: it may have removed rows."""
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        if version != self._data_version:
            self._forget()
            self._data_version = version

    def _forget(self) -> None:
        for each in (self._labels, self._nodes, self._called, self._node_in_run, self._shapes, self._members):
            each.clear()
        self._texts.forget()
        self._index.forget()

    # -- a run --------------------------------------------------------------------------------------------------------

    def begin(self, run: ArchivedRun, plan_json: str, commands: Sequence[ArchivedCommand], pipeline: Pipeline) -> None:
        """Add a run, or tell anew what is known of it; an end that is known stays."""
        with self.writing():
            number = self._number_of(run)
            self._tell(number, run)
            self._describe(number, run, plan_json, pipeline)
            self._db.executemany(
                "INSERT OR REPLACE INTO command VALUES (?, ?, ?, ?)",
                [(number, place, each.command_id, each.told_json) for place, each in enumerate(commands)],
            )
            summary = run.summary
            hooks = [document for _, document in summary.hooks]
            self._add_words(number, [summary.title, summary.document, *hooks, run.comment, run.headline])

    def _number_of(self, run: ArchivedRun) -> int:
        known = self._db.execute("SELECT no FROM run WHERE run_id = ?", (run.run_id,)).fetchone()
        if known is not None:
            return int(known[0])
        number = run_number(run.summary.started_at or datetime.now(UTC))
        while self._db.execute("SELECT 1 FROM run WHERE no = ?", (number,)).fetchone():
            number += 1
        self._db.execute(
            "INSERT INTO run (no, run_id, connection_id, status, documents, operation, operators)"
            " VALUES (?, ?, '', '', '', '', '')",
            (number, run.run_id),
        )
        return number

    def _tell(self, number: int, run: ArchivedRun) -> None:
        summary, connection = run.summary, run.origin.connection
        self._db.execute(
            "INSERT OR REPLACE INTO connection VALUES (?, ?, ?)",
            (connection.id, entry_code.connection_text(connection), connection.label.casefold()),
        )
        documents = "\n".join([summary.document, *(document for _, document in summary.hooks)]).casefold()
        self._db.execute(
            "UPDATE run SET connection_id = ?, started_ms = ?, documents = ?, operation = ?, operators = ?, status ="
            " CASE WHEN (SELECT ended FROM about WHERE run = no) <> '' THEN status ELSE ? END,"
            " is_whole = max(is_whole, ?), retry_of = ? WHERE no = ?",
            (
                connection.id,
                _ms(summary.started_at),
                documents,
                summary.operation,
                f"{run.origin.os_user}\n{run.origin.started_by}".casefold(),
                summary.status,
                int(run.is_whole),
                run.retry_of,
                number,
            ),
        )

    def _describe(self, number: int, run: ArchivedRun, plan_json: str, pipeline: Pipeline) -> None:
        self._db.execute(
            "INSERT INTO about (run, entry, plan, pipeline) VALUES (?, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET"
            " entry = excluded.entry, plan = CASE excluded.plan WHEN '' THEN plan ELSE excluded.plan END,"
            " pipeline = CASE WHEN ? THEN excluded.pipeline ELSE pipeline END",
            (number, entry_code.entry_text(run), plan_json, entry_code.pipeline_text(pipeline), bool(pipeline.phases)),
        )

    def end(self, run_id: str, ended: RunEnded) -> None:
        """Write how a run ended; what went wrong where is counted from its nodes."""
        with self.writing():
            number = self._known(run_id)
            nodes = self._reader.nodes(number)
            told, failed = outcome_text(ended, nodes, self._reader.pipeline(number))
            self._db.execute("UPDATE about SET ended = ? WHERE run = ?", (told, number))
            self._db.execute(
                "UPDATE run SET status = ?, failed_phases = ? WHERE no = ?", (ended.status, failed, number)
            )
            self._add_words(number, [ended.headline])

    def seal(self, run_id: str) -> None:
        """Mark a run as whole."""
        with self.writing():
            self._db.execute("UPDATE run SET is_whole = 1 WHERE no = ?", (self._known(run_id),))

    # -- its parts ----------------------------------------------------------------------------------------------------

    def take(self, run_id: str, nodes: Sequence[NodeProgress], platforms: Mapping[str, str]) -> None:
        """Write where these nodes stand now."""
        with self.writing():
            number = self._known(run_id)
            rows: list[tuple[int, int, int | None, bytes, str, int | None]] = []
            headlines: list[str] = []
            for node in nodes:
                one = encode(node)
                shape = self._shape(one.told) if one.told is not None else None
                platform = platforms.get(node.instance_id)
                rows.append(
                    (
                        number,
                        self._node_in(number, node.instance_id, node.name),
                        shape,
                        one.moments,
                        one.words,
                        self._label(platform) if platform else None,
                    )
                )
                if shape is not None and node.headline:
                    headlines.append(node.headline)
            self._db.executemany(
                "INSERT INTO invocation VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, node) DO UPDATE SET"
                " shape = excluded.shape, moments = excluded.moments, words = excluded.words,"
                " platform = coalesce(excluded.platform, platform)",
                rows,
            )
            self._add_members(number, {row[1] for row in rows})
            self._add_words(number, headlines)

    def take_outputs(self, run_id: str, outputs: Sequence[tuple[str, str, StepOutput]]) -> None:
        """Write outputs of steps, each with its instance id and step; a complete one is not replaced by a part."""
        with self.writing():
            number = self._known(run_id)
            (ordinal,) = self._db.execute("SELECT ordinals FROM run WHERE no = ?", (number,)).fetchone()
            rows = []
            for (instance_id, step), output in _newest(outputs).items():
                node, label = self._node_of(number, instance_id), self._label(step)
                if self._gives_way(number, node, label, output):
                    rows.append(self._output(number, ordinal, node, label, output))
                    ordinal += 1
            self._db.executemany("INSERT INTO output VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self._db.execute("UPDATE run SET ordinals = ? WHERE no = ?", (ordinal, number))

    def _gives_way(self, run: int, node: int, step: int, output: StepOutput) -> bool:
        """Make room for an output of a step; return whether it is to be written."""
        # SQLite would rather go through all outputs of the run.
        query = (
            "SELECT ordinal, flags FROM output INDEXED BY output_of_step"
            " WHERE run = ? AND node = ? AND step = ? AND flags < ?"
        )
        known = self._db.execute(query, (run, node, step, MOVED)).fetchone()
        if known is None:
            return True
        is_a_part = not output.is_complete or (output.is_cut and not known[1] & CUT)
        if known[1] & COMPLETE and is_a_part:
            return False
        # The index goes on pointing to the row, and the row to the step.
        moved = "UPDATE output SET stdout = NULL, stderr = NULL, flags = ? WHERE run = ? AND ordinal = ?"
        self._db.execute(moved, (MOVED, run, known[0]))
        return True

    def _output(self, run: int, ordinal: int, node: int, step: int, output: StepOutput) -> tuple[int | None, ...]:
        out, err = (self._texts.keep(text, run, step) if text else None for text in (output.stdout, output.stderr))
        flags = COMPLETE * output.is_complete + CUT * output.is_cut
        note = self._label(output.note) if output.note else None
        self._index.add(run, ordinal, [*_searched(output.stdout), *_searched(output.stderr)])
        return run, ordinal, node, step, out, err, flags, note

    def take_patch_states(self, run_id: str, changes: Sequence[PatchStateChange]) -> None:
        """Write patch states; a side that is None leaves what is known of it."""
        with self.writing():
            number = self._known(run_id)
            empty = self._label("")
            rows = [
                (
                    number,
                    self._node_of(number, each.instance_id),
                    entry_code.counts_text(each.before),
                    entry_code.counts_text(each.after),
                    self._label(each.baseline_id),
                    self._label(each.snapshot_id),
                    empty,
                    empty,
                )
                for each in changes
            ]
            self._db.executemany(
                "INSERT INTO patch_state VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run, node) DO UPDATE SET"
                " before = coalesce(excluded.before, before), after = coalesce(excluded.after, after),"
                " baseline = CASE excluded.baseline WHEN ? THEN baseline ELSE excluded.baseline END,"
                " snapshot = CASE excluded.snapshot WHEN ? THEN snapshot ELSE excluded.snapshot END",
                rows,
            )

    # -- what recurs --------------------------------------------------------------------------------------------------

    def _known(self, run_id: str) -> int:
        row = self._db.execute("SELECT no FROM run WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            raise NotFound(f"The archive has no run {run_id}.", hint="It may have been removed as too old.")
        return int(row[0])

    def _add_members(self, run: int, numbers: set[int]) -> None:
        known = self._members.get(run)
        if known is None:
            row = self._db.execute("SELECT nodes FROM member WHERE run = ?", (run,)).fetchone()
            known = unpacked(row[0]) if row else set()
            if len(self._members) >= _KEPT_RUNS:
                self._members.clear()
            self._members[run] = known
        if not numbers <= known:
            known |= numbers
            self._db.execute("INSERT OR REPLACE INTO member VALUES (?, ?)", (run, packed(known)))

    def _add_words(self, run: int, lines: Sequence[str]) -> None:
        """Index words that belong to the run as a whole, or to a node of it."""
        (ordinal,) = self._db.execute("SELECT ordinals FROM run WHERE no = ?", (run,)).fetchone()
        if self._index.add(run, ordinal, lines):
            self._db.execute("UPDATE run SET ordinals = ordinals + 1 WHERE no = ?", (run,))

    def _label(self, text: str) -> int:
        known = self._labels.get(text)
        if known is None:
            known = self._labels[text] = self._number("label", ("text",), (text,))
        return known

    def _shape(self, told: Told) -> int:
        known = self._shapes.get(told)
        if known is None:
            if len(self._shapes) >= _KEPT_SHAPES:
                self._shapes.clear()
            known = self._shapes[told] = self._number("shape", ("told",), (written(told),))
        return known

    def _node_in(self, run: int, instance_id: str, name: str) -> int:
        """Return the number of a node under a name; what the run has of it under another name goes over to it."""
        known = self._nodes.get((instance_id, name))
        if known is None:
            number = self._number("node", ("instance_id", "name"), (instance_id, name))
            folded = f"{name}\n{instance_id}".casefold()
            self._db.execute("UPDATE node SET folded = ? WHERE id = ? AND folded IS NULL", (folded, number))
            known = self._nodes[instance_id, name] = number
            query = "SELECT id FROM node WHERE instance_id = ?"
            self._called[instance_id] = {row[0] for row in self._db.execute(query, (instance_id,))}
        if len(self._called[instance_id]) > 1:
            self._rename(run, known, self._called[instance_id] - {known})
        if len(self._node_in_run) >= _KEPT_NODES:
            self._node_in_run.clear()
        self._node_in_run[run, instance_id] = known
        return known

    def _rename(self, run: int, number: int, others: set[int]) -> None:
        self._members.pop(run, None)
        known = self._db.execute("SELECT nodes FROM member WHERE run = ?", (run,)).fetchone()
        if known is not None:
            self._db.execute("UPDATE member SET nodes = ? WHERE run = ?", (packed(unpacked(known[0]) - others), run))
        for other in others:
            self._db.execute("DELETE FROM invocation WHERE run = ? AND node = ?", (run, other))
            for table in ("output", "patch_state"):
                self._db.execute(f"UPDATE {table} SET node = ? WHERE run = ? AND node = ?", (number, run, other))  # noqa: S608 - names of ours

    def _node_of(self, run: int, instance_id: str) -> int:
        """Return the number of a node of this run, under whatever name it goes there."""
        if (known := self._node_in_run.get((run, instance_id))) is not None:
            return known
        query = (
            "SELECT node.id FROM node LEFT JOIN invocation ON invocation.run = ? AND invocation.node = node.id"
            " WHERE instance_id = ? ORDER BY invocation.run IS NULL LIMIT 1"
        )
        row = self._db.execute(query, (run, instance_id)).fetchone()
        return int(row[0]) if row else self._node_in(run, instance_id, instance_id)

    def _number(self, table: str, columns: tuple[str, ...], values: tuple[str, ...]) -> int:
        """Return the number of a row that holds these values; add it when there is none."""
        where = " AND ".join(f"{column} = ?" for column in columns)
        row = self._db.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchone()  # noqa: S608 - names of ours
        if row is not None:
            return int(row[0])
        marks = ", ".join("?" * len(columns))
        added = self._db.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608 - names of ours
        return int(added.lastrowid or 0)


def _searched(text: str) -> list[str]:
    """Return the lines that can be found: of what nobody could read through, the first and the last megabytes."""
    if len(text) > 2 * _SEARCHED:
        return [*text[:_SEARCHED].splitlines(), *text[-_SEARCHED:].splitlines()]
    return text.splitlines()


def _newest(outputs: Sequence[tuple[str, str, StepOutput]]) -> dict[tuple[str, str], StepOutput]:
    """Return each step's last output; a whole one does not give way to a part."""
    newest: dict[tuple[str, str], StepOutput] = {}
    for instance_id, step, output in outputs:
        known = newest.get((instance_id, step))
        if known is None or output.is_complete or not known.is_complete:
            newest[instance_id, step] = output
    return newest


def _ms(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None
