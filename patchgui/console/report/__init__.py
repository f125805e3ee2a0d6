"""What is told of a run to those who were not there: a page for people, JSON and CSV for programs."""
