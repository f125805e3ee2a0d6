"""Content from every kind of source."""

import base64
import hashlib
import json
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from patchgui.agent.engine import DocumentResult
from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.plugins.download_git import checkout_reference
from patchgui.agent.engine.plugins.download_s3 import S3Object, parse_path

Run = Callable[..., DocumentResult]


@pytest.fixture
def download(run: Run) -> Callable[..., Any]:
    """Runs one download step and returns its result."""

    def go(source_type: Any, source: Any, destination: str = "", **inputs: Any) -> Any:
        given = {"sourceType": source_type, "sourceInfo": source, "destinationPath": destination, **inputs}
        return run([{"name": "get", "action": "aws:downloadContent", "inputs": given}]).steps[0]

    return go


class Pages(BaseHTTPRequestHandler):
    """Answers with what ``pages`` holds; /private needs a login in the clear, /digest one that is hashed."""

    pages: dict[str, bytes] = {}  # noqa: RUF012 - set per test

    def do_GET(self) -> None:
        login = base64.b64encode(b"ann:secret").decode()
        content = self.pages.get(self.path)
        if self.path.startswith("/private") and self.headers.get("Authorization") != f"Basic {login}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            content = b""
        elif self.path.startswith("/digest") and not self.is_digest():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Digest realm="x", nonce="once", algorithm=MD5')
            content = b""
        else:
            self.send_response(404 if content is None else 200)
        # "/short" promises more than it sends.
        self.send_header("Content-Length", str(len(content or b"") + (self.path == "/short")))
        self.end_headers()
        self.wfile.write(content or b"")

    def is_digest(self) -> bool:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        response = md5(f"{md5('ann:x:secret')}:once:{md5(f'GET:{self.path}')}")
        return f'response="{response}"' in self.headers.get("Authorization", "")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A web server; returns where."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(Pages, "pages", {})
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "invalid input: SourceType must be specified"),
        ({"sourceType": "FTP", "sourceInfo": "{}"}, "invalid input: Unsupported source type"),
        ({"sourceType": "HTTP"}, "invalid input: SourceInfo must be specified"),
        ({"sourceType": "HTTP", "sourceInfo": "{"}, "SourceInfo of a HTTP source is no JSON"),
        ({"sourceType": "HTTP", "sourceInfo": "[]"}, "must be a JSON object"),
        ({"sourceType": 5}, "invalid format in plugin properties"),
        ({"sourceType": "HTTP", "sourceInfo": "{}"}, "SourceInfo.url must be specified"),
        ({"sourceType": "S3", "sourceInfo": {"path": 5}}, "SourceInfo.path must be a string"),
        ({"sourceType": "SSMDocument", "sourceInfo": {"name": "Nope"}}, "Document with name Nope does not exist"),
        ({"sourceType": "GitHub", "sourceInfo": {"owner": "o"}}, "SourceInfo.repository must be specified"),
    ],
)
def test_wrong_inputs_fail_the_step(run: Run, inputs: Any, said: str) -> None:
    (step,) = run([{"name": "get", "action": "aws:downloadContent", "inputs": inputs}]).steps
    assert (step.status, step.code) == ("Failed", 1)
    assert said in step.stderr


def test_document_goes_to_the_downloads_or_to_an_absolute_place(
    download: Callable[..., Any], store_document: Callable[..., None], host: Any, tmp_path: Path
) -> None:
    store_document("Child", {"schemaVersion": "2.2"})
    step = download("SSMDocument", '{"name": "Child"}', "sub/child.json")
    place = host.orchestration / "downloads" / "sub" / "child.json"
    assert step.stdout == f"Content downloaded to {place}"
    assert place.read_text() == '{"schemaVersion": "2.2"}'
    assert place.stat().st_mode & 0o777 == 0o700
    download("SSMDocument", {"name": "Child"}, f"{tmp_path}/folder/")
    assert (tmp_path / "folder" / "Child.json").exists()


def test_web_page_is_saved_under_the_given_name_or_a_made_up_one(
    download: Callable[..., Any], server: str, tmp_path: Path
) -> None:
    Pages.pages["/file"] = b"content"
    source = {"url": f" {server}/file ", "allowInsecureDownload": True}
    assert download("HTTP", source, f"{tmp_path}/name").status == "Success"
    assert (tmp_path / "name").read_bytes() == b"content"
    download("HTTP", source, f"{tmp_path}/folder/")
    (made_up,) = (tmp_path / "folder").iterdir()
    assert made_up.name.startswith("download")


