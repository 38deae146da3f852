"""Residents who ask for help, and the desks that look at what they ask for."""
