"""What officials do: the crisis with its stages and modes, promises, a stop, and calls for help."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from areas.models import Area
from operations.drill.drama import Drama
from operations.drill.groups.ground import Ground, place_of, survey
from operations.drill.officials.calls import Calls
from operations.drill.officials.desk import Desk
from operations.synthetic.profile import STAGE_DAYS
from residents.actions.promises import make_promise
from tasks.actions.modes import change_mode
from tasks.actions.stages import change_stage, lift_stop, start_crisis, stop_area
from tasks.models import AreaStop, Mode, Playbook, PlaybookStage, TaskType

# As in operations/synthetic/province.py: the studies' dates, and the playbook that is shipped.
PLAYBOOK = "zhejiang-2020"
NAME_ZH, NAME_EN = "新型肺炎疫情", "Epidemic of a new pneumonia"
REASONS = ("启动一级响应", "防控与复工两手抓", "转入常态化防控")
# Minutes to the first answer and to the end, by kind of work and for every other kind: longer than before the crisis
# (operations/synthetic/asked.py), as far as hands allow.
PROMISES: dict[str, tuple[int, int]] = {
    "": (360, 4320),
    "transport": (120, 2160),
    "tele-clinic": (120, 2880),
    "counselling": (120, 2880),
    "delivery": (240, 2880),
}
# The second and the third stage are decided so many hours before they begin.
DECIDED_BEFORE_H = 10.0
# Day, mode of the province, why: the authority's word in the worst time, then groups on their own word.
MODES = (
    (0, Mode.HOST, "应急阶段，各组织的任务先由我们确认"),
    (18, Mode.SPONSOR, "复工阶段，交给各组织自己发起"),
)
# One county leads by itself for some days: which by its volunteers (0 has most), from which day to which.
OPERATOR_COUNTY, OPERATOR_DAYS = 2, (5, 11)
# One county is stopped once: which, on which day, from and to which hour.
STOPPED_COUNTY, STOPPED_DAY, STOPPED_HOURS = 3, 9, (13.0, 18.0)


class Officials:
    def __init__(self) -> None:
        self._stop: AreaStop | None = None

    def begin(self, drama: Drama) -> None:
        """Plan what is decided on which day, and let offices work every day."""
        self.drama = drama
        ground = survey()
        story = drama.story
        story.plan(story.begins_at, self._start)
        for stage, day in enumerate(STAGE_DAYS[1:], start=2):
            decided = drama.moment(day, -DECIDED_BEFORE_H)
            self._plan(max(decided, story.begins_at), partial(self._stage, stage, day))
        for day, mode, reason in MODES[1:]:
            self._plan(drama.moment(day, 0.5), partial(self._mode, None, mode, reason))
        self._plan_counties(ground)
        Calls(drama, ground).begin()
        Desk(drama).begin()

    def _plan(self, moment: datetime, act: Callable[[datetime], None]) -> None:
        self.drama.story.plan(moment, act)

    def _plan_counties(self, ground: Ground) -> None:
        if len(ground.counties) > STOPPED_COUNTY:
            county = ground.counties[STOPPED_COUNTY]
            for hour, act in zip(STOPPED_HOURS, (self._stop_area, self._lift), strict=True):
                self._plan(self.drama.moment(STOPPED_DAY, hour), partial(act, county))
        if len(ground.counties) > OPERATOR_COUNTY:
            county = ground.counties[OPERATOR_COUNTY]
            first, last = (self.drama.moment(day, 9.0) for day in OPERATOR_DAYS)
            self._plan(first, partial(self._mode, county, Mode.OPERATOR, "人手集中，暂由指挥部统一带队"))
            self._plan(last, partial(self._mode, county, Mode.HOST, "恢复由各组织带队"))

    def _start(self, at: datetime) -> None:
        """The crisis begins; its first stage, its first mode and what is promised hold at once."""
        drama, province = self.drama, self.drama.cast.province
        playbook = drama.hands.look(Playbook.objects.filter(code=PLAYBOOK).first)
        drama.crisis = drama.hands.do(
            "start a crisis",
            start_crisis,
            name_zh=NAME_ZH,
            name_en=NAME_EN,
            area=province.area,
            started_at=at,
            by=province.official,
            playbook=playbook,
        )
        drama.say("crisis_begun", at, place=place_of(province.area), crisis={"zh": NAME_ZH, "en": NAME_EN})
        self._stage(1, None, at)
        _day, mode, reason = MODES[0]
        self._mode(None, mode, reason, at)
        named = TaskType.objects.filter(code__in=PROMISES)
        types = {row.code: row for row in drama.hands.look(lambda: list(named))}
        for code, (answer, done) in PROMISES.items():
            drama.hands.do(
                "promise",
                make_promise,
                area=province.area,
                type=types[code] if code else None,
                answer_minutes=answer,
                done_minutes=done,
                by=province.official,
            )

    def _stage(self, stage: int, day: int | None, at: datetime) -> None:
        """Decide a stage: in force at once, or from the first minute of a day on."""
        drama, province = self.drama, self.drama.cast.province
        if drama.crisis is None:
            return
        effective_at = at if day is None else max(at, drama.moment(day, 0))
        # A moment later than the clock that the action reads: "now" is never in the past.
        change = drama.hands.do(
            "change the stage",
            partial(_from, effective_at),
            crisis=drama.crisis,
            area=province.area,
            stage=stage,
            reason=REASONS[stage - 1],
            by=province.official,
        )
        if change is not None:
            found = PlaybookStage.objects.filter(playbook__code=PLAYBOOK, stage=stage)
            row = drama.hands.look(found.first)
            name = {"zh": row.name_zh, "en": row.name_en} if row else {"zh": str(stage), "en": str(stage)}
            self._plan(effective_at, partial(self._say_stage, name))

    def _say_stage(self, name: dict[str, str], at: datetime) -> None:
        self.drama.say("stage_changed", at, place=place_of(self.drama.cast.province.area), stage=name)

    def _mode(self, county: Area | None, mode: Mode, reason: str, at: datetime) -> None:
        """Decide how a county, or the whole province, is governed from now on."""
        office = self.drama.cast.office_over(county) if county else self.drama.cast.province
        area = county or office.area
        self.drama.hands.do(
            "change the mode", _mode_now, area=area, mode=mode, reason=reason, by=office.official
        )

    def _stop_area(self, county: Area, at: datetime) -> None:
        office = self.drama.cast.office_over(county)
        self._stop = self.drama.hands.do(
            "stop an area",
            stop_area,
            area=county,
            reason="发现密切接触者，全区暂停，等流调结果",
            by=office.official,
        )
        self.drama.say("area_stopped", at, place=place_of(county))

    def _lift(self, county: Area, at: datetime) -> None:
        if self._stop is None:
            return
        office = self.drama.cast.office_over(county)
        self.drama.hands.do("lift a stop", lift_stop, stop=self._stop, by=office.official)
        self.drama.say("area_open_again", at, place=place_of(county))


def _from(effective_at: datetime, *, at: datetime, **given: object) -> object:
    """Change the stage from that moment on, or now where the clock has gone past it."""
    return change_stage(effective_at=max(effective_at, at), at=at, **given)  # type: ignore[arg-type]


def _mode_now(*, at: datetime, **given: object) -> object:
    return change_mode(effective_at=at, at=at, **given)  # type: ignore[arg-type]
