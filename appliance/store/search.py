"""Finding photos: SQL for a filter, quick among a hundred thousand photos.

Each condition of a filter can lead, which is to list the numbers of its photos from an index, or only check
a number that another one listed. The condition with the fewest photos leads. Some cannot list without
gathering all of theirs first: then the whole answer is gathered once, and pages and counts are cut from it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from appliance.domain.collections import CollectionId
from appliance.domain.consent import Light, Purpose
from appliance.domain.people import PersonId
from appliance.domain.photos import ImportId, PhotoId, ShootId, Stage
from appliance.domain.searches import CameraId, DepartmentId
from appliance.domain.tags import TagId
from appliance.store.rows import folded, many

Values = tuple[object, ...]

_TRIGRAM = 3
GATHERED = 20_000  # photos: an answer of more is asked anew for each page and count
_ENOUGH = 5000  # photos: between two conditions that both have as many, it does not matter which one leads


@dataclass(frozen=True, slots=True)
class Filter:
    """Which photos are wanted; what is left out does not matter. Dates are inclusive.

    light: with a purpose, of that purpose; without one, of any.
    department_id: with somebody of that department confirmed in it.
    tags: with each of them.
    untagged: with a face that nobody has named or resolved.
    nobody_named: with such a face, and nobody in it has a name yet.
    quarantined: waiting because it may be a duplicate; such photos, and variants, are in no other search.
    text: part of the file's name, or, accents aside, of the name of somebody confirmed in the photo, of the
        shoot's name, or of what the photo's maker wrote about it.
    similar_to: alike to that photo. alike: the numbers of such photos, which whoever asks finds first.
    """

    light: Light | None = None
    purpose: Purpose | None = None
    person_id: PersonId | None = None
    taken_from: date | None = None
    taken_until: date | None = None
    untagged: bool = False
    import_id: ImportId | None = None
    shoot_id: ShootId | None = None
    text: str = ""
    stage: Stage | None = None
    quarantined: bool = False
    department_id: DepartmentId | None = None
    camera_id: CameraId | None = None
    tags: tuple[TagId, ...] = ()
    collection_id: CollectionId | None = None
    nobody_named: bool = False
    similar_to: PhotoId | None = None
    alike: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL, and a value for each of its question marks."""

    sql: str
    values: Values = ()


