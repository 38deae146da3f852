"""Volunteers: how they join, look for work, answer, come or stay away, and tire."""
