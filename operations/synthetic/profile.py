"""How large an invented place is, and the shares that it follows. The numbers are those of docs/synthetic.md."""

from dataclasses import dataclass, replace

# Of the province, at its full size.
PROVINCE_VOLUNTEERS = 85_699
PROVINCE_GROUPS = 1_045
# Hours of a volunteer: lognormal. The longest are cut off, since nobody serves every day of three years.
HOURS_MEDIAN = 9.0
HOURS_SIGMA = 1.6
HOURS_MOST = 1_700.0
# A service takes this long on average, so that is how often somebody of so many hours came.
HOURS_A_SERVICE = 2.69
# In the crisis people stay a little longer than before.
LONGER_IN_CRISIS = 1.15
MINUTES_MOST = 310
MISSED = 0.05
# How many services make one call, and one shift of it.
SERVICES_A_CALL = 33.6
SERVICES_A_SHIFT = 8.4
WOMEN = 0.51
YOUNG = 0.49
OLD = 0.10
STUDENTS = 0.20
ON_DUTY = 0.10
TAKES_ASSIGNMENTS = 0.15
WITH_WINDOWS = 0.45
# Of a county's volunteers, those who served in the crisis: in the least and in the most active county.
ACTIVE_LEAST = 0.10
ACTIVE_MOST = 0.28
# Day 0 is the first of the crisis; the studies' was 23 January 2020.
STAGE_DAYS = (0, 18, 60)
DECAYS_FROM_DAY = 39
YEARS_BEFORE = 3


@dataclass(frozen=True)
class Profile:
    """One size. `day_now`: how many days ago the crisis began. `home_share`: of the volunteers, those in the home city."""

    volunteers: int
    day_now: int
    days_ahead: int
    services_in_crisis: float
    groups: int
    home_share: float | None = None
    every_authority: bool = False
    hours_median: float = HOURS_MEDIAN
    # Of so many of the last days the figures were made public.
    days_released: int = 5
    # Without one, day 0 is today, and all that was done lies before it.
    has_crisis: bool = True
    on_duty: float = ON_DUTY
    # Calls go on whose last shift was on one of these last days: a shift every so many days, on so many days to come.
    runs_on_days: int = 3
    every_days: int = 2
    open_days: int | None = None
    # Arrivals and departures are kept from this day on.
    presence_from: int = 0

    @property
    def day_first(self) -> int:
        return -365 * YEARS_BEFORE

    def of_size(self, volunteers: int) -> "Profile":
        """The same place with another number of volunteers, groups in proportion, and figures of a few days."""
        groups = max(100, round(self.groups * volunteers / self.volunteers))
        share = self.services_in_crisis * volunteers / self.volunteers
        return replace(
            self,
            volunteers=volunteers,
            groups=groups,
            services_in_crisis=share,
            days_released=min(self.days_released, 1),
        )


# The place of the city's size as it was when nothing had happened yet: standing work alone, which goes on each week.
BEFORE = Profile(
    volunteers=3_000,
    day_now=0,
    days_ahead=9,
    services_in_crisis=0,
    groups=129,
    home_share=0.45,
    days_released=1,
    has_crisis=False,
    on_duty=0.03,
    runs_on_days=21,
    every_days=7,
    open_days=120,
    presence_from=-30,
)
SIZES = {
    "city": Profile(
        volunteers=3_000,
        day_now=14,
        days_ahead=7,
        services_in_crisis=1_800,
        groups=129,
        home_share=0.45,
        days_released=5,
    ),
    "province": Profile(
        volunteers=PROVINCE_VOLUNTEERS,
        day_now=61,
        days_ahead=10,
        services_in_crisis=150_000,
        groups=PROVINCE_GROUPS,
        every_authority=True,
    ),
    # Where lists must stay short and fast however long the tables are: 2 M volunteers, about 10 M assignments.
    "nation": Profile(
        volunteers=2_000_000,
        day_now=61,
        days_ahead=10,
        services_in_crisis=1_600_000,
        groups=PROVINCE_GROUPS,
        every_authority=True,
        hours_median=4.2,
        days_released=1,
    ),
}
