"""Lists that replace the baseline for one operation: a file of the node, or an ``https`` address."""

import json
import os
from typing import Any

from patchgui.agent.patching.trouble import Trouble

_BOTH_GIVEN = 167
"""The exit status for an install override list and a baseline override together (engine.md §12.1)."""


def check_options(install_override_list: str, baseline_override: str) -> None:
    """Refuse both lists together.

    Raises:
        Trouble: both are given.
    """
    if install_override_list and baseline_override:
        raise Trouble("Give InstallOverrideList or BaselineOverride, not both.", _BOTH_GIVEN)


def read_patterns(place: str) -> tuple[str, ...]:
    """Return the patches of an install override list: the ``id`` of each of its ``patches``.

    Raises:
        Trouble: the list cannot be fetched or read.
    """
    content = _parse(place)
    entries = content.get("patches") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(each, dict) and each.get("id") for each in entries):
        raise Trouble(f"The install override list {place} must have 'patches', each with an 'id'.")
    return tuple(str(each["id"]) for each in entries)


def read_baseline(place: str, operating_system: str) -> dict[str, Any]:
    """Return the baseline for this operating system from a list of baselines.

    Raises:
        Trouble: the list cannot be fetched or read, or has no baseline for this system.
    """
    content = _parse(place)
    baselines = content if isinstance(content, list) else [content]
    for baseline in baselines:
        if isinstance(baseline, dict) and baseline.get("OperatingSystem", operating_system) == operating_system:
            return baseline
    raise Trouble(f"The baseline override {place} has no baseline for {operating_system}.")


def _parse(place: str) -> Any:
    text = _fetch(place)
    try:
        return json.loads(text)
    except ValueError:
        pass
    # Not JSON: YAML then. The program runs without installed packages; here alone it needs one.
    import site

    site.main()
    try:
        import yaml
    except ImportError:
        raise Trouble(f"{place} is not JSON, and this node cannot read YAML. Give the list as JSON.") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Trouble(f"{place} is neither JSON nor YAML: {error}") from error


def _fetch(place: str) -> str:
    if place.startswith("s3://"):
        raise Trouble(f"{place}: the local agent does not read from S3. Give an https address.")
    try:
        if place.startswith("https://"):
            from urllib.request import urlopen

            with urlopen(place, timeout=30) as answer:  # noqa: S310 - the scheme was just checked
                return str(answer.read().decode())
        with open(os.path.expanduser(place), encoding="utf-8") as file:  # noqa: PTH111, PTH123
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{place} cannot be read: {error}") from error
