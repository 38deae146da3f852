"""What goes in and out, for reading bodies and for the schema. `rows` writes what goes out."""

from rest_framework import serializers

from core.request_keys import KEY_MOST
from insights.models import Release
from tasks import policies
from tasks.models import Assignment, CheckIn, Offer, Shift, Waiting

BATCH_MOST = 500


class ProblemSerializer(serializers.Serializer):
    """RFC 9457: what went wrong, for people (title, detail) and programs (type, params, errors)."""

    type = serializers.URLField(help_text="Stable; the last part is the code of the problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence in the language of the request.")
    params = serializers.DictField(
        required=False, help_text="Values behind the sentence, such as free, opens_at."
    )
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text='Sentences by field of the request; "" is the whole.',
    )


class NamedSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()


class TitledSerializer(serializers.Serializer):
    id = serializers.CharField()
    title = serializers.CharField()


class CodedSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class RoleSerializer(serializers.Serializer):
    """Seats of one kind in a shift."""

    number = serializers.IntegerField(help_text="Its place in the shift, from 1: names it in a sign-up.")
    name = serializers.CharField(allow_blank=True)
    seats_min = serializers.IntegerField()
    seats_max = serializers.IntegerField()
    seats_taken = serializers.IntegerField()
    seats_free = serializers.IntegerField(help_text="Neither taken nor held for somebody.")
    min_age = serializers.IntegerField(help_text="0 is none.")
    requirements = CodedSerializer(many=True)


class ShiftSerializer(serializers.Serializer):
    """A time and a place with seats. Work without a fixed time has neither start nor end, and perhaps a deadline."""

    id = serializers.CharField()
    task = TitledSerializer()
    organization = NamedSerializer()
    area = CodedSerializer()
    place = serializers.CharField()
    is_remote = serializers.BooleanField()
    status = serializers.ChoiceField(Shift.Status.values)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    seats_min = serializers.IntegerField(help_text="With fewer the shift cannot run.")
    seats_max = serializers.IntegerField()
    seats_taken = serializers.IntegerField()
    seats_free = serializers.IntegerField()
    opens_to_members_at = serializers.DateTimeField(allow_null=True)
    opens_to_area_at = serializers.DateTimeField(allow_null=True)
    opens_at = serializers.DateTimeField(
        allow_null=True, help_text="When everybody may sign up; null is since it was posted."
    )
    closes_at = serializers.DateTimeField(allow_null=True)
    needs_approval = serializers.BooleanField()
    has_waiting_list = serializers.BooleanField()
    party_most = serializers.IntegerField()
    roles = RoleSerializer(many=True)


class ShiftPageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page; null is the last.")
    results = ShiftSerializer(many=True)


class SeatSerializer(serializers.Serializer):
    """A seat of the person who asks. Address, contact and code are there while it stands."""

    id = serializers.CharField()
    shift = serializers.CharField()
    title = serializers.CharField()
    role = serializers.IntegerField()
    seats = serializers.IntegerField()
    status = serializers.ChoiceField(Assignment.Status.values)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    place = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    contact_name = serializers.CharField(allow_blank=True)
    contact_phone = serializers.CharField(allow_blank=True)
    spoken_code = serializers.CharField(allow_blank=True, help_text="Four digits, said at the site.")
    release_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when it can be given back; null is always."
    )
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class SeatPageSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = SeatSerializer(many=True)


class OfferSerializer(serializers.Serializer):
    """A proposal of a seat to the person who asks."""

    id = serializers.CharField()
    shift = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(Offer.Status.values)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    place = serializers.CharField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class OfferListSerializer(serializers.Serializer):
    results = OfferSerializer(many=True)


class WaitingSerializer(serializers.Serializer):
    """A place in line of the person who asks, or a question to the organizer that waits for an answer."""

    id = serializers.CharField()
    shift = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(Waiting.Kind.values)
    status = serializers.ChoiceField(Waiting.Status.values)
    seats = serializers.IntegerField()
    place = serializers.IntegerField(allow_null=True, help_text="From 1, while one waits for a seat.")
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when a seat is held.")


