"""The window around the pages: top bar, rail, status bar, Ctrl+K."""
