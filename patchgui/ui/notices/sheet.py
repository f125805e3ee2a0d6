"""The settings of notices: who is told beside the window, and a test of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from patchgui.console.notice_settings import NoticeSettings, problems
from patchgui.ui.errors import Trouble
from patchgui.ui.notices.presenter import Trial
from patchgui.ui.widgets.banner import Banner
from patchgui.ui.widgets.text import label
from patchgui.ui.widgets.toggle import Toggle

_WIDTH_PX = 520
_INTRO = "While you look elsewhere, Patch Now tells you when the first node of a run fails, and when a run has ended."
_WEBHOOK_SAYS = "Gets a message in the form of Slack; Mattermost, Rocket.Chat and Discord (…/slack) take it too."
_COMMAND_SAYS = "Is run without a shell; the notice is JSON on its input, and PATCHGUI_… in its environment."


class NoticesSheet(QDialog):
    """Edits :class:`NoticeSettings`. What is wrong stands under its field; nothing is kept before Save."""

    save_wanted = Signal(object)
    """The settings to keep."""
    test_wanted = Signal(object)
    """The settings to try once."""

    def __init__(self, settings: NoticeSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Notices")
        self.setAccessibleName("Notices")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH_PX)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.desktop = Toggle("Desktop notifications")
        self.desktop.setChecked(settings.on_desktop)
        self.trouble = Toggle("Only when something went wrong")
        self.trouble.setChecked(settings.only_trouble)
        self.webhook = _line("Webhook", "https://hooks.example.com/services/…", settings.webhook_url)
        # Whoever knows the address may post there: it is not read over a shoulder.
        self.webhook.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.command = _line("Command", "/usr/local/bin/tell-the-team --room patching", settings.command)
        self._problems = {name: label("", "danger", wrap=True) for name in ("webhook_url", "command")}
        self._banner = Banner()
        self._test = QPushButton("Send a test")
        self._test.setAutoDefault(False)
        self.go = QPushButton("Save")
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self._lay_out()
        for field in (self.webhook, self.command):
            field.textChanged.connect(self._refresh)
        self._test.clicked.connect(self._on_test)
        self.go.clicked.connect(self._on_save)
        self._refresh()

    @property
    def settings(self) -> NoticeSettings:
        """What stands in the sheet."""
        return NoticeSettings(
            on_desktop=self.desktop.isChecked(),
            only_trouble=self.trouble.isChecked(),
            webhook_url=self.webhook.text().strip(),
            command=self.command.text().strip(),
        )

    def show_trial(self, trial: Trial) -> None:
        """Show what came of a test."""
        self._test.setText("Sending…" if trial.is_running else "Send a test")
        self._test.setEnabled(not trial.is_running)
        if trial.is_running:
            self._banner.hide()
        elif trial.troubles:
            self._banner.show_trouble(trial.troubles[0])
            self._banner.show()
        else:
            self._banner.show_message("success", "The test was taken.", "Look whether it arrived.")
            self._banner.show()

    def show_failure(self, trouble: Trouble) -> None:
        """Show why the settings could not be kept."""
        self._banner.show_trouble(trouble)
        self._banner.show()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(label("Notices", "page-title"))
        column.addWidget(label(_INTRO, wrap=True))
        column.addWidget(self.desktop)
        column.addWidget(self.trouble)
        fields = (
            ("Webhook (optional)", self.webhook, "webhook_url", _WEBHOOK_SAYS),
            ("Command (optional)", self.command, "command", _COMMAND_SAYS),
        )
        for title, field, name, says in fields:
            group = QVBoxLayout()
            group.setSpacing(4)
            caption = QLabel(title)
            caption.setBuddy(field)
            group.addWidget(caption)
            group.addWidget(field)
            group.addWidget(self._problems[name])
            group.addWidget(label(says, "help", wrap=True))
            column.addLayout(group)
        self._banner.hide()
        column.addWidget(self._banner)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._test)
        foot.addStretch(1)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        foot.addWidget(cancel)
        foot.addWidget(self.go)
        column.addLayout(foot)

    def _refresh(self) -> None:
        found = problems(self.settings)
        for name, line in self._problems.items():
            line.setText(found.get(name, ""))
            line.setVisible(name in found)
        self.go.setEnabled(not found)
        has_way = bool(self.settings.webhook_url or self.settings.command)
        self._test.setEnabled(has_way and not found)

    def _on_test(self) -> None:
        self.test_wanted.emit(self.settings)

    def _on_save(self) -> None:
        self.save_wanted.emit(self.settings)


def _line(name: str, example: str, text: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(name)
    field.setPlaceholderText(example)
    return field
