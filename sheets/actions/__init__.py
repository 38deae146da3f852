"""What may be done with tables."""
