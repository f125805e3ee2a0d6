"""A fleet that exists only in arithmetic: Systems Manager's API over any number of synthetic nodes.

For trying the console at scale, and for tests of what a real service does to its callers: limits, lags, faults. What a
node is and does is worked out from a seed when somebody asks; nothing runs in between.
"""
