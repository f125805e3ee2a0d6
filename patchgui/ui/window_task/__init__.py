"""The editor of a task of a maintenance window."""
