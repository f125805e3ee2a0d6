"""What the console does, without Qt: connections, launching, watching, the record of runs."""
