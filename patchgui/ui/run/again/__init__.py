"""Sending a run once more: what will happen, the question before it, and the new run."""
