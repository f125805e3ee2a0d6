"""Schedules of maintenance windows: ``cron(…)``, ``rate(…)`` and ``at(…)``, their runs, and what they say in words."""