class WaitingListSerializer(serializers.Serializer):
    results = WaitingSerializer(many=True)


class SignUpSerializer(serializers.Serializer):
    role = serializers.IntegerField(min_value=1, max_value=1000, default=1)
    seats = serializers.IntegerField(min_value=1, max_value=policies.SEATS_AT_ONCE, default=1)


class AskSerializer(SignUpSerializer):
    words = serializers.CharField(max_length=300, allow_blank=True, default="")


class ReleaseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class DeclineSerializer(serializers.Serializer):
    answer = serializers.ChoiceField(Offer.Answer.choices)
    words = serializers.CharField(max_length=300, allow_blank=True, default="")


class EmptySerializer(serializers.Serializer):
    """Nothing is needed."""


class CheckSerializer(serializers.Serializer):
    """Somebody came or left.

    A volunteer sends the code of the site, which hangs at the desk, for themselves. A desk sends the code of a seat
    as scanned; with `shift` also the four digits that somebody says, or a volunteer's number.
    """

    code = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(CheckIn.Kind.values)
    nonce = serializers.UUIDField(
        help_text="Made where the check happens: the same one sent twice counts once."
    )
    at = serializers.DateTimeField(help_text="When it happened; one's own check counts from when it arrives.")
    shift = serializers.CharField(max_length=12, required=False)


class SeenSerializer(serializers.Serializer):
    assignment = serializers.CharField()
    shift = serializers.CharField()
    kind = serializers.ChoiceField(CheckIn.Kind.values)
    method = serializers.ChoiceField(CheckIn.Method.values)
    nonce = serializers.UUIDField()
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class OutcomeSerializer(serializers.Serializer):
    """What became of one check of several: 201 with `check_in`, else the status of the `problem`."""

    nonce = serializers.CharField(allow_null=True)
    status = serializers.IntegerField()
    check_in = SeenSerializer(required=False)
    problem = ProblemSerializer(required=False)


class OutcomesSerializer(serializers.Serializer):
    results = OutcomeSerializer(many=True)


class WordsSerializer(serializers.Serializer):
    """The same in both languages."""

    zh = serializers.CharField()
    en = serializers.CharField()


class FigureSerializer(serializers.Serializer):
    """One figure. Without a value there is nothing to measure, or `suppression` says why not."""

    key = serializers.CharField(
        help_text="Stable; the name of its column in tables. What it means stands under this key in `definitions`."
    )
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(help_text="count, percent, minutes, persons, hours or points.")
    suppression = serializers.CharField(
        allow_null=True,
        help_text="small: 1 to 7 persons. complement: would tell one of those. null: nothing is hidden.",
    )


class FigureDefinitionSerializer(serializers.Serializer):
    """What a figure means."""

    name = WordsSerializer()
    definition = WordsSerializer(help_text="What it counts.")
    formula = WordsSerializer()
    source = WordsSerializer(help_text="From which rows.")
    refreshed = WordsSerializer(help_text="When it is counted again.")
    protection = WordsSerializer(help_text="How single persons stay out of it.")


class FiguresReleaseSerializer(serializers.Serializer):
    """Figures of a period as they were made public: the newest version."""

    period = serializers.ChoiceField(Release.Period.values)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    released_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="1, and one more with each correction.")
    correction = serializers.CharField(allow_blank=True, help_text="What was wrong before; empty: nothing.")
    figures = FigureSerializer(many=True)


class FiguredAreaSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = WordsSerializer()


class FiguresSerializer(serializers.Serializer):
    area = FiguredAreaSerializer()
    first_day = serializers.DateField(help_text="The first day for which anything was released.")
    definitions = serializers.DictField(
        child=FigureDefinitionSerializer(),
        help_text="What each figure of the answer means, once, by the `key` of the figure.",
    )
    releases = FiguresReleaseSerializer(many=True, help_text="By their last day, the newest first.")


KEY_HELP = (
    f"1 to {KEY_MOST} visible ASCII characters, new for each thing that you want done, the same when you ask again. "
    "The same key with the same request gives the same answer, for two days; with another request 422."
)
