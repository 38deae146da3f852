from tasks.models.attendance import CheckIn, Incident, ServiceRecord
from tasks.models.coproduction import CallRequest, Escalation, Step, Transfer
from tasks.models.crisis import AreaStop, Crisis, Stage, StageChange
from tasks.models.governing import Mode, ModeChange, Review
from tasks.models.handover import Handover
from tasks.models.marks import Mark
from tasks.models.offer import Offer
from tasks.models.playbook import Playbook, PlaybookPriority, PlaybookStage
from tasks.models.reference import TaskTemplate, TaskType
from tasks.models.series import Series
from tasks.models.shift import Assignment, Shift, ShiftRole, SignUpRules
from tasks.models.task import Adoption, Task
from tasks.models.thanks import Thanks
from tasks.models.waiting import Waiting
from tasks.models.watch import Recruiting, Watch

__all__ = [
    "Adoption",
    "AreaStop",
    "Assignment",
    "CallRequest",
    "CheckIn",
    "Crisis",
    "Escalation",
    "Handover",
    "Incident",
    "Mark",
    "Mode",
    "ModeChange",
    "Offer",
    "Playbook",
    "PlaybookPriority",
    "PlaybookStage",
    "Recruiting",
    "Review",
    "Series",
    "ServiceRecord",
    "Shift",
    "ShiftRole",
    "SignUpRules",
    "Stage",
    "StageChange",
    "Step",
    "Task",
    "TaskTemplate",
    "TaskType",
    "Thanks",
    "Transfer",
    "Waiting",
    "Watch",
]
