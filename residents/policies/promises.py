"""How fast a request is answered and done where no authority promised anything."""

# A day until somebody has looked at it, three until it is done.
ANSWER_MINUTES = 24 * 60
DONE_MINUTES = 72 * 60
