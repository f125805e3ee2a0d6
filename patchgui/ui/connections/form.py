"""The form of one connection: what it is called, who asks, and where."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from patchgui.console.connection import Connection
from patchgui.console.connection_draft import LABEL_MAX, ConnectionDraft
from patchgui.ui.connections.pickers import ColourPicker, ProfilePicker, RegionPicker
from patchgui.ui.connections.presenter import Choices, Trial
from patchgui.ui.connections.words import trial_trouble, trial_words
from patchgui.ui.widgets.form_field import form_field, mark_line, named_line
from patchgui.ui.widgets.side_form import SideForm
from patchgui.ui.widgets.text import label
from patchgui.ui.widgets.toggle import Toggle

_GUARD_SAYS = "For production: nothing is installed there by mistake."
_ADDRESS_SAYS = "Only for a VPC endpoint, a proxy of your own, or another server that speaks SSM."


class ConnectionForm(SideForm):
    """Edits a :class:`ConnectionDraft`. What is wrong stands under its field once the field has been touched."""

    save_wanted = Signal(object, str)
    """The draft, and the id of the connection that it changes; the id is empty for a new one."""
    test_wanted = Signal(object)
    """The draft is to be tried."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("New connection", "Save", ("label", "profile", "region", "endpoint_url"), parent)
        self._before = ""
        self._others: tuple[Connection, ...] = ()
        self._touched: set[str] = set()
        self.name = named_line("Name", "Staging, Frankfurt")
        self.name.setMaxLength(LABEL_MAX)
        self.colour = ColourPicker()
        self.profile = ProfilePicker()
        self.region = RegionPicker()
        self.address = named_line("Address", "that of the region")
        self.guard = Toggle("Ask for the name before patching")
        self._way = label("", "help", wrap=True)
        self._test = QPushButton("Test")
        self._is_testing = False
        self._lay_out()
        self._connect()

    @property
    def draft(self) -> ConnectionDraft:
        """What stands in the form."""
        return ConnectionDraft(
            self.name.text(),
            self.profile.value,
            self.region.value,
            self.address.text(),
            self.colour.value,
            self.guard.isChecked(),
        )

    def begin(self, draft: ConnectionDraft, others: Iterable[Connection], before: str = "") -> None:
        """Edit ``draft``; ``before`` is the id of the connection that it changes, ``others`` are those beside it."""
        self._before, self._others, self._touched = before, tuple(others), set()
        self.title.setText(f"Edit {draft.label}" if before else "New connection")
        self.name.setText(draft.label)
        self.profile.set_value(draft.profile)
        self.region.set_value(draft.region)
        self.address.setText(draft.endpoint_url)
        self.colour.set_value(draft.colour)
        self.guard.setChecked(draft.is_guarded)
        self._touched.clear()
        self.banner.hide()
        self._show_test(is_running=False)
        self._refresh()
        self.name.setFocus()

    def show_choices(self, choices: Choices) -> None:
        """Offer these profiles and regions."""
        self.profile.set_profiles(choices.profiles)
        self.region.set_regions(choices.regions)
        if choices.trouble is not None:
            self.show_failure(choices.trouble)
        self._refresh()

    def show_trial(self, trial: Trial) -> None:
        """Show what came of trying the draft."""
        self._show_test(is_running=trial.is_running)
        if trial.is_running:
            self.banner.hide()
            return
        trouble = trial_trouble(trial)
        if trouble is not None:
            self.show_failure(trouble)
            return
        self.banner.show_message("success", *trial_words(trial))
        self.banner.show()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = self.area.column
        column.setSpacing(14)
        column.addLayout(form_field("Name", self.name, self.problems["label"]))
        column.addLayout(form_field("Colour", self.colour))
        column.addLayout(form_field("Profile", self.profile, self.problems["profile"], self._way))
        column.addLayout(form_field("Region", self.region, self.problems["region"]))
        said = label(_ADDRESS_SAYS, "help", wrap=True)
        column.addLayout(form_field("Address (optional)", self.address, self.problems["endpoint_url"], said))
        guard = QVBoxLayout()
        guard.setSpacing(2)
        guard.addWidget(self.guard)
        guard.addWidget(label(_GUARD_SAYS, "help", wrap=True))
        column.addLayout(guard)
        column.addStretch(1)
        self.lay_foot(self._test)

    def _connect(self) -> None:
        self.name.textEdited.connect(self._on_name)
        self.address.textEdited.connect(self._on_address)
        self.profile.chosen.connect(self._on_profile)
        self.region.chosen.connect(self._on_region)
        self._test.clicked.connect(self._on_test)
        for line in (self.name, self.address):
            line.returnPressed.connect(self.save)

    def _on_name(self) -> None:
        self._touch("label")

    def _on_address(self) -> None:
        self._touch("endpoint_url")

    def _on_region(self) -> None:
        self._touch("region")

    def _on_profile(self) -> None:
        chosen = self.profile.profile()
        if chosen is not None and chosen.region and not self.region.value:
            self.region.set_value(chosen.region)
        self._touch("profile")

    def _touch(self, field: str) -> None:
        self._touched.add(field)
        self.banner.hide()
        self._refresh()

    def _refresh(self) -> None:
        problems = self.draft.problems(self._others)
        self.show_problems({field: told for field, told in problems.items() if field in self._touched})
        mark_line(self.name, fits=not self.problems["label"].text())
        mark_line(self.address, fits=not self.problems["endpoint_url"].text())
        chosen = self.profile.profile()
        self._way.setText(_way_words(chosen.kind, needs_code=chosen.needs_code) if chosen is not None else "")
        self._way.setVisible(bool(self._way.text()))

    def _is_complete(self) -> bool:
        """Whether nothing is wrong; else every problem is shown, and the keyboard is where the first one is."""
        self._touched = set(self.problems)
        self._refresh()
        problems = self.draft.problems(self._others)
        fields = {"label": self.name, "region": self.region, "endpoint_url": self.address, "profile": self.profile}
        return not self.stand_on_first(fields, problems)

    def _on_test(self) -> None:
        if self._is_complete() and not self._is_testing:
            self.test_wanted.emit(self.draft)

    @override
    def save(self) -> None:
        if self._is_complete():
            self.save_wanted.emit(self.draft, self._before)

    def _show_test(self, *, is_running: bool) -> None:
        # Not disabled meanwhile: the keyboard would go on to *Cancel*, and the next key would throw the form away.
        self._is_testing = is_running
        self._test.setText("Testing…" if is_running else "Test")


def _way_words(kind: str, *, needs_code: bool) -> str:
    code = " You are asked for its code when it is opened." if needs_code else ""
    return f"Credentials: {kind}.{code}"
