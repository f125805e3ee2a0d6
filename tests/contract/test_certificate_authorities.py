"""Whose certificates are trusted: a real TLS server with an authority of its own, as a company's proxy has."""

import datetime as dt
import os
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from patchgui.connect import open_session
from patchgui.console.connection import Connection, aws_connection
from patchgui.place import Place
from patchgui.ssm.errors import PatchError, TlsRefused

pytestmark = pytest.mark.anyio


def make_authority(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 that signs itself, with its key in the same file; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a company's proxy")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / "company.pem"
    file.write_bytes(certificate.public_bytes(form) + key.private_bytes(form, pkcs8, serialization.NoEncryption()))
    return file


class _Empty(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
        pass


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return make_authority(tmp_path)


@pytest.fixture
def connection(authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "config").write_text("[profile lab]\naws_access_key_id = AK\naws_secret_access_key = s\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield aws_connection(profile="lab", region="eu-central-1", endpoint_url=f"https://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join()


async def runs_on(connection: Connection) -> int:
    async with open_session(Place(connection)) as session:
        return len(await session.runs())


async def test_an_authority_that_nobody_named_is_refused(connection: Connection) -> None:
    with pytest.raises(TlsRefused, match="certificate"):
        await runs_on(connection)


async def test_the_authority_that_the_aws_tools_are_set_to_is_trusted(
    connection: Connection, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority))
    assert await runs_on(connection) == 0


async def test_a_profile_may_name_its_own(connection: Connection, authority: Path, tmp_path: Path) -> None:
    with (tmp_path / "config").open("a") as config:
        config.write(f"ca_bundle = {authority}\n")
    assert await runs_on(connection) == 0


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_a_file_that_is_none_is_named(
    connection: Connection, tmp_path: Path, content: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "wrong.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(file))
    with pytest.raises(PatchError, match=r"wrong\.pem cannot be used") as caught:
        await runs_on(connection)
    assert "AWS_CA_BUNDLE" in caught.value.hint
