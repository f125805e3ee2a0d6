"""The calls that the simulator answers itself; those on documents, tags and baselines are the agent's own."""
