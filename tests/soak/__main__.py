"""`make soak`: break everything again and again for a while, and count what was lost.

``python -m tests.soak --seconds 1200`` runs all parts, as many at a time as there are cores to use; the first loss ends
it with exit status 1 and the words that replay it: ``python -m tests.soak --seconds 60 --replay PART:SEED``.
"""

import argparse
import json
import logging
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

from tests.soak import fuzz, orders, runs, sandbox
from tests.soak.part import Lost, Part

PARTS: dict[str, Part] = {
    "every point of a worker": runs.every_point,
    "every commit": runs.every_commit,
    "random moments": runs.random_moments,
    "sandbox nodes": sandbox.killed_nodes,
    "orders of events": orders.any_order,
    "fuzz": fuzz.fuzz,
}
LANES = 2
ROUND_S = 60.0
"""How long a part goes on before another has its turn."""

OVERTIME_S = 120.0
"""How long after its deadline a part may take to come to the end of what it does."""

MEMORY_BYTES = 4 * 1024**3
"""The address space of a part; what it starts has its own."""


@dataclass
class Round:
    """One part at work in a process of its own."""

    name: str
    seed: int
    process: subprocess.Popen[str]
    overdue_at: float

    @classmethod
    def start(cls, name: str, seed: int, seconds: float) -> "Round":
        """Start a part."""
        argv = [sys.executable, "-m", "tests.soak", "--seconds", str(seconds), "--only", f"{name}:{seed}"]
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True)
        return cls(name, seed, process, time.monotonic() + seconds + OVERTIME_S)

    def figures(self) -> Counter[str]:
        """Wait for the end and return what was done.

        Raises:
            Lost: something was, or the part did not come to its end.
        """
        try:
            told, _ = self.process.communicate(timeout=max(1.0, self.overdue_at - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            raise Lost(f"{self.name} hangs") from None
        if self.process.returncode:
            raise Lost(f"{self.name} ended with {self.process.returncode}; what it said is above")
        return Counter(json.loads(told.splitlines()[-1]))


def main(argv: list[str] | None = None) -> int:
    """Run the soak, or one part of it, and return the exit status."""
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=1200.0)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32), help="of the soak as a whole")
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--replay", metavar="PART:SEED", help="one round of one part, as it was when it lost something")
    parser.add_argument("--only", metavar="PART:SEED", help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    one = given.only or given.replay
    if one:
        name, _, seed = one.rpartition(":")
        return _work(name, int(seed), given.seconds)
    return _soak(given.seconds, given.seed, given.parts)


def _work(name: str, seed: int, seconds: float) -> int:
    # Workers that end are all that a part is about.
    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    done: Counter[str] = Counter()
    try:
        for figure in PARTS[name](time.monotonic() + seconds, random.Random(seed)):
            done[figure.what] += figure.count
    except Lost as lost:
        print(f"soak: lost by “{name}”, seed {seed}: {lost}", file=sys.stderr, flush=True)
        return 1
    print(json.dumps(done))
    return 0


def _soak(seconds: float, seed: int, parts: list[str]) -> int:
    print(f"soak: {seconds:.0f} s, seed {seed}, parts: {', '.join(parts)}", flush=True)
    chance = random.Random(seed)
    deadline = time.monotonic() + seconds
    done: Counter[str] = Counter()
    under_way: list[Round] = []
    turn = 0
    try:
        while under_way or time.monotonic() < deadline:
            left_s = deadline - time.monotonic()
            if left_s > 0 and len(under_way) < LANES:
                under_way.append(Round.start(parts[turn % len(parts)], chance.randrange(2**32), min(ROUND_S, left_s)))
                turn += 1
                continue
            ended = under_way.pop(0)
            try:
                done.update(ended.figures())
            except Lost as lost:
                _print(done, lost=1)
                print(
                    f'{lost}\nagain: python -m tests.soak --seconds {ROUND_S:.0f} --replay "{ended.name}:{ended.seed}"'
                )
                return 1
            done["rounds"] += 1
    finally:
        for each in under_way:
            each.process.kill()
    _print(done, lost=0)
    return 0


def _print(done: Counter[str], *, lost: int) -> None:
    for what, count in sorted(done.items()):
        print(f"{what:<50} {count:>12,}")
    print(f"{'lost':<50} {lost:>12,}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
