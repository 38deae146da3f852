"""What the pictures of an area show, from values to words and shapes."""
