"""The Runs page: the list of runs, newest first, and the run that is open."""