@dataclass(frozen=True, slots=True)
class _Lists:
    """Rows of which each holds the number of a photo."""

    table: str
    where: str
    number: str
    values: Values = ()

    def some(self) -> Statement:
        """Counts them as far as it matters for who leads."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {self.table} WHERE {self.where} LIMIT {_ENOUGH})"  # noqa: S608
        return Statement(sql, self.values)


@dataclass(frozen=True, slots=True)
class _Stream:
    """Photos that an index lists one by one in the order of their numbers, and those beside, gathered first.

    A photo may be among both.
    """

    one_by_one: _Lists
    beside: _Lists


@dataclass(frozen=True, slots=True)
class _Condition:
    """One part of a filter. It takes the same values when it leads and when it checks, unless told otherwise.

    table, where: the rows it lists when it leads. number: the column there with the photo's number.
    check: the same, asked of the photo whose number is written {number}.
    counted: where the number of its photos is kept; else they are counted.
    guessed: about how many there are as far as it matters, where that is quicker to say.
    gathered: whether it lists none of its photos before it has found all of them.
    stream: how it lists the first of very many.
    """

    table: str
    where: str
    number: str
    check: str
    values: Values = ()
    counted: str = ""
    listed: Values = ()  # the values when it leads, where they are others
    guessed: Statement | None = None
    gathered: bool = False
    stream: _Stream | None = None

    @property
    def lists(self) -> _Lists:
        """What it lists when it leads."""
        return _Lists(self.table, self.where, self.number, self.listed or self.values)

    def all(self) -> Statement:
        """Counts its photos."""
        sql = f"SELECT count(*) FROM {self.table} WHERE {self.where}"  # noqa: S608
        return Statement(self.counted or sql, self.lists.values)

    def some(self) -> Statement:
        """Counts them as far as it matters for who leads."""
        if self.guessed is not None:
            return self.guessed
        return Statement(self.counted, self.lists.values) if self.counted else self.lists.some()


_LEFT_OUT = (
    "SELECT number FROM main.photos INDEXED BY photos_left_out"
    " WHERE quarantined = 1 OR variant_of IS NOT NULL"
)
_IN_LIBRARY = _Condition(
    table="photos",
    where=f"photos.number NOT IN ({_LEFT_OUT})",
    number="photos.number",
    check=f"{{number}} NOT IN ({_LEFT_OUT})",
    counted=f"SELECT (SELECT count(*) FROM main.photos) - (SELECT count(*) FROM ({_LEFT_OUT}))",  # noqa: S608
)


# On the connection of somebody whose rights do not reach everywhere, `photos` is what they may see.
_REACHED = _Condition(
    table="photos",
    where="1",
    number="photos.number",
    check="EXISTS (SELECT 1 FROM photos AS r WHERE r.number = {number})",
)

_WITHOUT_NAMES = _Condition(
    table="photos",
    where="NOT EXISTS (SELECT 1 FROM shown WHERE shown.photo = photos.number)",
    number="photos.number",
    check="NOT EXISTS (SELECT 1 FROM shown AS s WHERE s.photo = {number})",
    counted=f"SELECT {_ENOUGH}",  # it never leads: nearly every photo without a face has no name either
)


class Search:
    """A filter as SQL. Only constant text is put together; every value is a parameter."""

    def __init__(self, wanted: Filter, count: Callable[[Statement], int], *, limited: bool = False) -> None:
        """count: asks the database, to choose which condition leads. limited: to what is reached."""
        self._lead, *self._others = _conditions(wanted) + ([_REACHED] if limited else [])
        if self._others and self._others != [_IN_LIBRARY]:  # nearly every photo is: that never leads
            ordered = sorted([self._lead, *self._others], key=lambda c: min(_ENOUGH, count(c.some())))
            self._lead, *self._others = ordered

        stream = self._lead.stream
        self._stream = stream if stream and count(stream.one_by_one.some()) >= _ENOUGH else None
        self.to_gather = self._lead.gathered and self._stream is None  # once, and then kept

    def numbers(self, beyond: Statement | None, direction: str, limit: int) -> Statement:
        """The numbers of the first photos. beyond: a comparison that the number must pass."""
        if self._stream is None:
            return self._numbers(self._lead.lists, beyond, direction, limit)
        first = self._numbers(self._stream.one_by_one, beyond, direction, limit)
        other = self._numbers(self._stream.beside, beyond, direction, limit)
        sql = (
            f"SELECT * FROM ({first.sql}) UNION SELECT * FROM ({other.sql})"  # noqa: S608 - of constants
            f" ORDER BY 1 {direction} LIMIT ?"
        )
        return Statement(sql, (*first.values, *other.values, limit))

    def _numbers(self, lists: _Lists, beyond: Statement | None, direction: str, limit: int) -> Statement:
        checks = self._checks(lists.number)
        where, values = f"{lists.where}{checks.sql}", lists.values + checks.values
        if beyond is not None:
            where, values = f"{where} AND {lists.number} {beyond.sql}", values + beyond.values
        sql = (
            f"SELECT {lists.number} FROM {lists.table} WHERE {where}"  # noqa: S608 - of constants
            f" ORDER BY {lists.number} {direction} LIMIT ?"
        )
        return Statement(sql, (*values, limit))

    def count(self) -> Statement:
        """How many photos there are."""
        if not self._others:
            return self._lead.all()
        if self._stream is not None:
            return self._count_of(self._stream)
        lists = self._lead.lists
        checks = self._checks(lists.number)
        sql = f"SELECT count(*) FROM {lists.table} WHERE {lists.where}{checks.sql}"  # noqa: S608
        return Statement(sql, lists.values + checks.values)

    def _count_of(self, stream: _Stream) -> Statement:
        """Those beside, which are fewer; and those that come one by one and are not among them."""
        one, beside = stream.one_by_one, stream.beside
        of_one, of_beside = self._checks(one.number), self._checks("found.number")
        sql = (
            f"WITH found (number) AS MATERIALIZED (SELECT {beside.number} FROM {beside.table})"  # noqa: S608
            f" SELECT (SELECT count(*) FROM found WHERE 1{of_beside.sql}) + (SELECT count(*) FROM {one.table}"
            f" WHERE {one.where} AND {one.number} NOT IN (SELECT number FROM found){of_one.sql})"
        )
        return Statement(sql, (*beside.values, *of_beside.values, *one.values, *of_one.values))

    def _checks(self, number: str) -> Statement:
        """What the other conditions ask of a photo whose number is written so."""
        sql = "".join(f" AND {condition.check.format(number=number)}" for condition in self._others)
        return Statement(sql, tuple(value for condition in self._others for value in condition.values))


def cut(gathered: Sequence[int], beyond: Statement | None, direction: str, limit: int) -> Statement:
    """The first of numbers that are there, the newest first. beyond: a comparison that each must pass."""
    if beyond is None and direction == "DESC":
        first = gathered[:limit] if limit >= 0 else gathered
        return Statement("SELECT value FROM json_each(?)", (many(first),))
    test = beyond or Statement("IS NOT NULL")
    sql = f"SELECT value FROM json_each(?) WHERE value {test.sql} ORDER BY value {direction} LIMIT ?"  # noqa: S608
    return Statement(sql, (many(gathered), *test.values, limit))


def _conditions(wanted: Filter) -> list[_Condition]:
    """The parts of a filter. Of two that have enough photos each, the earlier one leads."""
    return [*_of_what_it_is(wanted), *_of_how_it_stands(wanted), *_shown(wanted)]


def _of_what_it_is(wanted: Filter) -> Iterator[_Condition]:
    """Mostly of few photos."""
    yield from (_of_tag(tag_id) for tag_id in wanted.tags)
    if wanted.collection_id is not None:
        yield _of_collection(wanted.collection_id)
    if wanted.similar_to is not None:
        yield _of_numbers(wanted)
    if wanted.import_id is not None:
        yield _of_photos("photos_by_import", "import_id = ?", wanted.import_id)
    if wanted.shoot_id is not None:
        yield _of_photos("photos_by_shoot", "shoot_id = ?", wanted.shoot_id)
    if wanted.person_id is not None:
        yield _of_person(wanted.person_id)
    if wanted.department_id is not None:
        yield _of_department(wanted.department_id)
    if wanted.camera_id is not None:
        yield _of_camera(wanted.camera_id)
    if wanted.text.strip():
        yield _of_text(wanted.text.strip())


def _of_how_it_stands(wanted: Filter) -> Iterator[_Condition]:
    if wanted.light is not None:
        yield _of_light(wanted.light, wanted.purpose)
    if wanted.untagged or wanted.nobody_named:
        yield _of_photos("photos_unnamed", "unnamed > 0")
    if wanted.nobody_named:
        yield _WITHOUT_NAMES
    if wanted.stage is not None:
        yield _of_photos("photos_by_stage", "stage = ?", wanted.stage.value)
    if wanted.taken_from is not None or wanted.taken_until is not None:
        days = ((wanted.taken_from or date.min).isoformat(), (wanted.taken_until or date.max).isoformat())
        yield _of_photos("photos_by_day", "day BETWEEN ? AND ?", *days)


def _shown(wanted: Filter) -> list[_Condition]:
    """What is in the library; lights and faces without a name are indexed of such photos only."""
    if wanted.quarantined:
        return [_of_photos("photos_left_out", "quarantined = 1")]
    with_index = wanted.light is not None or wanted.untagged or wanted.nobody_named
    return [] if with_index else [_IN_LIBRARY]


def _of_photos(index: str, where: str, *values: object) -> _Condition:
    """A condition on the photo's own row. index: the one in whose order it lists."""
    short = (
        ""
        if index in ("photos_by_import", "photos_by_shoot", "photos_left_out")
        else " INDEXED BY photos_in_short"
    )
    return _Condition(
        table=f"main.photos INDEXED BY {index}",
        where=where,
        number="photos.number",
        check=f"EXISTS (SELECT 1 FROM main.photos AS p{short} WHERE p.number = {{number}} AND p.{where})",  # noqa: S608
        values=values,
    )


