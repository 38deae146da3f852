"""What came of a story, and of one policy against another."""