def test_web_page_may_need_a_login(download: Callable[..., Any], server: str, host: Any, tmp_path: Path) -> None:
    Pages.pages["/private"] = b"content"
    host.parameters = {"pass": {"Type": "SecureString", "Value": "secret"}}
    source = {"url": f"{server}/private", "allowInsecureDownload": True}
    assert "answers 401" in download("HTTP", source, f"{tmp_path}/a").stderr
    login = {"authMethod": "Basic", "username": "ann", "password": "{{ ssm-secure:pass }}"}
    assert download("HTTP", {**source, **login}, f"{tmp_path}/a").status == "Success"
    assert "SecureString" in download("HTTP", {**source, **login, "password": "{{ssm-secure:no}}"}, "x").stderr
    assert "None, Basic or Digest" in download("HTTP", {**source, "authMethod": "Magic"}, "x").stderr


def test_login_may_be_hashed(download: Callable[..., Any], server: str, tmp_path: Path) -> None:
    Pages.pages["/digest"] = b"content"
    login = {"authMethod": "Digest", "username": "ann", "password": "secret"}
    source = {"url": f"{server}/digest", "allowInsecureDownload": True, **login}
    assert download("HTTP", source, f"{tmp_path}/a").status == "Success"
    assert (tmp_path / "a").read_bytes() == b"content"
    assert "answers 401" in download("HTTP", {**source, "password": "wrong"}, f"{tmp_path}/b").stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "neither an http nor an https"),
        ("http://127.0.0.1:9/x", "not secure"),
        ("https://127.0.0.1:9/x", "can't be reached: [Errno 111] Connection refused; check the address"),
    ],
)
def test_url_that_cannot_be_had_fails_in_words(download: Callable[..., Any], url: str, said: str) -> None:
    step = download("HTTP", {"url": url}, "x")
    assert said in step.stderr
    assert step.status == "Failed"


def test_missing_page_is_told_with_its_code(download: Callable[..., Any], server: str) -> None:
    assert "answers 404" in download("HTTP", {"url": f"{server}/no", "allowInsecureDownload": True}, "x").stderr


def test_page_that_breaks_off_is_no_content(download: Callable[..., Any], server: str, tmp_path: Path) -> None:
    Pages.pages["/short"] = b"content"
    step = download("HTTP", {"url": f"{server}/short", "allowInsecureDownload": True}, f"{tmp_path}/x")
    assert step.status == "Failed"
    assert step.stderr == f"{server}/short broke off: 1 bytes are missing"


