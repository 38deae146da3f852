"""Asking people for seats: make offers, answer them, end them, and give seats to those who wanted that."""

from tasks.actions.offers.answering import (
    NotYourOffer,
    OfferOver,
    WhyMissing,
    accept_offer,
    decline_offer,
)
from tasks.actions.offers.assigning import assign_from_plan
from tasks.actions.offers.ending import expire_offers, withdraw_moot, withdraw_offers
from tasks.actions.offers.making import Made, Pick, make_offers
from tasks.actions.offers.taking_back import withdraw_offer

__all__ = [
    "Made",
    "NotYourOffer",
    "OfferOver",
    "Pick",
    "WhyMissing",
    "accept_offer",
    "assign_from_plan",
    "decline_offer",
    "expire_offers",
    "make_offers",
    "withdraw_moot",
    "withdraw_offer",
    "withdraw_offers",
]
