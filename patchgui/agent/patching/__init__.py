"""The program that patches a node with apt. It runs inside the node, from the standard library alone."""
