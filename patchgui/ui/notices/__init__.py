"""Telling somebody who is not looking that a run ended, or needs a look."""
