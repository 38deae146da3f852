import core.models
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0001_initial'),
        ('organizations', '0003_delegations'),
        ('tasks', '0012_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('escalated_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ModeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('host', 'Host: groups ask for work after our word, and lead it'), ('sponsor', 'Sponsor: groups ask for work and lead it, we support them'), ('facilitator', 'Facilitator: groups decide among themselves, we bring them together'), ('operator', 'Operator: we lead the work, groups join as partners')], max_length=11)),
                ('effective_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField()),
                ('reason', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Playbook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name_zh', models.CharField(max_length=80)),
                ('name_en', models.CharField(max_length=120)),
                ('summary_zh', models.TextField(blank=True)),
                ('summary_en', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='PlaybookPriority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PlaybookStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.PositiveSmallIntegerField()),
                ('name_zh', models.CharField(max_length=40)),
                ('name_en', models.CharField(max_length=80)),
                ('summary_zh', models.TextField(blank=True)),
                ('summary_en', models.TextField(blank=True)),
                ('first_day', models.PositiveIntegerField(blank=True, null=True)),
                ('last_day', models.PositiveIntegerField(blank=True, null=True)),
                ('publishers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('community', 'Community group'), ('cbo', 'Community-based organization'), ('government', 'Government body'), ('enterprise', 'Enterprise'), ('school', 'School')], max_length=10), default=list, size=None)),
                ('needs_review', models.BooleanField(default=False)),
                ('lead_kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=13), blank=True, default=list, size=None)),
                ('alert_reach', models.CharField(choices=[('county', 'The county'), ('city', 'The city'), ('province', 'The whole province')], default='province', max_length=8)),
                ('escalate_hours', models.PositiveSmallIntegerField(default=24)),
                ('seat_weight', models.DecimalField(decimal_places=2, default=1, max_digits=4)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=core.models.new_code, editable=False, max_length=12, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('escalations', models.PositiveSmallIntegerField(default=0)),
                ('decision', models.CharField(blank=True, choices=[('approved', 'Made public'), ('returned', 'Given back'), ('withdrawn', 'Taken back by the group')], max_length=9)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=core.models.new_code, editable=False, max_length=12, unique=True)),
                ('kind', models.CharField(choices=[('commission', 'Decide together what is needed'), ('design', 'Plan it together'), ('deliver', 'Do it together'), ('assess', 'Look back together')], max_length=10)),
                ('made_at', models.DateTimeField()),
                ('words', models.TextField()),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, choices=[('agreed', 'Agreed'), ('declined', 'Not agreed')], max_length=8)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer_words', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=core.models.new_code, editable=False, max_length=12, unique=True)),
                ('people', models.PositiveIntegerField()),
                ('words', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('proposed', 'Waits for the other side'), ('agreed', 'Both sides agreed'), ('declined', 'Declined'), ('withdrawn', 'Taken back'), ('ended', 'Over')], default='proposed', max_length=9)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('giver_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('taker_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name='adoption',
            name='people',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name='adoption',
            constraint=models.CheckConstraint(condition=models.Q(('people', None), ('people__gte', 1), _connector='OR'), name='a_share_brings_people'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='seen_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='escalation',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='escalations', to='tasks.task'),
        ),
        migrations.AddField(
            model_name='modechange',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area'),
        ),
        migrations.AddField(
            model_name='modechange',
            name='decided_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='playbook',
            name='areas',
            field=models.ManyToManyField(blank=True, related_name='+', to='areas.area'),
        ),
        migrations.AddField(
            model_name='playbook',
            name='changed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='crisis',
            name='playbook',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.playbook'),
        ),
        migrations.AddField(
            model_name='playbookpriority',
            name='type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.tasktype'),
        ),
        migrations.AddField(
            model_name='playbookstage',
            name='playbook',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='tasks.playbook'),
        ),
        migrations.AddField(
            model_name='playbookstage',
            name='templates',
            field=models.ManyToManyField(blank=True, related_name='+', to='tasks.tasktemplate'),
        ),
        migrations.AddField(
            model_name='playbookpriority',
            name='stage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='priorities', to='tasks.playbookstage'),
        ),
        migrations.AddField(
            model_name='review',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='authority',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddField(
            model_name='review',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='tasks.task'),
        ),
        migrations.AddField(
            model_name='step',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='step',
            name='answered_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddField(
            model_name='step',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='step',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization'),
        ),
        migrations.AddField(
            model_name='step',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='tasks.task'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='giver_agreed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='taker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='taker_agreed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='tasks.task'),
        ),
        migrations.AddIndex(
            model_name='escalation',
            index=models.Index(fields=['authority', '-id'], name='escalation_by_authority'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(fields=('task', 'authority'), name='one_escalation_a_task_and_authority'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seen_at', None), ('seen_by', None)), models.Q(('seen_at__isnull', False), ('seen_by__isnull', False)), _connector='OR'), name='a_seen_escalation_has_who'),
        ),
        migrations.AddConstraint(
            model_name='modechange',
            constraint=models.UniqueConstraint(fields=('area', 'effective_at'), name='one_mode_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='modechange',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['host', 'sponsor', 'facilitator', 'operator'])), name='mode_known'),
        ),
        migrations.AddConstraint(
            model_name='playbookstage',
            constraint=models.UniqueConstraint(fields=('playbook', 'stage'), name='one_stage_a_playbook_and_number'),
        ),
        migrations.AddConstraint(
            model_name='playbookstage',
            constraint=models.CheckConstraint(condition=models.Q(('stage__range', (0, 3))), name='playbook_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='playbookstage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_day', None), ('last_day', None)), models.Q(('first_day__gte', 1), ('last_day', None)), models.Q(('first_day__gte', 1), ('last_day__gte', models.F('first_day'))), _connector='OR'), name='planned_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='playbookstage',
            constraint=models.CheckConstraint(condition=models.Q(('escalate_hours__range', (1, 168))), name='escalation_within_a_week'),
        ),
        migrations.AddConstraint(
            model_name='playbookstage',
            constraint=models.CheckConstraint(condition=models.Q(('seat_weight__range', ('0.25', '4'))), name='seat_weight_between_a_quarter_and_four'),
        ),
        migrations.AddConstraint(
            model_name='playbookpriority',
            constraint=models.UniqueConstraint(fields=('stage', 'type'), name='one_priority_a_stage_and_type'),
        ),
        migrations.AddConstraint(
            model_name='playbookpriority',
            constraint=models.CheckConstraint(condition=models.Q(('priority__range', (0, 3))), name='playbook_priority_known'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('decision', '')), fields=['authority', 'due_at'], name='reviews_waiting'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', '')), fields=('task',), name='one_open_review_a_task'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_review_has_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'returned'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_returned_review_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(fields=['task', 'id'], name='step_by_task'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'assess'), ('score__range', (1, 5))), models.Q(models.Q(('kind', 'assess'), _negated=True), ('score', None)), _connector='OR'), name='only_an_assessment_has_a_score'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None), ('answered_for', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False), ('answered_for__isnull', False)), _connector='OR'), name='an_answered_step_has_who_and_when'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(('answered_for', None), models.Q(('answered_for', models.F('organization')), _negated=True), _connector='OR'), name='nobody_answers_their_own_step'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['giver', '-id'], name='transfer_by_giver'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['taker', '-id'], name='transfer_by_taker'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 1)), name='a_transfer_needs_people'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('taker')), _negated=True), name='a_transfer_joins_two_areas'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('proposed', 'agreed'))), fields=('task', 'giver'), name='one_live_transfer_a_task_and_area'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'agreed'), _negated=True), models.Q(('giver_agreed_at__isnull', False), ('taker_agreed_at__isnull', False)), _connector='OR'), name='an_agreed_transfer_has_both_words'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('giver_agreed_at', None), ('giver_agreed_by', None)), models.Q(('giver_agreed_at__isnull', False), ('giver_agreed_by__isnull', False)), _connector='OR'), models.Q(models.Q(('taker_agreed_at', None), ('taker_agreed_by', None)), models.Q(('taker_agreed_at__isnull', False), ('taker_agreed_by__isnull', False)), _connector='OR')), name='whoever_agreed_to_a_transfer_is_known'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('proposed', 'agreed')), ('ended_at', None)), models.Q(models.Q(('status__in', ('proposed', 'agreed')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='an_ended_transfer_says_when'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_declined_transfer_has_a_reason'),
        ),
        *append_only("tasks_modechange"),
    ]
