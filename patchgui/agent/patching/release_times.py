"""When versions of packages were released, where their records say so.

Debian's own repositories do not say it; others do, in a field ``Date`` as RFC 2822 or ISO 8601 write times.
"""


def read_release_times(records: str) -> dict[tuple[str, str], float]:
    """Return release times in epoch seconds, by package and version, from the records that ``apt-cache show`` prints.

    A record without a time, or with one that is no time, is left out. Of two records of one version the earlier counts:
    the version was there since then.
    """
    times: dict[tuple[str, str], float] = {}
    for record in records.split("\n\n"):
        # A line that begins with a space goes on with the field before it.
        lines = (line.partition(":") for line in record.splitlines() if line[:1].strip())
        fields = {name.lower(): value.strip() for name, _, value in lines}
        released_at = _epoch_s(fields["date"]) if "date" in fields else None
        if released_at is not None:
            key = fields.get("package", ""), fields.get("version", "")
            times[key] = min(released_at, times.get(key, released_at))
    return times


def _epoch_s(text: str) -> float | None:
    """Return a time in epoch seconds; one without a zone is meant in UTC."""
    # Loaded only where a rule has a delay: the program is to start fast.
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None
