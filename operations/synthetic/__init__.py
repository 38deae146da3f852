"""Invented people and work, for demonstrations and tests. Nothing here describes a real person."""
