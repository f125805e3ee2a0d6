"""The style sheet of the window, built from a theme: sizes and shapes here, colours by role only."""

from string import Template

from PySide6.QtGui import QFont

from patchgui.ui.theme import Theme

_SHEET = Template("""
QWidget#shell { background: $window; }
QToolTip { background: $card; color: $text; border: 1px solid $control_line; padding: 4px 6px; }
QFrame[role="card"] { background: $card; border: 1px solid $line; border-radius: 8px; }
QFrame[role="inset"] { background: $window; border: 1px solid $line; border-radius: 6px; }
QFrame[role="inset"] QListView { background: $window; }
QFrame[role="popup"] { background: $card; border: 1px solid $control_line; border-radius: 8px; }
QFrame[role="line"] { background: $line; border: none; }
QWidget[role="bar"] { background: $card; }
QLabel { background: transparent; color: $text; }
QLabel[role="page-title"] { font-size: ${page_pt}pt; font-weight: 600; }
QLabel[role="card-title"] { font-size: ${title_pt}pt; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="dim"], QWidget[role="dim"] { color: $dim; }
QLabel[role="help"], QLabel[role="field"], QWidget[role="help"] { color: $dim; font-size: ${help_pt}pt; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="banner-hint"] { font-size: ${help_pt}pt; }
QLabel[role="keys"] { color: $dim; border: 1px solid $line; border-radius: 4px; padding: 0 5px;
  font-size: ${help_pt}pt; background: $card; }

QPushButton { background: $card; color: $text; border: 1px solid $control_line; border-radius: 6px;
  padding: 5px 12px; min-height: 20px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 11px; outline: none; }
QPushButton:disabled { color: $dim; background: $window; border-color: $line; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
  padding: 7px 14px; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; padding: 6px 13px; }
QPushButton[kind="primary"]:disabled { background: $hover; color: $on_selection_dim; border-color: $line; }
QPushButton[kind="danger"] { color: $danger; }
QPushButton[kind="danger"]:disabled { color: $dim; }
QPushButton[kind="link"] { border: none; background: transparent; color: $accent; padding: 2px 2px;
  text-decoration: underline; min-height: 16px; text-align: left; }
QPushButton[kind="link"]:focus { border: 1px solid $accent; padding: 1px 1px; }
QPushButton[kind="link"]:disabled { color: $dim; text-decoration: none; }
QPushButton[kind="small"] { padding: 2px 8px; min-height: 16px; margin-top: 4px; }
QPushButton[kind="small"]:focus { padding: 1px 7px; }
QPushButton[kind="bare"] { border: none; background: transparent; padding: 3px; min-height: 14px; border-radius: 4px; }
QPushButton[kind="bare"]:hover { background: $hover; }
QPushButton[kind="bare"]:focus { border: 2px solid $accent; padding: 1px; }
QPushButton[kind="segment"] { border-radius: 0; border-right-width: 0; padding: 5px 4px; }
QPushButton[kind="segment"][place="first"] { border-top-left-radius: 6px; border-bottom-left-radius: 6px; }
QPushButton[kind="segment"][place="last"] { border-top-right-radius: 6px; border-bottom-right-radius: 6px;
  border-right-width: 1px; }
QPushButton[kind="segment"]:checked { background: $selection; color: $accent; font-weight: 600; }
QPushButton[kind="segment"]:checked:disabled { color: $dim; background: $window; }
QPushButton[kind="segment"]:focus { border: 2px solid $accent; padding: 4px 3px; }
QPushButton[kind="chip"] { background: $selection; color: $accent; border: 1px solid $selection; border-radius: 10px;
  padding: 1px 8px; min-height: 16px; font-size: ${help_pt}pt; }
QPushButton[kind="chip"]:hover { border-color: $accent; }
QPushButton[kind="chip"]:focus { border: 1px solid $accent; }
QPushButton[kind="field"] { text-align: left; padding: 5px 10px; }
QPushButton[kind="field"]:focus { padding: 4px 9px; }

QLineEdit, QPlainTextEdit, QTextEdit { background: $card; color: $text; border: 1px solid $control_line;
  border-radius: 6px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit { padding: 5px 8px; min-height: 20px; placeholder-text-color: $dim; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $accent; }
QLineEdit:focus { padding: 4px 7px; }
QLineEdit:disabled { color: $dim; background: $window; }
QLineEdit[role="fact"] { background: transparent; border: none; border-radius: 0; padding: 0; min-height: 16px; }
QLineEdit[invalid="true"] { border-color: $danger; }
QTextEdit[role="diff"] { border-color: transparent; }
QTextEdit[role="diff"]:focus { border-color: $accent; }
QPlainTextEdit[role="code"] { background: $window; border-color: $line; padding: 4px; }
QPlainTextEdit[role="code"]:focus { border: 2px solid $accent; padding: 3px; }

QAbstractItemView { background: $card; color: $text; border: none; outline: none;
  selection-background-color: $selection; selection-color: $text; }
QTableView, QTreeView { gridline-color: $line; }
QHeaderView { background: $card; border: none; }
QHeaderView::section { background: $card; color: $dim; border: none; border-bottom: 1px solid $line;
  padding: 4px 8px; font-size: ${help_pt}pt; font-weight: 400; }
QHeaderView::section:hover { color: $text; }
QListView::item { padding: 4px 8px; border-radius: 6px; }
QListView::item:selected { background: $selection; color: $text; }

QMenu { background: $card; color: $text; border: 1px solid $control_line; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 5px 20px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $dim; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QProgressBar { background: $line; border: none; border-radius: 4px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 4px; }

QScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="scrolled"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $control_line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $dim; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $dim; padding: 4px 2px; margin-right: 14px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; font-weight: 600; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { border-bottom-color: $accent; }
QSplitter::handle { background: transparent; }
QDialog, QDialog > QWidget#sheet { background: $card; }
""")


def stylesheet(theme: Theme, font: QFont) -> str:
    """Return the style sheet for ``theme``, with sizes measured from the system's ``font``."""
    size = font.pointSizeF()
    hover = theme.accent.lighter(112) if theme.is_dark else theme.accent.darker(112)
    return _SHEET.substitute(
        window=theme.window.name(),
        card=theme.card.name(),
        line=theme.line.name(),
        control_line=theme.control_line.name(),
        text=theme.text.name(),
        dim=theme.dim.name(),
        accent=theme.accent.name(),
        accent_hover=hover.name(),
        on_accent=theme.on_accent.name(),
        on_selection_dim=theme.on_selection_dim.name(),
        hover=theme.hover.name(),
        selection=theme.selection.name(),
        danger=theme.role("failed").fg.name(),
        page_pt=size + 4,
        title_pt=size + 1,
        help_pt=max(size - 0.75, 7.0),
    )
