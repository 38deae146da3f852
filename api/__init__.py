"""The door for programs: the same acts as the pages, in JSON, below /api/."""
