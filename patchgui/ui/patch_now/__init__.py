"""The Patch now page: who, what, and what will happen."""
