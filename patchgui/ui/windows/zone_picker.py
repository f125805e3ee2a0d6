"""Chooses a time zone by searching: by its name, a part of it, or its distance from UTC."""

from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from patchgui.ui.widgets.field_picker import FieldPicker
from patchgui.ui.widgets.pick_item import PickItem
from patchgui.ui.windows.moments import my_zone_name, offset_words, utc_now

_SHOWN: Final = 80


@cache
def zone_names() -> tuple[str, ...]:
    """Return the names of all zones, UTC and mine first; places before the old short names."""
    names = available_timezones() - {"UTC", my_zone_name(), "Factory", "localtime"}
    first = dict.fromkeys(("UTC", my_zone_name()))
    return (*first, *sorted(names, key=lambda name: ("/" not in name, name.startswith("Etc/"), name)))


class ZonePicker(FieldPicker):
    """Holds the name of a zone of the IANA database, as in ``Europe/Berlin``."""

    list_name = "Time zones"
    list_hint = "Berlin, New York, UTC+09:00"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Time zone", "UTC", parent)

    @override
    def search(self, typed: str) -> list[PickItem]:
        """Return the zones that match every word typed; beside each, what its clocks show now."""
        words = typed.lower().replace("_", " ").split()
        now = utc_now()
        found: list[PickItem] = []
        for name in zone_names():
            haystack = name.lower().replace("_", " ")
            if all(word in haystack or word.startswith("utc") for word in words):
                item = _item(name, now)
                if all(word in f"{haystack} {item.detail.lower()}" for word in words):
                    found.append(item)
            if len(found) == _SHOWN:
                break
        return found


def _item(name: str, now: datetime) -> PickItem:
    local = now.astimezone(ZoneInfo(name))
    mine = ", yours" if name == my_zone_name() else ""
    return PickItem(name, name, f"{local:%H:%M} · {offset_words(local)}{mine}", "clock")
