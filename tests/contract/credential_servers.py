"""Small servers that give credentials out, on loopback: STS, single sign-on, a container's agent, instance metadata."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

Answer = tuple[int, str]
"""Status and body."""
RIGHT_CODE = "246810"
NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def in_future(span: timedelta) -> str:
    return (datetime.now(UTC) + span).strftime("%Y-%m-%dT%H:%M:%SZ")


class Asked:
    """What a server was asked, and how it answers."""

    def __init__(self, answer: Callable[[str, str, str], Answer]) -> None:
        self.answer = answer
        self.requests: list[tuple[str, str, str]] = []
        self.regions: list[str] = []
        """The regions that requests were signed for."""
        self.url = ""
        self.date: datetime | None = None
        """The moment that answers bear; None for the true one."""

    @property
    def codes(self) -> list[str]:
        """The MFA codes that were sent, in order."""
        forms = [parse_qs(body) for _, _, body in self.requests]
        return [form["TokenCode"][0] for form in forms if "TokenCode" in form]


@contextmanager
def serve(answer: Callable[[str, str, str], Answer]) -> Iterator[Asked]:
    """Serve ``answer(method, path or call, body)`` on a free port of loopback."""
    asked = Asked(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            # Systems Manager's calls all go to one path; their name is in a header.
            what = self.headers.get("x-amz-target", self.path)
            asked.requests.append((self.command, what, body))
            scope = self.headers.get("authorization", "").partition("Credential=")[2].split("/")
            asked.regions.append(scope[2] if len(scope) > 2 else "")
            status, text = asked.answer(self.command, what, body)
            self.send_response_only(status)
            moment = asked.date or datetime.now(UTC)
            self.send_header("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = _do  # noqa: N815 - the names that the base class looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    asked.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sts(lifetime: timedelta = timedelta(hours=1)) -> Callable[[str, str, str], Answer]:
    """Return an STS that gives a role out, to those with an MFA device only for the right code."""
    count = iter(range(1, 100))

    def answer(_method: str, _path: str, body: str) -> Answer:
        code = parse_qs(body).get("TokenCode", [RIGHT_CODE])[0]
        if code != RIGHT_CODE:
            return 403, refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.")
        return 200, role(f"ASIAROLE{next(count)}", lifetime)

    return answer


def role(access_key: str, lifetime: timedelta) -> str:
    """Return STS's answer to AssumeRole."""
    return f"""<AssumeRoleResponse xmlns="{NAMESPACE}"><AssumeRoleResult><Credentials>
      <AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>of-the-role</SecretAccessKey>
      <SessionToken>token-of-the-role</SessionToken><Expiration>{in_future(lifetime)}</Expiration></Credentials>
      <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/patching/jo</Arn>
      <AssumedRoleId>AROA:jo</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"""


def refusal(code: str, message: str) -> str:
    """Return one of STS's errors."""
    return f"""<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>
      <Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"""


def keys_as_json(access_key: str, lifetime: timedelta = timedelta(hours=1)) -> str:
    """Return keys as a container's agent and the instance's metadata write them."""
    told = {
        "Code": "Success",
        "AccessKeyId": access_key,
        "SecretAccessKey": "secret",
        "Token": "token",
        "Expiration": in_future(lifetime),
        "RoleArn": "arn:aws:iam::123456789012:role/task",
    }
    return json.dumps(told)


def empty_account(_method: str, call: str, _body: str) -> Answer:
    """Answer as Systems Manager of an account in which nothing is, and as STS to who asks who they are."""
    if call.startswith("AmazonSSM."):
        return 200, "{}"
    return (
        200,
        f"""<GetCallerIdentityResponse xmlns="{NAMESPACE}"><GetCallerIdentityResult>
      <Arn>arn:aws:sts::123456789012:assumed-role/patching/jo</Arn><UserId>AROA:jo</UserId>
      <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>""",
    )
