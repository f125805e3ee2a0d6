"""The tables of the agent's own nouns: nodes, tags, documents, patches. Statements are only ever added."""

MIGRATIONS: tuple[str, ...] = (
    """CREATE TABLE node (
        instance_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        registered_at REAL NOT NULL,
        last_ping_at REAL
    ) STRICT""",
    """CREATE TABLE tag (
        resource_type TEXT NOT NULL,
        resource_id TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (resource_type, resource_id, key)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE document (
        name TEXT PRIMARY KEY,
        default_version INTEGER NOT NULL,
        last_number INTEGER NOT NULL,
        document_type TEXT NOT NULL,
        display_name TEXT,
        target_type TEXT,
        created_at REAL NOT NULL
    ) STRICT""",
    """CREATE TABLE document_version (
        name TEXT NOT NULL REFERENCES document (name) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        version_name TEXT,
        format TEXT NOT NULL,
        content TEXT NOT NULL,
        schema_version TEXT NOT NULL,
        platforms TEXT NOT NULL,
        created_at REAL NOT NULL,
        PRIMARY KEY (name, version)
    ) STRICT""",
    "CREATE TABLE seeded (name TEXT PRIMARY KEY) STRICT",
    """CREATE TABLE patch_summary (
        instance_id TEXT PRIMARY KEY,
        report TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE patch (
        instance_id TEXT NOT NULL REFERENCES patch_summary (instance_id) ON DELETE CASCADE,
        title TEXT NOT NULL,
        kb_id TEXT NOT NULL,
        classification TEXT NOT NULL,
        severity TEXT NOT NULL,
        state TEXT NOT NULL,
        installed_time REAL,
        cve_ids TEXT NOT NULL,
        PRIMARY KEY (instance_id, title)
    ) STRICT""",
)
