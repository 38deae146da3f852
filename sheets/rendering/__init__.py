"""Words for what is found in tables, and tables of what is known."""
