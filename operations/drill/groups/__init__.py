"""Community organizations: they take calls on, post shifts, run them and confirm hours."""
