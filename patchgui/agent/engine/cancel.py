"""Asking a running document to stop."""

import os
import threading
import weakref


class CancelToken:
    """A request to stop, made by any thread and seen by the thread that runs the document.

    The read end of a pipe becomes readable with the request, so that a selector wakes up.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._read_fd, self._write_fd = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._close = weakref.finalize(self, _close_all, self._read_fd, self._write_fd)

    @property
    def cancelled(self) -> bool:
        """Whether the request was made."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Make the request; making it again changes nothing."""
        with self._lock:
            if not self._event.is_set():
                self._event.set()
                os.write(self._write_fd, b"x")

    def fileno(self) -> int:
        """Return the descriptor that becomes, and stays, readable with the request."""
        return self._read_fd


def _close_all(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
