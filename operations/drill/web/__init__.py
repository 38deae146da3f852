"""The live page of a drill."""
