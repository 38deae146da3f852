"""What holds for every model of ours."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from core.models import Privacy

ORDER = [
    "operations",
    "privacy",
    "sheets",
    "insights",
    "residents",
    "matching",
    "tasks",
    "incentives",
    "volunteers",
    "organizations",
    "notifications",
    "accounts",
    "areas",
    "core",
]
OURS = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ORDER]


def test_there_are_models_to_look_at() -> None:
    assert len(OURS) > 20


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_to_other_apps_point_down_and_leave_no_name_there(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if not isinstance(field, models.ForeignKey | models.ManyToManyField):
            continue
        other = field.related_model._meta.app_label
        if other == model._meta.app_label or other not in ORDER:
            continue
        assert ORDER.index(other) > ORDER.index(model._meta.app_label), f"{field} points up"
        if not model._meta.auto_created:
            assert (field.remote_field.related_name or "").endswith("+"), f"{field} leaves a name on {other}"


@pytest.mark.parametrize(
    "model", [model for model in OURS if not model._meta.auto_created], ids=lambda model: model._meta.label
)
def test_a_model_says_what_it_holds_of_persons_and_how_long(model: type[models.Model]) -> None:
    privacy = vars(model).get("privacy")
    assert isinstance(privacy, Privacy), f"{model._meta.label} says nothing"
    assert privacy.purpose and privacy.keep
    for name in privacy.personal:
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            pytest.fail(f"{model._meta.label}.{name} is declared and does not exist")


@pytest.mark.parametrize(
    "model", [model for model in OURS if not model._meta.auto_created], ids=lambda model: model._meta.label
)
def test_a_foreign_key_to_a_person_is_declared_personal(model: type[models.Model]) -> None:
    personal = vars(model)["privacy"].personal
    for field in model._meta.get_fields():
        points_at_person = isinstance(field, models.ForeignKey) and field.related_model._meta.label in {
            "accounts.User",
            "volunteers.Volunteer",
        }
        assert not points_at_person or field.name in personal, f"{field} is not declared"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_model_orders_itself(model: type[models.Model]) -> None:
    assert not model._meta.ordering


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_check_has_a_name_of_its_own(model: type[models.Model]) -> None:
    names = [constraint.name for constraint in model._meta.constraints]
    assert all(names) and len(names) == len(set(names))
