"""What must hold when a story is over: what is left behind, what was acknowledged, what memory it took."""
