"""An SSM document as a source of aws:downloadContent."""

import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patchgui.agent.engine.plugins.download_places import file_at, needed, save
from patchgui.agent.engine.plugins.run_document import name_and_version
from patchgui.agent.engine.surroundings import Host


def download_document(source: Mapping[str, Any], destination: str, host: Host) -> list[Path]:
    """Save the document that ``name`` means: a name, a name with version, or an ARN.

    Raises:
        EngineError: when there is none.
        OSError: when it can't be saved.
    """
    name, version = name_and_version(needed(source, "name"))
    text = host.fetch_document(name, version)
    return [save(file_at(destination, f"{posixpath.basename(name)}.json"), text.encode())]
