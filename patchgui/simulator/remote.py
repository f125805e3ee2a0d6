"""Telling a running fleet: calls of our own, signed with its key pair."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.key_pair import load_or_make
from patchgui.ssm.errors import AgentError

_PREFIX = "PatchNowSimulator."
_PATIENCE_S = 20.0


def tell(door: Mapping[str, Any], action: str, members: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Make one call to the fleet behind a ready line and return the answer.

    Raises:
        AgentError: it does not answer, or refuses.
    """
    request = _signed(door, action, json.dumps(members or {}).encode())
    # No proxy stands between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_PATIENCE_S) as answer:
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        words = error.read().decode(errors="replace")
        raise AgentError(f"The fleet refused {action}: {words}") from error
    except OSError as error:
        raise AgentError(
            f"The fleet on {door['endpoint_url']} does not answer: {error}.",
            hint="Start one with: patchgui demo-fleet",
        ) from error
    return found


def _signed(door: Mapping[str, Any], action: str, body: bytes) -> urllib.request.Request:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    keys = load_or_make(Path(door["credentials_file"]))
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{_PREFIX}{action}"}
    asked = AWSRequest("POST", door["endpoint_url"] + "/", headers, data=body)
    SigV4Auth(Credentials(keys.access_key, keys.secret_key), "ssm", door["region"]).add_auth(asked)
    return urllib.request.Request(str(asked.url), body, dict(asked.headers.items()), method="POST")  # noqa: S310
