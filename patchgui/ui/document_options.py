"""Documents as a picker offers them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from patchgui.ui.widgets.document_picker import DocumentOption

if TYPE_CHECKING:
    # Loads the shapes, and with them pydantic: not before the first paint.
    from patchgui.ssm.shapes import DocumentIdentifier


def options_of(documents: "Iterable[DocumentIdentifier]") -> tuple[DocumentOption, ...]:
    """Return what a picker offers, own documents first."""
    return tuple(sorted(map(_option, documents), key=_own_first))


def _option(document: "DocumentIdentifier") -> DocumentOption:
    owner = document.owner or ""
    words = [owner] if owner == "Amazon" else ["yours" if owner else ""]
    words += [str(platform) for platform in document.platform_types or ()]
    return DocumentOption(document.name or "", " · ".join(word for word in words if word))


def _own_first(option: DocumentOption) -> tuple[bool, str]:
    return option.detail.startswith("Amazon"), option.name.lower()
