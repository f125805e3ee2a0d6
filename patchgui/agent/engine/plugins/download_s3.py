"""S3 as a source of aws:downloadContent."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.folders import make_folder
from patchgui.agent.engine.plugins.download_http import fetch_to
from patchgui.agent.engine.plugins.download_places import file_at, needed
from patchgui.agent.engine.surroundings import Host

_PATH_STYLE = re.compile(r"s3([.-](?P<region>[a-z0-9-]+))?\.amazonaws\.com(\.cn)?\Z")
_BUCKET_STYLE = re.compile(r"(?P<bucket>.+)\.s3([.-](?P<region>[a-z0-9-]+))?\.amazonaws\.com(\.cn)?\Z")


class S3Object(NamedTuple):
    """An object, or all objects whose keys start with a folder's."""

    bucket: str
    key: str
    region: str


def download_s3(source: Mapping[str, Any], destination: str, host: Host) -> list[Path]:
    """Save an object, or all objects below a key that ends with a slash.

    Requests are signed when the node has credentials; without them only public objects can be had.

    Raises:
        EngineError: when they can't be had.
        OSError: when they can't be saved.
    """
    wanted = parse_path(needed(source, "path"), host.region)
    bucket = _Bucket(wanted, host)
    if not wanted.key.endswith("/"):
        return [bucket.fetch(wanted.key, file_at(destination, wanted.key.rpartition("/")[2]))]
    files = []
    for key in bucket.keys(wanted.key):
        path = Path(destination) / key.removeprefix(wanted.key)
        make_folder(path.parent)
        files.append(bucket.fetch(key, path))
    return files


def parse_path(path: str, region: str) -> S3Object:
    """Return what a path means: an https URL of S3, in either style, or ``s3://bucket/key``.

    Raises:
        EngineError: when it is neither.
    """
    parts = urlsplit(path.replace("+", "%20"))
    key = unquote(parts.path.lstrip("/"))
    host_name = parts.hostname or ""
    if parts.scheme == "s3":
        return S3Object(parts.netloc, key, region)
    if found := _BUCKET_STYLE.match(host_name):
        return S3Object(found["bucket"], key, found["region"] or "us-east-1")
    if found := _PATH_STYLE.match(host_name):
        bucket, _, key = key.partition("/")
        return S3Object(bucket, key, found["region"] or "us-east-1")
    raise EngineError(f"{path} is no path in S3; use https://s3.amazonaws.com/BUCKET/KEY")


class _Bucket:
    """One bucket, spoken to over its REST interface."""

    def __init__(self, wanted: S3Object, host: Host) -> None:
        self._region = wanted.region
        endpoint = host.environment.get("AWS_ENDPOINT_URL_S3") or host.environment.get("AWS_ENDPOINT_URL")
        self._url = f"{endpoint or f'https://s3.{wanted.region}.amazonaws.com'}/{quote(wanted.bucket)}"

    def fetch(self, key: str, path: Path) -> Path:
        """Save one object."""
        return fetch_to(path, self._signed(f"{self._url}/{quote(key)}"))

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys of all objects below a folder."""
        token = ""
        while True:
            query = {"list-type": "2", "prefix": prefix} | ({"continuation-token": token} if token else {})
            answer = self._listing(f"{self._url}?{urlencode(query, quote_via=quote)}")
            space = answer.tag.partition("}")[0] + "}" if answer.tag.startswith("{") else ""
            for key in answer.iterfind(f"{space}Contents/{space}Key"):
                if key.text and not key.text.endswith("/"):
                    yield key.text
            token = answer.findtext(f"{space}NextContinuationToken") or ""
            if not token:
                return

    def _listing(self, url: str) -> ET.Element:
        try:
            with urllib.request.urlopen(self._signed(url), timeout=60) as response:  # noqa: S310 - built above
                return ET.fromstring(response.read())  # noqa: S314 - an answer of S3
        except urllib.error.HTTPError as error:
            error.close()
            raise EngineError(f"{url} answers {error.code} {error.reason}") from error
        except (OSError, ET.ParseError) as error:
            raise EngineError(f"{url} can't be listed: {getattr(error, 'reason', error)}") from error

    def _signed(self, url: str) -> urllib.request.Request:
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.session import get_session

        request = AWSRequest("GET", url)
        if (credentials := get_session().get_credentials()) is not None:
            S3SigV4Auth(credentials.get_frozen_credentials(), "s3", self._region).add_auth(request)
        return urllib.request.Request(url, headers=dict(request.headers.items()))  # noqa: S310 - built above
