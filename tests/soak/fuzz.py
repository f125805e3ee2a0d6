"""Inputs that nobody meant, given to every place where bytes come in."""

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import targets
from tests.fuzz.fuzzer import Crash, Fuzzer, seeds
from tests.soak.part import Figure, Lost

_TURN_S = 5.0


def fuzz(deadline: float, chance: random.Random) -> Iterator[Figure]:
    """Walk from the seeds of each target in turn; a crash is lost, and its input kept for the corpus."""
    fuzzers: dict[str, Fuzzer] = {}
    try:
        while time.monotonic() < deadline:
            for name, target in targets.TARGETS.items():
                fuzzer = fuzzers.get(name) or Fuzzer(target, seeds(name), random.Random(chance.random()))
                fuzzers[name] = fuzzer
                turn_end = min(deadline, time.monotonic() + _TURN_S)
                while time.monotonic() < turn_end:
                    fuzzer.step()
                    yield Figure(f"inputs fuzzed: {name}")
    except Crash as crash:
        kept = Path(tempfile.mkdtemp(prefix="patchgui-crash-"), "input")
        kept.write_bytes(crash.data)
        raise Lost(f"{crash}\nkept as {kept}: put it into tests/fuzz/corpus once it is mended") from crash
    finally:
        targets.close()
