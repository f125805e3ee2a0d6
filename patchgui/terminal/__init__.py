"""The command line: the same work as in the window, told in a terminal."""
