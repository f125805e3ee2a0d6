"""The window: shell, pages, widgets, item models, theme. Qt lives here and in the composition root only."""
