"""What volunteers do: join, sign up, answer offers, come or stay away, tire. docs/drill.md lists how, in numbers."""

from datetime import datetime, timedelta

from operations.drill.drama import Drama
from operations.drill.people.answering import Answering
from operations.drill.people.joining import Joining
from operations.drill.people.known import Crowd, gather_people
from operations.drill.people.looking import Looking
from operations.drill.people.serving import Serving
from operations.drill.people.tiring import Tiring


class People:
    """Everybody who volunteers, as one actor: hands are many, looks are few."""

    crowd: Crowd

    def begin(self, drama: Drama) -> None:
        """Read who is there, and plan the first happenings."""
        begins_at = drama.story.begins_at
        self.crowd = drama.hands.look(lambda: gather_people(drama.chance, begins_at))
        joining = Joining(drama, self.crowd)
        looking = Looking(drama, self.crowd, joining)
        tiring = Tiring(drama, self.crowd)
        joining.begin()
        looking.begin()
        Answering(drama, self.crowd).begin()
        Serving(drama, self.crowd).begin()

        def day(at: datetime) -> None:
            joining.tell(at)
            tiring.day(at)
            looking.plan_day(at)

        drama.story.every(timedelta(days=1), day, first=drama.moment(1, 0.0))
