"""Approval delays of a baseline, with the real apt and a repository that tells when its packages were released."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.e2e.sandbox.conftest import NodeShell


def _add_release_times(repository: Path, times: Mapping[str, str]) -> None:
    for suite in (repository / "dists").iterdir():
        for index in suite.rglob("Packages"):
            text = index.read_text()
            for package, time in times.items():
                text = text.replace(f"Package: {package}\n", f"Package: {package}\nDate: {time}\n")
            index.write_text(text)
        fields = {"Suite": suite.name, "Architectures": "all", "Components": "main"}
        options = [f"-oAPT::FTPArchive::Release::{name}={value}" for name, value in fields.items()]
        (suite / "Release").unlink()
        sums = subprocess.run(["apt-ftparchive", *options, "release", str(suite)], check=True, capture_output=True)
        (suite / "Release").write_bytes(sums.stdout)


def test_a_delay_of_the_baseline_holds_where_the_repository_tells_release_times(web: NodeShell, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    young, old = format_datetime(now - timedelta(days=1)), (now - timedelta(days=30)).isoformat()
    repository = shutil.copytree(web.node.repository, tmp_path / "repository")
    _add_release_times(repository, {"sandbox-kernel": young, "sandbox-tls": old})
    rule = {"PatchFilterGroup": {"PatchFilters": []}, "EnableNonSecurity": True, "ApproveAfterDays": 7}
    override = [{"Name": "a week later", "OperatingSystem": "DEBIAN", "ApprovalRules": {"PatchRules": [rule]}}]
    (web.root / "etc/override.json").write_text(json.dumps(override))
    node = replace(web, node=replace(web.node, repository=repository))

    done = node.patch("Install", "--baseline-override /etc/override.json")

    assert done.returncode == 0, done.stderr
    assert "Newer, but not approved by the baseline: 1\n  sandbox-kernel" in done.stdout
    assert web.versions()["sandbox-kernel"] == "6.1.90-1"
    assert web.versions()["sandbox-tls"] == "3.0.15-1~deb12u1"
    assert {name for name, state in web.states().items() if state == "InstalledPendingReboot"} >= {
        "sandbox-httpd",
        "sandbox-shell",
        "sandbox-tls",
    }
