"""Plain rules about requests: how fast they are answered, and how alike two of them are."""
