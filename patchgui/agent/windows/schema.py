"""The tables of maintenance windows. Statements are only ever added."""

MIGRATIONS: tuple[str, ...] = (
    """CREATE TABLE maintenance_window (
        seq INTEGER PRIMARY KEY,
        window_id TEXT NOT NULL UNIQUE,
        settings TEXT NOT NULL,
        created_at REAL NOT NULL,
        modified_at REAL NOT NULL,
        scheduled_at REAL NOT NULL,
        next_at REAL
    ) STRICT""",
    """CREATE TABLE window_target (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        window_id TEXT NOT NULL REFERENCES maintenance_window (window_id) ON DELETE CASCADE,
        settings TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE window_task (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        window_id TEXT NOT NULL REFERENCES maintenance_window (window_id) ON DELETE CASCADE,
        settings TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE window_token (
        operation TEXT NOT NULL,
        token TEXT NOT NULL,
        request TEXT NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (operation, token)
    ) STRICT, WITHOUT ROWID""",
    # An execution outlives its window.
    """CREATE TABLE window_execution (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        window_id TEXT NOT NULL,
        due_at REAL NOT NULL,
        cutoff_at REAL NOT NULL,
        started_at REAL NOT NULL,
        ended_at REAL,
        status TEXT NOT NULL,
        status_details TEXT NOT NULL,
        is_cut_off INTEGER NOT NULL DEFAULT 0,
        is_cancelled INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX window_execution_open ON window_execution (seq) WHERE ended_at IS NULL",
    "CREATE INDEX window_execution_of ON window_execution (window_id, seq DESC)",
    """CREATE TABLE window_execution_task (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        execution_id TEXT NOT NULL REFERENCES window_execution (id) ON DELETE CASCADE,
        window_task_id TEXT NOT NULL,
        settings TEXT NOT NULL,
        priority INTEGER NOT NULL,
        started_at REAL,
        ended_at REAL,
        status TEXT NOT NULL,
        status_details TEXT NOT NULL,
        is_cut_off INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX window_execution_task_of ON window_execution_task (execution_id)",
    """CREATE TABLE window_invocation (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        task_id TEXT NOT NULL REFERENCES window_execution_task (id) ON DELETE CASCADE,
        request TEXT NOT NULL,
        window_target_id TEXT NOT NULL,
        owner_information TEXT,
        command_id TEXT,
        started_at REAL,
        ended_at REAL,
        status TEXT NOT NULL,
        status_details TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX window_invocation_of ON window_invocation (task_id)",
)
