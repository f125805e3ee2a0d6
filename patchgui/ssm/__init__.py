"""The wire: SSM's shapes and operations, the client that speaks them, and the errors it raises."""
