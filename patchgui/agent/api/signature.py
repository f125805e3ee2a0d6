"""Signature Version 4, checked: who signed a request, for what, when, and whether the signature is theirs.

Codes and texts are those that AWS answers with. The expected signature is computed here
rather than by botocore, whose signer rewrites a request object: this path runs on every
call. A contract test holds it against botocore's signatures.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn

from patchgui.agent.clock import Clock
from patchgui.agent.refusal import Refusal

ALGORITHM = "AWS4-HMAC-SHA256"
TOLERANCE = timedelta(minutes=5)
"""How far a request's time may be from ours (AWS: five minutes)."""

_STAMP = "%Y%m%dT%H%M%SZ"
_TERMINATOR = "aws4_request"
_PARTS = ("Credential", "Signature", "SignedHeaders")
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True)
class KeyPair:
    """The credentials of the agent's one user."""

    access_key: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True)
class ReceivedRequest:
    """The parts of an HTTP request that a signature covers; names of headers are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class _Claim:
    """What the Authorization header says."""

    access_key: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str


class SignatureCheck:
    """Checks requests against the agent's key pair; keys derived for a day are kept."""

    def __init__(self, keys: KeyPair, region: str, clock: Clock) -> None:
        self._keys = keys
        self._region = region
        self._clock = clock
        self._signing_keys: dict[tuple[str, str], bytes] = {}

    def check(self, request: ReceivedRequest, service: str) -> None:
        """Let a rightly signed request pass.

        Raises:
            Refusal: MissingAuthenticationTokenException, IncompleteSignatureException,
                UnrecognizedClientException or InvalidSignatureException.
        """
        authorization = request.headers.get("authorization", "")
        if not authorization:
            raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        claim = _read_claim(authorization, request.headers)
        if not hmac.compare_digest(claim.access_key.encode(), self._keys.access_key.encode()):
            raise _unknown_token()
        if request.headers.get("x-amz-security-token"):
            # The key pair is a long-lived one: no session token was ever handed out.
            raise _unknown_token()
        stamp = _signed_at(request.headers)
        self._check_scope(claim, service, stamp)
        self._check_time(stamp)
        self._check_signature(request, claim, stamp)

    def _check_scope(self, claim: _Claim, service: str, stamp: str) -> None:
        problems = []
        if claim.region != self._region:
            problems.append(f"Credential should be scoped to a valid region, not '{claim.region}'. ")
        if claim.service != service:
            problems.append(f"Credential should be scoped to correct service: '{service}'. ")
        if claim.terminator != _TERMINATOR:
            problems.append(
                f"Credential should be scoped with a valid terminator: '{_TERMINATOR}', not '{claim.terminator}'. "
            )
        if claim.date != stamp[:8]:
            problems.append(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                f"'{claim.date}' != '{stamp[:8]}', from '{stamp}'."
            )
        if problems:
            _refuse_signature("".join(problems))

    def _check_time(self, stamp: str) -> None:
        signed_at = datetime.fromisoformat(stamp)
        now = self._clock()
        if signed_at < now - TOLERANCE:
            _refuse_signature(
                f"Signature expired: {stamp} is now earlier than {now - TOLERANCE:{_STAMP}} ({now:{_STAMP}} - 5 min.)"
            )
        if signed_at > now + TOLERANCE:
            _refuse_signature(
                f"Signature not yet current: {stamp} is still later than {now + TOLERANCE:{_STAMP}} "
                f"({now:{_STAMP}} + 5 min.)"
            )

    def _check_signature(self, request: ReceivedRequest, claim: _Claim, stamp: str) -> None:
        if "host" not in claim.signed_headers:
            _refuse_signature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in claim.signed_headers]
        if unsigned:
            _refuse_signature(f"'{unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization.")
        scope = f"{claim.date}/{claim.region}/{claim.service}/{claim.terminator}"
        digest = hashlib.sha256(_canonical(request, claim).encode()).hexdigest()
        to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"
        expected = hmac.new(self._signing_key(claim), to_sign.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
            _refuse_signature(_MISMATCH)

    def _signing_key(self, claim: _Claim) -> bytes:
        known = self._signing_keys.get((claim.date, claim.service))
        if known is not None:
            return known
        key = f"AWS4{self._keys.secret_key}".encode()
        for part in (claim.date, claim.region, claim.service, claim.terminator):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        if len(self._signing_keys) > 8:
            self._signing_keys.clear()
        self._signing_keys[claim.date, claim.service] = key
        return key


def _read_claim(authorization: str, headers: Mapping[str, str]) -> _Claim:
    algorithm, _, rest = authorization.partition(" ")
    fields = {
        name.strip(): value.strip() for name, _, value in (part.partition("=") for part in rest.split(",")) if value
    }
    missing = [f"Authorization header requires '{part}' parameter." for part in _PARTS if not fields.get(part)]
    if not (headers.get("x-amz-date") or headers.get("date")):
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if algorithm != ALGORITHM and not missing:
        missing.append(f"Authorization header requires the algorithm '{ALGORITHM}'.")
    if missing:
        digest = b64encode(hashlib.sha256(authorization.encode()).digest()).decode()
        missing.append(f"(Hashed with SHA-256 and encoded with Base64) Authorization={digest}")
        raise Refusal("IncompleteSignatureException", " ".join(missing))
    credential = fields["Credential"].split("/")
    if len(credential) != 5:
        raise Refusal(
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{fields['Credential']}'",
        )
    access_key, date, region, service, terminator = credential
    names = tuple(fields["SignedHeaders"].lower().split(";"))
    return _Claim(access_key, date, region, service, terminator, names, fields["Signature"])


def _signed_at(headers: Mapping[str, str]) -> str:
    """Return the request's time as SigV4 writes it."""
    given = headers.get("x-amz-date") or headers["date"]
    stamp = given
    if "x-amz-date" not in headers:
        # An ordinary HTTP date; anything else is left to fail the form below.
        with suppress(ValueError):
            stamp = parsedate_to_datetime(given).astimezone(UTC).strftime(_STAMP)
    if not _is_moment(stamp):
        raise Refusal(
            "IncompleteSignatureException",
            f"Date must be in ISO-8601 'basic format'. Got '{given}'. See http://en.wikipedia.org/wiki/ISO_8601",
        )
    return stamp


def _is_moment(stamp: str) -> bool:
    try:
        datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return len(stamp) == 16 and stamp[8] == "T" and stamp.endswith("Z")


def _canonical(request: ReceivedRequest, claim: _Claim) -> str:
    names = claim.signed_headers
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
    query = "&".join(sorted(part if "=" in part else f"{part}=" for part in request.query.split("&") if part))
    digest = hashlib.sha256(request.body).hexdigest()
    return f"{request.method}\n{request.path or '/'}\n{query}\n{headers}\n{';'.join(names)}\n{digest}"


def _unknown_token() -> Refusal:
    return Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")


def _refuse_signature(message: str) -> NoReturn:
    raise Refusal("InvalidSignatureException", message)
