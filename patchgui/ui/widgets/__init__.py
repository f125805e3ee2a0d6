"""Widgets shared by the pages: they draw and emit, and know neither presenters nor the console."""
