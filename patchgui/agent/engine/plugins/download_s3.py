"""S3 as a source of aws:downloadContent."""

import http.client
import re
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit
from xml.etree import ElementTree as ET

from patchgui.agent.engine.errors import EngineError
from patchgui.agent.engine.folders import make_folder
from patchgui.agent.engine.plugins.download_http import answer_to, fetch_to
from patchgui.agent.engine.plugins.download_places import detail, file_at, needed
from patchgui.agent.engine.surroundings import Host

_PATH_STYLE = re.compile(r"s3([.-](?P<region>[a-z0-9-]+))?\.amazonaws\.com(\.cn)?\Z")
_BUCKET_STYLE = re.compile(r"(?P<bucket>.+)\.s3([.-](?P<region>[a-z0-9-]+))?\.amazonaws\.com(\.cn)?\Z")


class S3Object(NamedTuple):
    """An object, or all objects whose keys start with a folder's."""

    bucket: str
    key: str
    region: str


def download_s3(source: Mapping[str, Any], destination: str, host: Host) -> list[Path]:
    """Save an object, or all objects below a key, which may end with a slash or not, as for Amazon's agent.

    Requests are signed when the node has credentials; without them only public objects can be had.

    Raises:
        EngineError: when they can't be had.
        OSError: when they can't be saved.
    """
    wanted = parse_path(needed(source, "path"), host.region)
    bucket = _Bucket(wanted, host, _owner(source))
    folder = wanted.key if wanted.key.endswith("/") or not wanted.key else f"{wanted.key}/"
    keys = _keys_below(bucket, folder, must_list=folder == wanted.key)
    if not keys and folder != wanted.key:
        return [bucket.fetch(wanted.key, file_at(destination, wanted.key.rpartition("/")[2]))]
    return [bucket.fetch(key, _place_below(destination, key.removeprefix(folder))) for key in keys]


def _owner(source: Mapping[str, Any]) -> str:
    owner = detail(source, "expectedBucketOwner")
    if owner and not re.fullmatch("[0-9]{12}", owner):
        raise EngineError(f"SourceInfo.expectedBucketOwner is {owner!r}; use the 12 digits of an AWS account")
    return owner


def _keys_below(bucket: "_Bucket", folder: str, *, must_list: bool) -> list[str]:
    """Return the keys below a folder; none where a single object is wanted and the bucket can't be listed."""
    try:
        return list(bucket.keys(folder))
    except EngineError:
        if must_list:
            raise
        return []


def _place_below(destination: str, key: str) -> Path:
    """Return the file for a key; a key that climbs out of the destination is not followed."""
    if ".." in key.split("/"):
        raise EngineError(f"The key {key} leads out of {destination}; rename the object")
    path = Path(destination) / key.lstrip("/")
    make_folder(path.parent)
    return path


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

    def __init__(self, wanted: S3Object, host: Host, owner: str) -> None:
        self._region = wanted.region
        self._headers = {"x-amz-expected-bucket-owner": owner} if owner else {}
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
        with answer_to(self._signed(url)) as response:
            try:
                return ET.fromstring(response.read())  # noqa: S314 - an answer of S3
            except (OSError, ET.ParseError, http.client.HTTPException) as error:
                raise EngineError(f"{url} can't be listed: {error}") from error

    def _signed(self, url: str) -> urllib.request.Request:
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.session import get_session

        request = AWSRequest("GET", url, headers=self._headers)
        if (credentials := get_session().get_credentials()) is not None:
            S3SigV4Auth(credentials.get_frozen_credentials(), "s3", self._region).add_auth(request)
        return urllib.request.Request(url, headers=dict(request.headers.items()))  # noqa: S310 - built above
