"""From a kind of message and its values to what a person reads, in their language."""
