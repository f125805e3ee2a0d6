"""Keeps one worker per node: starts it, talks with it, starts it again, reboots the node when a step asks for it."""
