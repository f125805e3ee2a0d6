"""`make bench`: run every benchmark and print one table."""

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


def main(chosen: list[str]) -> int:
    """Run the benchmarks named, or all, and print a line for each figure."""
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        print(f"bench: no benchmark is called {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    print(f"{'what':<58} {'measured':>14}   {'reference':<34} {'ratio':>8}   goal")
    for name in chosen or BENCHES:
        for figure in BENCHES[name]():
            print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
