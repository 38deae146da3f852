"""Shifts for the calendars of phones: by a secret address, or one at a time."""
