"""Two runs side by side: what was different about them, and which nodes came out better or worse."""
