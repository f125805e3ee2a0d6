"""A run on the screen: header, pipeline, matrix of nodes and phases, and the chosen node with its output."""
