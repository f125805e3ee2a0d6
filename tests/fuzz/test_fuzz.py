"""Every seed, and a short walk from them; `make soak` walks for long."""

import random
from collections.abc import Iterator

import pytest

from tests.fuzz import targets
from tests.fuzz.fuzzer import CORPUS, Crash, Fuzzer, seeds
from tests.fuzz.targets import TARGETS

STEPS = 150


@pytest.fixture(autouse=True, scope="module")
def closed() -> Iterator[None]:
    yield
    targets.close()


def test_every_target_has_a_corpus_and_every_corpus_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)


@pytest.mark.parametrize("name", list(TARGETS))
def test_every_seed_and_what_lies_around_it_is_read_or_refused(name: str) -> None:
    fuzzer = Fuzzer(TARGETS[name], seeds(name), random.Random(name))
    fuzzer.walk(STEPS)
    assert fuzzer.reached > 30


def test_a_crash_is_told_with_its_input() -> None:
    def target(data: bytes) -> None:
        if b"NaN" in data:
            raise KeyError("found")

    fuzzer = Fuzzer(target, [b"a seed"], random.Random(1))
    with pytest.raises(Crash, match="KeyError: 'found'") as caught:
        fuzzer.walk(10_000)
    assert b"NaN" in caught.value.data
