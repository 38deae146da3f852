import core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('areas', '0001_initial'),
        ('organizations', '0003_delegations'),
        ('tasks', '0013_coproduction'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=core.models.new_code, editable=False, max_length=12, unique=True)),
                ('place', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
            ],
        ),
        migrations.CreateModel(
            name='HelpRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=core.models.new_long_code, editable=False, max_length=12, unique=True)),
                ('channel', models.CharField(choices=[('web', 'On this site'), ('qr', 'By a code on a building'), ('phone', 'By telephone'), ('proxy', 'Through somebody else'), ('paper', 'On paper')], max_length=5)),
                ('language', models.CharField(default='zh-hans', max_length=7)),
                ('words', models.TextField()),
                ('place', models.CharField(blank=True, max_length=200)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('people', models.PositiveSmallIntegerField(default=1)),
                ('wanted_on', models.DateField(blank=True, null=True)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('phone_confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('status', models.CharField(choices=[('new', 'Not looked at yet'), ('verified', 'Checked, looking for somebody'), ('placed', 'Part of a piece of work'), ('served', 'Done, says the organization'), ('confirmed', 'Done, says the resident'), ('merged', 'Same as another'), ('declined', 'Cannot be done'), ('withdrawn', 'Taken back')], default='new', max_length=9)),
                ('asked_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField(blank=True, null=True)),
                ('done_due_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('placed_at', models.DateTimeField(blank=True, null=True)),
                ('served_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('reopened', models.PositiveSmallIntegerField(default=0)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area')),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('county', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='residents.helprequest')),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('split_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='residents.helprequest')),
                ('task', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.task')),
                ('type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.tasktype')),
                ('point', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.requestpoint')),
            ],
        ),
        migrations.CreateModel(
            name='Promise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer_minutes', models.PositiveIntegerField()),
                ('done_minutes', models.PositiveIntegerField()),
                ('starts_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.area')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.tasktype')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'type', 'starts_at'), name='one_promise_a_kind_and_moment', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('answer_minutes__gte', 1), ('done_minutes__gte', models.F('answer_minutes'))), name='a_promise_is_done_after_it_is_answered')],
            },
        ),
        migrations.CreateModel(
            name='RequestEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('verb', models.CharField(max_length=20)),
                ('words', models.TextField(blank=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='residents.helprequest')),
            ],
            options={
                'indexes': [models.Index(fields=['request', 'id'], name='event_by_request')],
            },
        ),
        migrations.AddConstraint(
            model_name='requestpoint',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('area', 'place'), name='one_live_point_a_place'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['organization', 'status', 'asked_at'], name='request_by_organization'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['area', 'asked_at'], name='request_by_area'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['asked_at'], name='request_by_day'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(condition=models.Q(('status__in', ('new', 'verified', 'placed'))), fields=['county', 'type', 'asked_at'], name='request_open_alike'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(condition=models.Q(('task__isnull', False)), fields=['task'], name='request_by_task'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 1)), name='a_request_is_for_somebody'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('status', 'merged')), models.Q(models.Q(('status', 'merged'), _negated=True), ('merged_into', None)), _connector='OR'), name='a_merged_request_says_into_which'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='a_request_is_not_merged_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_declined_request_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'placed'), _negated=True), models.Q(('placed_at__isnull', False), ('task__isnull', False)), _connector='OR'), name='a_placed_request_has_its_work'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('confirmed', 'merged', 'declined', 'withdrawn')), ('ended_at__isnull', False)), models.Q(models.Q(('status__in', ('confirmed', 'merged', 'declined', 'withdrawn')), _negated=True), ('ended_at', None)), _connector='OR'), name='an_ended_request_says_when'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('new', 'withdrawn')), ('answered_at__isnull', False), _connector='OR'), name='a_looked_at_request_was_answered'),
        ),
        *append_only("residents_promise"),
    ]
