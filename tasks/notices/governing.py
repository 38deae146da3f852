"""What is told about modes, about calls that wait for a word, and about help between areas."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import User
from areas.models import Area
from notifications.notices import Kind, Notice
from organizations.models import Delegation, Organization
from organizations.queries import delegations_over, leaders_of
from tasks.models import ModeChange, Review, Transfer
from tasks.notices.calls import (
    CALL_SAMPLE,
    about_call,
    groups_serving,
    leaders_of_groups,
    names_of,
    to_all,
)

_REVIEW = {
    **CALL_SAMPLE,
    "authority": {"zh": "鹿城区指挥部", "en": "Lucheng Command"},
    "due_at": "2026-02-06T10:00:00Z",
    "reason": "",
    "who": "陈敏",
    "url": "/area/330302/reviews/8KQ34MWX/",
}
_TRANSFER = {
    **CALL_SAMPLE,
    "giver": {"zh": "拱墅区", "en": "Gongshu District"},
    "taker": {"zh": "鹿城区", "en": "Lucheng District"},
    "people": 12,
    "words": "我们这边人手够。",
    "due_at": "2026-02-06T10:00:00Z",
    "reason": "",
    "from_giver": True,
    "url": "/area/330302/transfers/8KQ34MWX/",
}
KINDS = (
    Kind(
        "mode_changed",
        {
            "area": CALL_SAMPLE["area"],
            "mode": "host",
            "effective_at": "2026-02-10T00:00:00Z",
            "reason": "人手要先集中。",
            "url": "/home/",
        },
    ),
    Kind("review_asked", _REVIEW),
    Kind("review_late", _REVIEW),
    Kind("review_moved", {**_REVIEW, "url": "/org/8KQ34MWX/calls/8KQ34MWX/"}),
    Kind("review_approved", {**_REVIEW, "url": "/org/8KQ34MWX/calls/8KQ34MWX/"}),
    Kind("review_returned", {**_REVIEW, "reason": "请写清口罩由谁发。"}),
    Kind("transfer_proposed", _TRANSFER),
    Kind("transfer_agreed", _TRANSFER),
    Kind("transfer_declined", {**_TRANSFER, "reason": "我们也缺人。"}),
    Kind("transfer_over", {**_TRANSFER, "reason": "人够了。"}),
    Kind("transfer_open", {**_TRANSFER, "url": "/home/"}),
)


def mode_changed(change: ModeChange, *, by: User) -> list[Notice]:
    """To the groups that serve the area, and to the officials below it."""
    below = Organization.objects.authorities().filter(
        home_area__path__startswith=change.area.path, home_area__level__gt=change.area.level
    )
    context = {
        "area": _names(change.area),
        "mode": change.mode,
        "effective_at": change.effective_at,
        "reason": change.reason,
        "url": "/home/",
    }
    people = {
        person.pk: person
        for organizations in (below, groups_serving(change.area))
        for person in leaders_of_groups(organizations)
        if person.pk != by.pk
    }
    return to_all(people.values(), "mode_changed", f"mode-changed:{change.pk}", context)


def review_asked(review: Review, at: datetime) -> list[Notice]:
    """To the officials before whom it lies, and to whom they asked to decide such calls."""
    return _to_deciders("review_asked", f"review-asked:{review.code}", review, at)


def review_late(review: Review) -> list[Notice]:
    """To the officials above, since nobody decided in time; to the group, where it lies now."""
    event = f"review-late:{review.code}:{review.escalations}"
    above = to_all(leaders_of([review.authority]), "review_late", event, _about_review(review))
    group = to_all(leaders_of([review.task.issuer]), "review_moved", event, _for_group(review))
    return [*above, *group]


def review_approved(review: Review) -> list[Notice]:
    return to_all(
        leaders_of([review.task.issuer]),
        "review_approved",
        f"review-approved:{review.code}",
        _for_group(review),
    )


def review_returned(review: Review) -> list[Notice]:
    return to_all(
        leaders_of([review.task.issuer]),
        "review_returned",
        f"review-returned:{review.code}",
        _for_group(review),
    )


def transfer_proposed(transfer: Transfer, authorities: Iterable[Organization], at: datetime) -> list[Notice]:
    """To the officials whose word is missing, and to whom they asked to give it."""
    area = transfer.taker if transfer.giver_agreed_at else transfer.giver
    event = f"transfer-proposed:{transfer.code}"
    context = about_transfer(transfer) | {"url": f"/area/{area.code}/transfers/{transfer.code}/"}
    found = to_all(leaders_of(authorities), "transfer_proposed", event, context)
    for lent in delegations_over(area, Delegation.Kind.TRANSFER, at):
        there = {**context, "url": f"/org/{lent.delegate.code}/decisions/"}
        found += to_all(leaders_of([lent.delegate]), "transfer_proposed", event, there)
    return found


def transfer_answered(transfer: Transfer) -> list[Notice]:
    """To whoever proposed it: agreed, or why not."""
    kind = "transfer_agreed" if transfer.status == Transfer.Status.AGREED else "transfer_declined"
    return to_all([transfer.asked_by], kind, f"{kind}:{transfer.code}", about_transfer(transfer))


def transfer_open(transfer: Transfer) -> list[Notice]:
    """To the groups of the giving area: a call elsewhere is open to them."""
    groups = groups_serving(transfer.giver).exclude(pk=transfer.task.issuer_id)
    context = about_transfer(transfer) | {"url": "/home/"}
    return to_all(leaders_of_groups(groups), "transfer_open", f"transfer-open:{transfer.code}", context)


def transfer_over(transfer: Transfer, people: Iterable[User]) -> list[Notice]:
    return to_all(people, "transfer_over", f"transfer-over:{transfer.code}", about_transfer(transfer))


def about_transfer(transfer: Transfer) -> dict[str, Any]:
    return {
        **about_call(transfer.task),
        "giver": _names(transfer.giver),
        "taker": _names(transfer.taker),
        "people": transfer.people,
        "words": transfer.words,
        "due_at": transfer.due_at,
        "reason": transfer.reason,
        "from_giver": transfer.giver_agreed_at is not None,
        "url": "/home/",
    }


def _to_deciders(kind: str, event: str, review: Review, at: datetime) -> list[Notice]:
    context = _about_review(review)
    found = to_all(leaders_of([review.authority]), kind, event, context)
    for lent in delegations_over(review.task.area, Delegation.Kind.REVIEW, at):
        there = {**context, "url": f"/org/{lent.delegate.code}/decisions/"}
        found += to_all(leaders_of([lent.delegate]), kind, event, there)
    return found


def _about_review(review: Review) -> dict[str, Any]:
    task = review.task
    return {
        **about_call(task),
        "authority": names_of(review.authority),
        "due_at": review.due_at,
        "reason": review.reason,
        "who": review.decided_by.name if review.decided_by else "",
        "url": f"/area/{task.area.code}/reviews/{review.code}/",
    }


def _for_group(review: Review) -> dict[str, Any]:
    task = review.task
    return _about_review(review) | {"url": f"/org/{task.issuer.code}/calls/{task.code}/"}


def _names(area: Area) -> dict[str, str]:
    return {"zh": area.name_zh, "en": area.name_en}
