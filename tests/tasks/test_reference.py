"""The reference data that a deployment starts with."""

import pytest

from core import clock
from tasks.actions.reference import load_reference
from tasks.models import TaskTemplate, TaskType
from volunteers.models import Capability, Cause

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing() -> None:
    count = load_reference(at=clock.now())
    before = set(TaskTemplate.objects.values_list("pk", "code"))

    load_reference(at=clock.now())

    assert set(TaskTemplate.objects.values_list("pk", "code")) == before
    assert len(before) == count


def test_every_kind_of_work_has_a_template_and_every_cause_a_name() -> None:
    load_reference(at=clock.now())

    with_template = set(TaskTemplate.objects.values_list("type", flat=True))
    assert set(TaskType.objects.values_list("pk", flat=True)) == with_template
    assert Cause.objects.count() == 10
    assert set(Capability.objects.values_list("kind", flat=True)) == set(Capability.Kind)


def test_templates_are_written_in_both_languages() -> None:
    load_reference(at=clock.now())

    for template in TaskTemplate.objects.all():
        for name in ("title", "content", "conditions", "risks", "guarantees"):
            chinese, english = getattr(template, f"{name}_zh"), getattr(template, f"{name}_en")
            assert any("一" <= letter <= "鿿" for letter in chinese), template.code
            assert english.isascii() or "°" in english, english
