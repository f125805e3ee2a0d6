"""`make bench`: run every benchmark and print one table.

Each has a process of its own: a hundred thousand rows of one would be in the memory, and in the garbage, of the next.
"""

import subprocess
import sys

from tests.bench.one import BENCHES


def main(chosen: list[str]) -> int:
    """Run the benchmarks named, or all, and print a line for each figure."""
    unknown = [name for name in chosen if name not in BENCHES]
    if unknown:
        print(f"bench: no benchmark is called {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    print(f"{'what':<58} {'measured':>14}   {'reference':<34} {'ratio':>8}   goal", flush=True)
    ended = [subprocess.run([sys.executable, "-m", "tests.bench.one", name], check=False) for name in chosen or BENCHES]
    return max((each.returncode for each in ended), default=0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
