"""The settings that few runs need: time-out, snapshot, where output is kept, who is told."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from patchgui.ui.patch_now.extra_settings import (
    EVENTS,
    ExtraSettings,
    is_arn,
    is_bucket,
    is_log_group,
    is_prefix,
)
from patchgui.ui.widgets.form_field import form_field, mark_line, named_line
from patchgui.ui.widgets.menu_button import MenuButton
from patchgui.ui.widgets.text import label
from patchgui.ui.widgets.toggle import Toggle

_EVENT_WORDS = {"All": "every change", "InProgress": "a start", "TimedOut": "a time-out", "Cancelled": "a cancel"}


class ExtrasView(QWidget):
    """Shows :class:`ExtraSettings` and says when the user changed them."""

    changed = Signal(object)
    """The new :class:`ExtraSettings`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ExtraSettings()
        self._bucket = named_line("S3 bucket", tip="Keeps the whole output of every step; nodes need to write to it")
        self._prefix = named_line("S3 prefix", tip="The folder in the bucket; at most 500 characters")
        self._logs = Toggle("Output to CloudWatch Logs")
        self._group = named_line("Log group", tip="Empty: SSM makes one, called after the document")
        self._topic = named_line("SNS topic", tip="The ARN of the topic that is told")
        self._role = named_line("Role for the topic", tip="The ARN of the role that SSM takes to publish on the topic")
        self._event = MenuButton("Told of", [(event, _words(event)) for event in EVENTS])
        self._per_node = Toggle("Tell of each node")
        self._lay_out()
        self._connect()
        self._show_parts()

    def set_settings(self, settings: ExtraSettings) -> None:
        """Show other settings without saying :attr:`changed`."""
        lines = self._lines()
        for line, text in zip(
            lines,
            (settings.s3_bucket, settings.s3_prefix, settings.log_group, settings.topic_arn, settings.service_role_arn),
            strict=True,
        ):
            line.blockSignals(True)
            line.setText(text)
            line.blockSignals(False)
        for toggle, is_on in ((self._logs, settings.to_cloudwatch), (self._per_node, settings.per_node)):
            toggle.blockSignals(True)
            toggle.setChecked(is_on)
            toggle.blockSignals(False)
        self._event.set_value(settings.event)
        self._shown = settings
        self._show_parts()

    def _lines(self) -> Sequence[QLineEdit]:
        return self._bucket, self._prefix, self._group, self._topic, self._role

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(form_field("S3 bucket for the output", self._bucket))
        column.addLayout(form_field("S3 prefix", self._prefix))
        column.addWidget(self._logs)
        column.addWidget(self._group)
        column.addLayout(form_field("SNS topic", self._topic))
        column.addLayout(form_field("Role that may publish on it", self._role))
        self._told = QWidget()
        told = QVBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(8)
        told.addWidget(label("Told of", "field"))
        told.addWidget(self._event)
        told.addWidget(self._per_node)
        column.addWidget(self._told)
        self._bucket.setPlaceholderText("not kept in S3")
        self._prefix.setPlaceholderText("none")
        self._group.setPlaceholderText("/aws/ssm/ and the document")
        self._topic.setPlaceholderText("nobody is told")
        self._role.setPlaceholderText("arn:aws:iam::…:role/…")

    def _connect(self) -> None:
        for line in self._lines():
            line.textChanged.connect(self._on_changed)
        for toggle in (self._logs, self._per_node):
            toggle.toggled.connect(self._on_changed)
        self._event.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        self._shown = replace(
            self._shown,
            s3_bucket=self._bucket.text().strip(),
            s3_prefix=self._prefix.text().strip(),
            to_cloudwatch=self._logs.isChecked(),
            log_group=self._group.text().strip(),
            topic_arn=self._topic.text().strip(),
            service_role_arn=self._role.text().strip(),
            event=self._event.value,
            per_node=self._per_node.isChecked(),
        )
        self._show_parts()
        self.changed.emit(self._shown)

    def _show_parts(self) -> None:
        shown = self._shown
        self._group.setVisible(shown.to_cloudwatch)
        self._told.setVisible(bool(shown.topic_arn))
        mark_line(self._bucket, fits=is_bucket(shown.s3_bucket) and not (shown.s3_prefix and not shown.s3_bucket))
        mark_line(self._prefix, fits=is_prefix(shown.s3_prefix))
        mark_line(self._group, fits=is_log_group(shown.log_group))
        mark_line(self._topic, fits=is_arn(shown.topic_arn) and not (shown.service_role_arn and not shown.topic_arn))
        mark_line(
            self._role, fits=is_arn(shown.service_role_arn) and not (shown.topic_arn and not shown.service_role_arn)
        )


def _words(event: str) -> str:
    return _EVENT_WORDS.get(event, event.lower())
