"""Passing a seat on: looking for somebody, a yes or a no, an organizer's word where the shift wants one."""

from tasks.actions.handovers.answering import agree, decline_handover
from tasks.actions.handovers.asking import ask_handover, withdraw_handover
from tasks.actions.handovers.deciding import approve_handover, refuse_handover
from tasks.actions.handovers.errors import (
    AlreadyPassing,
    HandoverNotAllowed,
    HandoverOver,
    NotForTheOther,
    NotForYourself,
    NothingInReturn,
    NotInReturn,
    NotYourHandover,
    TooLateToPass,
    TooManyAsked,
    UnequalParties,
)
from tasks.actions.handovers.expiring import expire_handovers

__all__ = [
    "AlreadyPassing",
    "HandoverNotAllowed",
    "HandoverOver",
    "NotForTheOther",
    "NotForYourself",
    "NotInReturn",
    "NotYourHandover",
    "NothingInReturn",
    "TooLateToPass",
    "TooManyAsked",
    "UnequalParties",
    "agree",
    "approve_handover",
    "ask_handover",
    "decline_handover",
    "expire_handovers",
    "refuse_handover",
    "withdraw_handover",
]