def _of_person(person_id: PersonId) -> _Condition:
    """By who they are in the end: photos of people merged into them count as theirs."""
    return _Condition(
        table="people CROSS JOIN shown ON shown.person_id = people.id",
        where="people.identity = ?",
        number="shown.photo",
        check=(
            "EXISTS (SELECT 1 FROM people AS p CROSS JOIN shown AS s ON s.person_id = p.id"
            " WHERE p.identity = ? AND s.photo = {number})"
        ),
        values=(person_id,),
    )


def _of_tag(tag_id: TagId) -> _Condition:
    """A photo in which a keyword stands in two spellings has it once."""
    word = "(SELECT sort_name FROM tags WHERE id = ?)"
    return _Condition(
        table=f"(SELECT DISTINCT photo FROM keywords WHERE folded = {word}) AS of_tag",  # noqa: S608
        where="1",
        number="of_tag.photo",
        check=f"EXISTS (SELECT 1 FROM keywords AS k WHERE k.folded = {word} AND k.photo = {{number}})",  # noqa: S608
        values=(tag_id,),
        gathered=True,
        counted="SELECT coalesce((SELECT photos FROM main.tags WHERE id = ?), 0)",
    )


def _of_collection(collection_id: CollectionId) -> _Condition:
    return _Condition(
        table="collection_photos",
        where="collection_photos.collection = ?",
        number="collection_photos.photo",
        check="EXISTS (SELECT 1 FROM collection_photos AS c WHERE c.collection = ? AND c.photo = {number})",
        values=(collection_id,),
    )


