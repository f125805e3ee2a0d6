"""Reports of runs, from the window to files."""
