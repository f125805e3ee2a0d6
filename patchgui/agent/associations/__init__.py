"""Associations: documents that run on nodes at set times, once, also when the agent was down at that moment."""
