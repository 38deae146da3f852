"""Jobs, their states and their failures, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.doorbell import Job
from core.models import JobRun

JOBS: dict[str, Promise] = {
    Job.BEAT: _("Beat's sign of life"),
    Job.RELAY_MESSAGES: _("Hand messages to the senders"),
    Job.SEND_MESSAGES: _("Send messages"),
    Job.SWEEP_MESSAGES: _("Look for messages left behind"),
    Job.REFRESH_FIGURES: _("Count the figures anew"),
    Job.RELEASE_FIGURES: _("Publish the day's figures"),
    Job.REMIND_VOLUNTEERS: _("Remind volunteers"),
    Job.EXPIRE_OFFERS: _("End offers whose time is over"),
    Job.PASS_ON: _("Pass on held seats, and close waiting lists that are over"),
    Job.EXPIRE_HANDOVERS: _("End what nobody took over in time"),
    Job.WARN_SHORT: _("Warn of shifts that want people, and tell who watches"),
    Job.LAPSE_CLAIMS: _("Pass on what was taken on and not begun"),
    Job.ESCALATE_CALLS: _("Bring calls that nobody takes on before the authority above"),
    Job.ESCALATE_REVIEWS: _("Bring what nobody decided in time before the authority above"),
    Job.COUNT_HANDS: _("Count hands and open seats"),
    Job.EXTEND_SERIES: _("Post the next shifts of every series"),
    Job.FOLLOW_REQUESTS: _("Follow what became of residents' requests"),
    Job.PLAN_MATCHES: _("See whether a plan is due"),
    Job.RUN_MATCH: _("Make a plan of who goes where"),
    Job.OFFER_NEXT: _("Offer a seat to the next"),
    Job.REPAIR_PLAN: _("Repair a plan around a shift"),
    Job.COUNT_REPLIES: _("Count how offers were answered"),
    Job.IMPORT_SHEET: _("Read a spreadsheet"),
    Job.EXPORT_SHEET: _("Write a spreadsheet"),
    Job.SWEEP_SHEETS: _("Look for spreadsheets left behind"),
    Job.ERASE_DUE: _("Carry out erasures"),
    Job.WARN_UNUSED: _("Write to people whose account nobody uses"),
    Job.PURGE: _("Delete what has served its time"),
}
QUEUES: dict[str, Promise] = {
    "default": _("General work"),
    "matching": _("Matching"),
    "notifications": _("Messages"),
}
# The shapes of `{% state %}`.
SHAPES = {
    JobRun.State.RUNNING: "running",
    JobRun.State.DONE: "filled",
    JobRun.State.FAILED: "short",
    JobRun.State.LOST: "late",
}
REASONS: dict[str, Promise] = {
    "OperationalError": _("The database could not be reached, or gave up waiting"),
    "InterfaceError": _("The connection to the database was cut"),
    "IntegrityError": _("The database refused it: a rule would have been broken"),
    "DataError": _("The database refused a value"),
    "SoftTimeLimitExceeded": _("It took longer than a job may"),
    "TimeLimitExceeded": _("It took longer than a job may"),
    "TimeoutError": _("Somebody did not answer in time"),
    "ConnectionError": _("A connection could not be made, or was cut"),
    "ConnectionRefusedError": _("A connection could not be made, or was cut"),
    "ConnectionResetError": _("A connection could not be made, or was cut"),
    "BrokenPipeError": _("A connection could not be made, or was cut"),
    "MemoryError": _("There was not enough memory"),
    "FileNotFoundError": _("A file was not there"),
    "PermissionError": _("A file could not be opened"),
    "DoesNotExist": _("What it was about is no longer there"),
    "OSError": _("The machine refused: a disk, a file or a connection"),
}
LOST = _("The worker ended before the job did. What it left is taken up again by the next sweep")
OTHER = _("A fault in the program; pass on the line below to whoever maintains it")


def job_words(name: str) -> Promise | str:
    """What a job does; its name where it is one of an earlier version."""
    return JOBS.get(name, name)


def queue_words(name: str) -> Promise | str:
    return QUEUES.get(name, name)


def shape_of(run: JobRun) -> str:
    return SHAPES[JobRun.State(run.state)]


def reason_words(run: JobRun) -> Promise | str:
    """Why a run has no good end, for somebody who does not read programs; empty where it has."""
    if run.state == JobRun.State.LOST:
        return LOST
    if run.state != JobRun.State.FAILED:
        return ""
    return REASONS.get(run.error, OTHER)
