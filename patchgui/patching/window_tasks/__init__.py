"""Tasks of maintenance windows: fields, a draft of a change, what it changes, what others changed meanwhile."""
