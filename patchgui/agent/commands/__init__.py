"""Commands: taken in, spread over nodes, followed to their end, and told of."""
