"""Matches volunteers with shifts: plain Python and numpy, arrays in, a plan out."""
