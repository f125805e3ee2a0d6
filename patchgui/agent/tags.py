"""Tags of nodes, maintenance windows, documents and baselines."""

from collections.abc import Iterable, Mapping

from patchgui.agent.refusal import Refusal
from patchgui.agent.store.database import Database
from patchgui.ssm.shapes import ResourceTypeForTagging

MAX_TAGS = 50
"""How many tags a resource may carry (AWS general limit)."""


class TagStore:
    """All tags, kept in memory (selections by tag are frequent) and in the state file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tags: dict[tuple[str, str], dict[str, str]] = {}
        for row in database.rows("SELECT * FROM tag ORDER BY resource_type, resource_id, key"):
            self._tags.setdefault((row["resource_type"], row["resource_id"]), {})[row["key"]] = row["value"]

    def get(self, resource_type: ResourceTypeForTagging, resource_id: str) -> Mapping[str, str]:
        """Return a resource's tags, by key."""
        return self._tags.get((resource_type, resource_id), {})

    def put(self, resource_type: ResourceTypeForTagging, resource_id: str, tags: Mapping[str, str]) -> None:
        """Add tags, or give those already there a new value.

        Raises:
            Refusal: TooManyTagsError, when the resource would carry more than 50.
        """
        merged = {**self.get(resource_type, resource_id), **tags}
        if len(merged) > MAX_TAGS:
            raise Refusal("TooManyTagsError", f"{resource_id} would have {len(merged)} tags; {MAX_TAGS} are allowed.")
        with self._database.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO tag VALUES (?, ?, ?, ?)",
                [(resource_type, resource_id, key, value) for key, value in tags.items()],
            )
        self._tags[resource_type, resource_id] = dict(sorted(merged.items()))

    def remove(self, resource_type: ResourceTypeForTagging, resource_id: str, keys: Iterable[str]) -> None:
        """Take tags away; a key that is not there is no error."""
        gone = set(keys)
        with self._database.write() as db:
            db.executemany(
                "DELETE FROM tag WHERE resource_type = ? AND resource_id = ? AND key = ?",
                [(resource_type, resource_id, key) for key in gone],
            )
        left = {key: value for key, value in self.get(resource_type, resource_id).items() if key not in gone}
        self._tags[resource_type, resource_id] = left

    def forget(self, resource_type: ResourceTypeForTagging, resource_id: str) -> None:
        """Take all tags of a resource away: it was deleted."""
        self._database.execute(
            "DELETE FROM tag WHERE resource_type = ? AND resource_id = ?", (resource_type, resource_id)
        )
        self._tags.pop((resource_type, resource_id), None)
