"""The Windows page: maintenance windows with their calendar, settings, targets, tasks and executions."""
