"""storefront: the small web shop of a sandbox node. It serves its catalogue, and its health for who patches the node.

Usage: app.py PORT RELEASE_FOLDER CATALOGUE_FILE
"""

import json
import os
import signal
import sys
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

STARTED_AT = time.monotonic()


class Shop(BaseHTTPRequestHandler):
    """Answers ``/`` with the catalogue and ``/health`` with the state of the application."""

    server_version = "storefront"
    sys_version = ""
    protocol_version = "HTTP/1.0"
    release: Path
    catalogue: Path

    def do_GET(self) -> None:
        """Answer a request; anything but the two known paths is not found."""
        if self.path == "/health":
            self._answer(200, "application/json", json.dumps(self._health()) + "\n")
        elif self.path == "/":
            items = "".join(f"<li>{escape(item)}</li>" for item in self._catalogue()["items"])
            self._answer(200, "text/html; charset=utf-8", f"<h1>storefront {self._version()}</h1><ul>{items}</ul>\n")
        else:
            self._answer(404, "text/plain", "There is no such page.\n")

    def _health(self) -> dict[str, Any]:
        uptime_s = round(time.monotonic() - STARTED_AT, 1)
        schema = self._catalogue()["schema"]
        return {"status": "ok", "version": self._version(), "schema": schema, "pid": os.getpid(), "uptime_s": uptime_s}

    def _version(self) -> str:
        return (self.release / "VERSION").read_text().strip()

    def _catalogue(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.catalogue.read_text())
        return content

    def _answer(self, status: int, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until SIGTERM; requests that are being answered then are finished."""
    port, release, catalogue = sys.argv[1:]
    # The release is resolved now: `current` will point elsewhere after an update, this process stays what it is.
    Shop.release, Shop.catalogue = Path(release).resolve(), Path(catalogue)
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Shop)
    server.daemon_threads = False
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"storefront {Shop.release.name} listens on port {port}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    print("storefront has stopped", flush=True)


main()
