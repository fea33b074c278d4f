"""People by what somebody types: each under a label that tells namesakes apart."""

import re
from collections import Counter
from collections.abc import Iterable

from appliance.actions.people import create_person, person_names, person_view
from appliance.domain.errors import Mistake
from appliance.domain.people import Person, PersonId
from webui.current import asking, asking_today, box

MOST_LISTED = 200  # in a page; of more people, a script asks for those who fit
MOST_SUGGESTED = 12
_BEHIND_THE_NAME = re.compile(r"( \([^()]*\))?( #\w+)?$")


def listed() -> dict[str, Person]:
    """Everybody by label, to choose from; nobody when there are too many for a page."""
    people = person_names(box().safe, limit=MOST_LISTED + 1, **asking())
    return labelled(people) if len(people) <= MOST_LISTED else {}


def suggested(typed: str) -> dict[str, Person]:
    """The first people whose name or department holds what is typed."""
    return labelled(person_names(box().safe, text=typed, limit=MOST_SUGGESTED, **asking()))


def found(typed: str) -> list[Person]:
    """Those who may be meant: by label when one fits, else everybody of that name."""
    wanted = _plain(typed)
    name = _BEHIND_THE_NAME.sub("", " ".join(typed.split()))
    known = labelled(person_names(box().safe, text=name, **asking()))
    by_label = [person for label, person in known.items() if _plain(label) == wanted]
    return by_label or [person for person in known.values() if _plain(person.name) == wanted]


def named(typed: str, *, create: bool, seen_in: str = "") -> PersonId:
    """The one person that is meant; a new one when nobody has that name and that is asked for.

    seen_in: the photo, face or doubt in which they are about to be named.

    Raises:
        Mistake: when nobody has that name, or several do.
    """
    meant = found(typed)
    if len(meant) == 1:
        return meant[0].id
    if meant:
        raise Mistake("person:ambiguous", "Several people have that name.", "Choose one from the list.")
    if not create:
        raise Mistake(
            "person:not_known", "Nobody of that name is known.", "Choose from the list, or add a new person."
        )
    return create_person(box().safe, name=typed, seen_in=seen_in, **asking()).id


def label_of(person_id: PersonId) -> str:
    """The label by which somebody is found among everybody of that name; empty for nobody."""
    if not person_id:
        return ""
    name = person_view(box().safe, person_id, most=0, **asking_today()).person.name
    people = person_names(box().safe, text=name, **asking())
    return next(label for label, one in labelled(people).items() if one.id == person_id)


def labelled(people: Iterable[Person]) -> dict[str, Person]:
    """People by label: the name, the department where there is one, and for twins a part of the id."""
    everybody = tuple(people)
    count = Counter(_label(person) for person in everybody)
    return {
        _label(person) if count[_label(person)] == 1 else f"{_label(person)} #{person.id[:5]}": person
        for person in everybody
    }


def _label(person: Person) -> str:
    return f"{person.name} ({person.department})" if person.department else person.name


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
