"""What the settings of the archive say: sizes, limits, and what would go."""

from typing import Final

from patchgui.console.archive.entries import ArchiveSize, Retention, RetentionPreview
from patchgui.patching.wording import counted

AGES: Final = (
    ("", "For ever"),
    ("30", "For 30 days"),
    ("90", "For 90 days"),
    ("365", "For a year"),
    ("730", "For 2 years"),
    ("1825", "For 5 years"),
)
"""In days."""
SIZES: Final = (
    ("", "As much as there is"),
    ("256", "At most 256 MB"),
    ("1024", "At most 1 GB"),
    ("4096", "At most 4 GB"),
    ("16384", "At most 16 GB"),
)
"""In MiB."""
_MIB: Final = 1 << 20


def retention_of(age: str, size: str) -> Retention:
    """Return the limits that were chosen, by the values of :data:`AGES` and :data:`SIZES`."""
    return Retention(int(age) if age else None, int(size) * _MIB if size else None)


def bytes_words(size: int) -> str:
    """Return a size for people: ``812 KB``, ``1.4 GB``."""
    number = float(size)
    for unit in ("bytes", "KB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def size_words(size: ArchiveSize) -> str:
    """Return how much there is: ``1,204 runs · 212 MB · the oldest from 3 March 2025``."""
    oldest = f"the oldest from {size.oldest.astimezone():%-d %B %Y}" if size.oldest is not None else ""
    return " · ".join(filter(None, (counted(size.runs, "run"), bytes_words(size.file_bytes), oldest)))


def preview_words(preview: RetentionPreview) -> str:
    """Return what limits would delete, in numbers."""
    if not preview.runs:
        return "No run would be deleted: none is older, and all together take less."
    oldest = preview.oldest_kept
    kept = f"; the oldest of them is from {oldest.astimezone():%-d %B %Y}" if oldest is not None else ""
    stays = f"{counted(preview.kept_runs, 'run')} {'stays' if preview.kept_runs == 1 else 'stay'}{kept}."
    return f"{counted(preview.runs, 'run')} would be deleted: {bytes_words(preview.bytes)}. {stays}"
