"""`python -m tests.bench.one NAME`: one benchmark, in a process that nothing else has used before."""

import sys
from collections.abc import Callable, Iterator

from tests.bench import (
    filter_nodes,
    fleet_of_workers,
    history,
    list_nodes,
    patch_flow,
    start_up,
    steps,
    stream_run,
    timeline,
    watch_calls,
)
from tests.bench.figure import Figure

BENCHES: dict[str, Callable[[], Iterator[Figure]]] = {
    "start-up": start_up.measure,
    "filter": filter_nodes.measure,
    "list": list_nodes.measure,
    "flow": patch_flow.measure,
    "stream": stream_run.measure,
    "timeline": timeline.measure,
    "history": history.measure,
    "calls": watch_calls.measure,
    "steps": steps.measure,
    "fleet": fleet_of_workers.measure,
}


def main(name: str) -> None:
    """Run a benchmark and print a line for each figure."""
    for figure in BENCHES[name]():
        print(figure.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
