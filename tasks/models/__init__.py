from tasks.models.attendance import CheckIn, Incident, ServiceRecord
from tasks.models.crisis import AreaStop, Crisis, Stage, StageChange
from tasks.models.offer import Offer
from tasks.models.reference import TaskTemplate, TaskType
from tasks.models.shift import Assignment, Shift, ShiftRole
from tasks.models.task import Adoption, Task

__all__ = [
    "Adoption",
    "AreaStop",
    "Assignment",
    "CheckIn",
    "Crisis",
    "Incident",
    "Offer",
    "ServiceRecord",
    "Shift",
    "ShiftRole",
    "Stage",
    "StageChange",
    "Task",
    "TaskTemplate",
    "TaskType",
]
