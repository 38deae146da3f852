"""What needs a look at every row of the large tables, without keeping anybody from writing meanwhile."""

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    # Indexes are made beside the work that goes on; constraints hold for new rows at once, then for the old ones.
    atomic = False

    dependencies = [("tasks", "0008_shifts_complete")]

    operations = [
        migrations.RemoveConstraint(
            model_name='assignment',
            name='a_removal_has_a_reason',
        ),
        AddIndexConcurrently(
            model_name='adoption',
            index=models.Index(condition=models.Q(('act_by__isnull', False), ('ended_at', None)), fields=['act_by'], name='adoptions_to_act_on'),
        ),
        AddIndexConcurrently(
            model_name='assignment',
            index=models.Index(condition=models.Q(('begin_by__isnull', False), ('begun_at', None), ('status', 'active')), fields=['begin_by'], name='claims_waiting'),
        ),
        AddConstraintNotValid(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('removed', 'cancelled', 'waiting', 'lapsed')), _negated=True), models.Q(('end_reason', ''), _negated=True), _connector='OR'), name='a_removal_has_a_reason'),
        ),
        AddConstraintNotValid(
            model_name='shiftrole',
            constraint=models.CheckConstraint(condition=models.Q(('seats_goal', None), models.Q(('seats_goal__gte', 1), ('seats_goal__lt', models.F('seats'))), _connector='OR'), name='a_goal_lies_below_the_seats'),
        ),
        AddIndexConcurrently(
            model_name='shift',
            index=models.Index(condition=models.Q(('starts_at', None), ('status', 'open')), fields=['due_at', 'id'], name='shift_open_without_time'),
        ),
        AddConstraintNotValid(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('due_at', None), ('starts_at', None), _connector='OR'), name='only_work_without_a_time_has_a_deadline'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.UniqueConstraint(fields=('series', 'occurs_at'), name='one_shift_an_occurrence'),
        ),
        AddConstraintNotValid(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('occurs_at', None), ('series', None)), models.Q(('occurs_at__isnull', False), ('series__isnull', False)), _connector='OR'), name='an_occurrence_has_its_series_and_its_moment'),
        ),
        AddConstraintNotValid(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opens_to_members_at', None), ('opens_to_area_at', None), ('opens_to_members_at__lte', models.F('opens_to_area_at')), _connector='OR'), models.Q(('opens_to_area_at', None), ('opens_at', None), ('opens_to_area_at__lte', models.F('opens_at')), _connector='OR'), models.Q(('opens_to_members_at', None), ('opens_at', None), ('opens_to_members_at__lte', models.F('opens_at')), _connector='OR')), name='windows_open_in_order'),
        ),
        AddConstraintNotValid(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__isnull', False), models.Q(('opens_to_area_at', None), ('opens_to_members_at', None)), _connector='OR'), name='an_early_window_needs_a_public_one'),
        ),
        AddConstraintNotValid(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('claim_hours__range', (1, 720)), ('notice_minutes__lte', 20160), ('party_most__range', (1, 10)), ('warn_days__lte', 30), ('warn_hours__lte', 72)), name='sign_up_rules_within_bounds'),
        ),
        ValidateConstraint(model_name='assignment', name='a_removal_has_a_reason'),
        ValidateConstraint(model_name='shiftrole', name='a_goal_lies_below_the_seats'),
        ValidateConstraint(model_name='shift', name='only_work_without_a_time_has_a_deadline'),
        ValidateConstraint(model_name='shift', name='an_occurrence_has_its_series_and_its_moment'),
        ValidateConstraint(model_name='shift', name='windows_open_in_order'),
        ValidateConstraint(model_name='shift', name='an_early_window_needs_a_public_one'),
        ValidateConstraint(model_name='shift', name='sign_up_rules_within_bounds'),
    ]