def _of_numbers(wanted: Filter) -> _Condition:
    if wanted.alike is None:
        raise ValueError("photos like another one are found before they are searched")
    return _Condition(
        table="json_each(?) AS alike",
        where="1",
        number="alike.value",
        check="{number} IN (SELECT value FROM json_each(?))",
        values=(many(wanted.alike),),
        counted="SELECT json_array_length(?)",
    )


def _of_department(department_id: DepartmentId) -> _Condition:
    """By the department of who they are in the end; two of one department in a photo find it once."""
    shown = (
        "shown.photo FROM departments CROSS JOIN people AS d"
        " ON d.department = departments.name CROSS JOIN people ON people.identity = d.id"
        " CROSS JOIN shown ON shown.person_id = people.id WHERE departments.id = ?"
    )
    return _Condition(
        table=f"(SELECT DISTINCT {shown}) AS of_department",
        where="1",
        number="of_department.photo",
        check=(
            "EXISTS (SELECT 1 FROM shown AS s CROSS JOIN people AS p ON p.id = s.person_id"
            " CROSS JOIN people AS d ON d.id = p.identity"
            " CROSS JOIN departments ON departments.name = d.department"
            " WHERE departments.id = ? AND s.photo = {number})"
        ),
        values=(department_id,),
        guessed=Statement(f"SELECT count(*) FROM (SELECT {shown} LIMIT {_ENOUGH})", (department_id,)),  # noqa: S608
        gathered=True,
    )


def _of_camera(camera_id: CameraId) -> _Condition:
    name = "(SELECT name FROM cameras WHERE id = ?)"
    return _Condition(
        table="main.photos INDEXED BY photos_by_camera",
        where=f"photos.camera = {name}",
        number="photos.number",
        check=f"EXISTS (SELECT 1 FROM photos AS p WHERE p.number = {{number}} AND p.camera = {name})",  # noqa: S608
        values=(camera_id,),
        counted="SELECT coalesce((SELECT photos FROM main.cameras WHERE id = ?), 0)",
    )


def _of_light(light: Light, purpose: Purpose | None) -> _Condition:
    if purpose is None:
        return _Condition(
            table="lights_of_any",
            where="lights_of_any.light = ?",
            number="lights_of_any.photo",
            check="EXISTS (SELECT 1 FROM lights_of_any AS l WHERE l.light = ? AND l.photo = {number})",
            values=(light.value,),
        )
    return _Condition(
        table="lights",
        where="lights.purpose = ? AND lights.light = ?",
        number="lights.photo",
        check="EXISTS (SELECT 1 FROM lights AS l WHERE l.purpose = ? AND l.light = ? AND l.photo = {number})",
        values=(purpose.value, light.value),
        counted="SELECT coalesce(sum(photos), 0) FROM main.light_counts WHERE purpose = ? AND light = ?",
    )


