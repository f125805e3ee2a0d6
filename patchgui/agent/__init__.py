"""The local agent: Systems Manager's API on loopback, with nodes that it really patches."""
