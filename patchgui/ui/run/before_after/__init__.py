"""Patch states of a run's nodes before and after it: what it changed, and who did not get better."""
