"""Rules about reminders: which moments before a shift can be chosen."""

from datetime import timedelta

# Minutes before the start; 0 is the evening before, at six on the clock of the place.
EVENING = 0
EVENING_BEFORE_MIDNIGHT = timedelta(hours=6)
LEADS = (EVENING, 1440, 720, 180, 60, 30)
REMINDERS_MOST = 4
# A reminder that could not go out in time still goes out so long; later the next one has its turn.
CATCH_UP = timedelta(hours=3)
