"""The Connections page: which there are, how they stand, setting them up, and asking for MFA codes."""