def _of_text(text: str) -> _Condition:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    plain, like = folded(text), f"%{escaped}%"
    trigrams = _by_trigrams(text, plain)
    named, told, asked = trigrams or _by_reading(like, plain)
    beside = (
        f"{told} UNION SELECT photo FROM shown WHERE person_id IN"  # noqa: S608 - of constants
        " (SELECT p.id FROM people AS p WHERE p.identity IN"
        "  (SELECT identity FROM people WHERE instr(sort_name, ?)))"
        " UNION SELECT number FROM main.photos INDEXED BY photos_by_shoot WHERE shoot_id IN"
        " (SELECT id FROM shoots WHERE instr(folded(name), ?))"
    )
    return _Condition(
        table=f"({named} UNION {beside}) AS named",
        where="1",
        number="named.number",
        check=(
            "(EXISTS (SELECT 1 FROM photos AS p WHERE p.number = {number} AND p.name LIKE ? ESCAPE '\\')"
            " OR EXISTS (SELECT 1 FROM shown AS s JOIN people AS p ON p.id = s.person_id"
            " JOIN people AS q ON q.identity = p.identity"
            " WHERE s.photo = {number} AND instr(q.sort_name, ?))"
            " OR EXISTS (SELECT 1 FROM descriptions AS d WHERE d.photo = {number} AND instr(d.searched, ?))"
            " OR EXISTS (SELECT 1 FROM photos AS p JOIN shoots ON shoots.id = p.shoot_id"
            " WHERE p.number = {number} AND instr(folded(shoots.name), ?)))"
        ),
        values=(like, plain, plain, plain),
        listed=(*asked, plain, plain),
        gathered=True,
        guessed=_guessed(asked, plain) if trigrams else None,
        stream=_named(asked, beside, plain) if trigrams else None,
    )


def _named(asked: Values, beside: str, plain: str) -> _Stream:
    """Photos whose names hold a text, from the index of three letters; beside them the others that do."""
    of_name, of_telling = asked
    rest = beside.replace("SELECT rowid FROM", "SELECT rowid AS number FROM", 1)
    return _Stream(
        _Lists("name_words", "name_words MATCH ?", "name_words.rowid", (of_name,)),
        _Lists(f"({rest}) AS beside", "1", "beside.number", (of_telling, plain, plain)),
    )


def _guessed(asked: Values, plain: str) -> Statement:
    """Photos may be counted twice, and those of shoots are left out."""
    parts = (
        "name_words WHERE name_words MATCH ?",
        "told_words WHERE told_words MATCH ?",
        (
            "people AS q CROSS JOIN people AS p ON p.identity = q.identity"
            " CROSS JOIN shown ON shown.person_id = p.id WHERE instr(q.sort_name, ?)"
        ),
    )
    counts = (f"(SELECT count(*) FROM (SELECT 1 FROM {part} LIMIT {_ENOUGH}))" for part in parts)  # noqa: S608
    return Statement(f"SELECT {' + '.join(counts)}", (*asked, plain))


def _by_trigrams(text: str, plain: str) -> tuple[str, str, Values] | None:
    """Names and descriptions that hold a text, from their index of three letters; None for less than that.

    Also the two values that they take. The text is one phrase (SQLite FTS5, trigram tokenizer).
    """
    if min(len(text), len(plain)) < _TRIGRAM or "\0" in text:
        return None
    phrases = tuple('"' + one.replace('"', '""') + '"' for one in (text, plain))
    return (
        "SELECT rowid AS number FROM name_words WHERE name_words MATCH ?",
        "SELECT rowid FROM told_words WHERE told_words MATCH ?",
        phrases,
    )


def _by_reading(like: str, plain: str) -> tuple[str, str, Values]:
    """The same by looking at each of them."""
    return (
        "SELECT number FROM main.photos INDEXED BY photos_by_name WHERE name LIKE ? ESCAPE '\\'",
        "SELECT photo FROM descriptions WHERE instr(searched, ?)",
        (like, plain),
    )
