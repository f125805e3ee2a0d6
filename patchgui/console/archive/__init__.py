"""The record of what happened, over all connections: readable when none is open, and kept when AWS has forgotten."""
