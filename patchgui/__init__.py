"""Patch Now: a desktop console that patches servers with lifecycle hooks."""

__version__ = "0.1.0"
