"""What the actions of steps do, one module each."""
