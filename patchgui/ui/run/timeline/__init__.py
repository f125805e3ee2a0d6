"""Who was in which phase when: a bar per phase on one scale for all nodes, and how many were where over it."""
