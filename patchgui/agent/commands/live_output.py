"""What steps have written so far, while they run; their journals have it for good."""

from collections import defaultdict

_Key = tuple[str, str, str]

LIMIT_BYTES = 24_000
"""As much of a stream as a worker tells."""

_MOST_STEPS = 2_000


class LiveOutput:
    """The heads of the streams of running steps, in memory."""

    def __init__(self) -> None:
        self._heads: defaultdict[_Key, dict[str, bytearray]] = defaultdict(dict)

    def take(self, key: _Key, stream: str, offset: int, data: bytes) -> None:
        """Add bytes that a step has written; what came before is told again after a lost connection.

        Args:
            key: Command id, instance id and step.
            stream: ``stdout`` or ``stderr``.
            offset: Where in the stream the bytes belong. After a gap they wait for the step's end.
            data: The bytes.
        """
        if key not in self._heads and len(self._heads) >= _MOST_STEPS:
            # Hardly so many run at one time: the oldest one's end was lost, or a node invents steps.
            del self._heads[next(iter(self._heads))]
        head = self._heads[key].setdefault(stream, bytearray())
        data = data[: max(0, LIMIT_BYTES - offset)]
        if offset <= len(head):
            head[offset:] = data if offset + len(data) >= len(head) else head[offset:]

    def text(self, key: _Key, stream: str) -> str:
        """Return what a stream has so far, without a character that is not whole yet."""
        heads = self._heads.get(key)
        return "" if heads is None else heads.get(stream, b"").decode(errors="ignore")

    def drop(self, key: _Key) -> None:
        """Forget a step's output: it has ended."""
        self._heads.pop(key, None)
