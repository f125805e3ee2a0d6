"""Inputs that nobody meant: targets, a corpus of seeds for each, and a fuzzer that follows what it reaches."""
