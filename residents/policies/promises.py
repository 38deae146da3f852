"""How fast a request is answered and done where no authority promised anything."""

# A day until somebody has looked at it, three until it is done.
ANSWER_MINUTES = 24 * 60
DONE_MINUTES = 72 * 60
# A served request of which nobody says whether it was done ends by itself after this time.
UNCONFIRMED_DAYS = 14
# How long after the end it may still be said that it was not done: as long as the words are kept.
REOPEN_DAYS = 30
