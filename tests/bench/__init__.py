"""Performance as ratios: each figure is taken beside its reference, in one run on one machine. Prints, never fails."""
