"""Ask storefront for its health by HTTP, and wait until it is well.

Usage: health.py URL SECONDS [VERSION]. Prints the request and the answer; ends with 0 when the application is well
(and of that VERSION), with 1 and the reason when it is not so after SECONDS.
"""

import json
import socket
import sys
import time


def ask(host: str, port: int, path: str) -> tuple[str, str]:
    """Return the status line and the body of one answer."""
    with socket.create_connection((host, port), timeout=2) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return head.partition("\r\n")[0].partition(" ")[2], body.strip()


def complaint(url: str, version: str) -> str:
    """Ask once; return what is wrong, or print the answer and return nothing."""
    address, _, path = url.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    try:
        status, body = ask(host, int(port), "/" + path)
    except OSError as error:
        return f"no answer ({error.strerror or error})"
    if not status.startswith("200"):
        return f"the answer is {status}"
    print(f"GET {url} -> {status}\n{body}")
    found = json.loads(body).get("version", "unknown")
    return f"version {found} answers, not {version}" if version and found != version else ""


def main() -> int:
    """Ask until the application is well or the time is up."""
    url, seconds, version = sys.argv[1], float(sys.argv[2]), "".join(sys.argv[3:4])
    deadline = time.monotonic() + seconds
    while wrong := complaint(url, version):
        if time.monotonic() > deadline:
            print(f"GET {url}: {wrong} for {seconds:g} s", file=sys.stderr)
            return 1
        time.sleep(0.02)
    return 0


sys.exit(main())
