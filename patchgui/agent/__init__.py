"""The local agent: it serves the SSM API on loopback and really runs the documents."""
