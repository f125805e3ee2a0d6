"""Failed nodes in groups: what each group failed with, why, what to do, and trying it again."""
