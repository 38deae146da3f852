"""Starts and stops the processes of one installation. Plain Python: nothing in here needs Django's settings."""