def test_server_that_speaks_no_http_is_told(download: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"

        def answer() -> None:
            with listener.accept()[0] as connection:
                connection.recv(1024)
                connection.sendall(b"SSH-2.0-x\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        step = download("HTTP", {"url": url, "allowInsecureDownload": True}, "x")
        thread.join()
    assert step.status == "Failed"
    assert f"{url} can't be reached" in step.stderr


def test_secure_page_needs_a_certificate_that_the_node_trusts(
    download: Callable[..., Any], server_certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pages, "pages", {"/file": b"content"})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        source = {"url": f"https://127.0.0.1:{http.server_port}/file"}
        refused = download("HTTP", source, f"{tmp_path}/a")
        monkeypatch.setenv("SSL_CERT_FILE", str(server_certificate))
        trusted = download("HTTP", source, f"{tmp_path}/a")
        http.shutdown()
        thread.join()
    assert "certificate verify failed" in refused.stderr
    assert trusted.status == "Success"
    assert (tmp_path / "a").read_bytes() == b"content"


@pytest.fixture
def server_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody signed, in one file."""
    monkeypatch.setenv("no_proxy", "*")
    path = tmp_path / "server.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([*make.split(), *names], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_place_that_cannot_be_written_fails_in_words(
    download: Callable[..., Any], store_document: Callable[..., None]
) -> None:
    store_document("Child", {})
    assert "can't be saved" in download("SSMDocument", {"name": "Child"}, "/proc/nope/x").stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with two commits and a branch."""
    path = tmp_path / "repository"
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]

    def git(*argv: str) -> None:
        subprocess.run(["git", *identity, *argv], cwd=path, env=environment, check=True, capture_output=True)

    path.mkdir()
    git("init")
    (path / "sub").mkdir()
    for content, branch in (("first", "main"), ("second", "other")):
        (path / "sub" / "file").write_text(content)
        (path / "top").write_text(content)
        git("add", ".")
        git("commit", "-m", content)
        if branch == "main":
            git("branch", "-M", "main")
            git("checkout", "-b", "other")
    git("checkout", "main")
    return path


@pytest.mark.parametrize(
    ("options", "content"), [("", "first"), ("branch:other", "second"), ("commitID:HEAD", "first")]
)
def test_repository_is_brought_without_its_history(
    download: Callable[..., Any], repository: Path, tmp_path: Path, options: str, content: str
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").write_text("kept")
    step = download("Git", {"repository": f"file://{repository}", "getOptions": options}, str(target))
    assert step.stderr == ""
    assert sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()) == [
        "mine",
        "sub/file",
        "top",
    ]
    assert (target / "sub" / "file").read_text() == content
    assert (target / "top").stat().st_mode & 0o777 == 0o700


def test_repository_may_be_a_path_of_the_node(download: Callable[..., Any], repository: Path, tmp_path: Path) -> None:
    assert download("Git", {"repository": str(repository)}, f"{tmp_path}/target").status == "Success"
    assert (tmp_path / "target" / "top").read_text() == "first"


def test_repository_that_does_not_exist_is_named(download: Callable[..., Any], tmp_path: Path) -> None:
    step = download("Git", {"repository": f"{tmp_path}/nope"}, f"{tmp_path}/target")
    assert step.status == "Failed"
    assert f"git can't get {tmp_path}/nope" in step.stderr


def test_repository_that_cannot_be_had_fails_without_telling_the_password(download: Callable[..., Any]) -> None:
    source = {"repository": "https://127.0.0.1:9/x.git", "username": "ann", "password": "s3cret"}
    step = download("Git", source, "x")
    assert "git can't get https://127.0.0.1:9/x.git" in step.stderr
    assert "check the address, the login" in step.stderr
    assert "s3cret" not in step.stderr


def test_missing_git_is_told(download: Callable[..., Any], host: Any) -> None:
    host.environment = {"PATH": "/nonexistent"}
    assert "git is not installed" in download("Git", {"repository": "x"}, "y").stderr


@pytest.mark.parametrize("options", ["tag:x", "branch:", "branch:a,commitID:b", "main"])
def test_options_that_mean_nothing_are_refused(options: str) -> None:
    with pytest.raises(EngineError):
        checkout_reference(options)


def test_github_file_and_folder(download: Callable[..., Any], server: str, host: Any, tmp_path: Path) -> None:
    def entry(path: str, content: str) -> bytes:
        encoded = base64.b64encode(content.encode()).decode()
        return json.dumps({"path": path, "encoding": "base64", "content": encoded}).encode()

    base = "/repos/own/repo/contents"
    Pages.pages |= {
        f"{base}/d?ref=dev": json.dumps([{"path": "d/a"}, {"path": "d/e"}]).encode(),
        f"{base}/d/a?ref=dev": entry("d/a", "A"),
        f"{base}/d/e?ref=dev": json.dumps([{"path": "d/e/b"}]).encode(),
        f"{base}/d/e/b?ref=dev": entry("d/e/b", "B"),
        f"{base}/file": entry("file", "F"),
    }
    host.environment = {**host.environment, "GITHUB_API_URL": server}
    source = {"owner": "own", "repository": "repo"}
    assert download("GitHub", {**source, "path": "file"}, f"{tmp_path}/x/").status == "Success"
    assert (tmp_path / "x" / "file").read_text() == "F"
    download("GitHub", {**source, "path": "/d/", "getOptions": "branch:dev"}, f"{tmp_path}/y")
    assert {path.name: path.read_text() for path in (tmp_path / "y").rglob("*") if path.is_file()} == {
        "a": "A", "b": "B",
    }  # fmt: skip
    assert "answers 404" in download("GitHub", {**source, "path": "no"}, "z").stderr


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("https://s3.amazonaws.com/bucket/a/b.sh", S3Object("bucket", "a/b.sh", "us-east-1")),
        ("https://s3.eu-west-1.amazonaws.com/bucket/d/", S3Object("bucket", "d/", "eu-west-1")),
        ("https://s3-eu-west-1.amazonaws.com/bucket/k", S3Object("bucket", "k", "eu-west-1")),
        ("https://my.bucket.s3.eu-west-1.amazonaws.com/k%2B1+2", S3Object("my.bucket", "k+1 2", "eu-west-1")),
        ("https://bucket.s3.amazonaws.com/k", S3Object("bucket", "k", "us-east-1")),
        ("s3://bucket/a b", S3Object("bucket", "a b", "local")),
    ],
)
def test_paths_of_s3(path: str, wanted: S3Object) -> None:
    assert parse_path(path, "local") == wanted
