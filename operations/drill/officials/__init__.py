"""Officials: the crisis and its stages, calls for help, what waits on their desks."""
