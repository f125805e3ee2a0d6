"""The tables of associations. Statements are only ever added."""

MIGRATIONS: tuple[str, ...] = (
    """CREATE TABLE association (
        seq INTEGER PRIMARY KEY,
        association_id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL DEFAULT 1,
        settings TEXT NOT NULL,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        due_at REAL
    ) STRICT""",
    """CREATE TABLE association_execution (
        seq INTEGER PRIMARY KEY,
        execution_id TEXT NOT NULL UNIQUE,
        association_id TEXT NOT NULL REFERENCES association (association_id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        created_at REAL NOT NULL,
        command_id TEXT,
        refusal TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    "CREATE INDEX execution_of ON association_execution (association_id, seq DESC)",
)
