"""Maintenance windows: kept, opened at their moment, once, and their tasks run as commands."""
