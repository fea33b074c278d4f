"""What lies within a user's reach, in SQL: temporary views over the tables, made for one connection.

A view has the name of its table and holds those of its rows that hang on photos and people within reach.
On a connection for looking it stands in front of the table, so that no query, whoever writes it, lists or
counts what the user may not see. On one for changing, where a withdrawal must also find what its maker may
not see, it has a name of its own, and only what was chosen is tried against it.

`appliance.domain.grants.Reach` is the rule; a test holds the two against each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlite_utils import Database

from appliance.domain.grants import EVERYTHING, Reach, Scope, ScopeKind
from appliance.store.rows import folded, query

ASIDE = "reached_"  # before the names of views that stand beside their tables

# How a photo `p` is tried against what was allowed (1) or denied (0), by the kind of scope.
_OF_PHOTOS: Mapping[ScopeKind, str] = {
    ScopeKind.SHOOT: "{shoot} IN (SELECT id FROM temp.reach_shoots WHERE allowed = {allowed})",
    ScopeKind.COLLECTION: (
        "EXISTS (SELECT 1 FROM main.collection_photos AS c WHERE c.photo = p.number"
        " AND c.collection IN (SELECT id FROM temp.reach_collections WHERE allowed = {allowed}))"
    ),
    ScopeKind.DEPARTMENT: (
        "EXISTS (SELECT 1 FROM main.shown AS s WHERE s.photo = p.number"
        " AND s.person_id IN (SELECT id FROM temp.reach_people WHERE allowed = {allowed}))"
    ),
}
_OF_SHOOTS = "q.id IN (SELECT id FROM temp.reach_shoots WHERE allowed = {allowed})"
_OF_COLLECTIONS = "q.id IN (SELECT id FROM temp.reach_collections WHERE allowed = {allowed})"
_OF_PEOPLE = "q.id IN (SELECT id FROM temp.reach_people WHERE allowed = {allowed})"

# Somebody may be seen where a photo may be seen in which they are confirmed, or a shoot to which they are
# invited. Who stands nowhere yet is nobody's in particular: they can be named, though not be listed.
_IN_PHOTOS = (
    "EXISTS (SELECT 1 FROM main.people AS o JOIN main.shown AS s ON s.person_id = o.id"
    " JOIN temp.{photos} AS r ON r.number = s.photo WHERE o.identity = q.identity)"
)
_INVITED = (
    "EXISTS (SELECT 1 FROM main.people AS o JOIN main.invitations AS i ON i.person_id = o.id"
    " JOIN temp.{shoots} AS r ON r.id = i.shoot_id WHERE o.identity = q.identity)"
)
_NOWHERE = (
    "q.department = '' AND NOT EXISTS (SELECT 1 FROM main.people AS o JOIN main.shown AS s"
    " ON s.person_id = o.id WHERE o.identity = q.identity)"
)

_PHOTO = "EXISTS (SELECT 1 FROM temp.{photos} AS r WHERE r.id = q.photo_id)"
_NUMBER = "EXISTS (SELECT 1 FROM temp.{photos} AS r WHERE r.number = q.photo)"
_PERSON = "EXISTS (SELECT 1 FROM temp.{people} AS r WHERE r.id = q.person_id)"
_SHOOT = "EXISTS (SELECT 1 FROM temp.{shoots} AS r WHERE r.id = q.shoot_id)"
_COLLECTION = "EXISTS (SELECT 1 FROM temp.{collections} AS r WHERE r.id = q.collection)"
# A parcel is listed to whoever may see all that is in it.
_CHOSEN = (
    "NOT EXISTS (SELECT 1 FROM main.parcel_photos AS c WHERE c.parcel_id = q.id AND NOT EXISTS"
    " (SELECT 1 FROM temp.{photos} AS r WHERE r.id = c.photo_id))"
)
_FOLLOWED = (
    "NOT EXISTS (SELECT 1 FROM main.collection_photos AS c WHERE c.collection = q.collection_id"
    " AND NOT EXISTS (SELECT 1 FROM temp.{photos} AS r WHERE r.number = c.photo))"
)
_OPTIONAL_PERSON = f"(q.person_id IS NULL OR {_PERSON})"
_OPTIONAL_PHOTO = f"(q.photo_id IS NULL OR {_PHOTO})"
_OPTIONAL_PARCEL = (
    "(q.parcel_id IS NULL OR EXISTS (SELECT 1 FROM temp.{parcels} AS r WHERE r.id = q.parcel_id))"
)
_OPTIONAL_COLLECTION = (
    "(q.collection_id IS NULL OR EXISTS (SELECT 1 FROM temp.{collections} AS r WHERE r.id = q.collection_id))"
)
_OPTIONAL_SHOOT = f"(q.shoot_id IS NULL OR {_SHOOT})"

# What hangs on photos, people and shoots: which rows of which table, called q; a view rests on those before.
# A table that is new belongs here too, unless none but the box itself reads it.
_HANGING: Mapping[str, str] = {
    "files": _PHOTO,
    "links": _PHOTO,
    "releases": _PHOTO,
    "photo_history": _PHOTO,
    "fingerprints": _NUMBER,
    "doubts": _PHOTO,
    "self_audit_sample": _PHOTO,
    "descriptions": _NUMBER,
    "photo_versions": _NUMBER,
    "keywords": _NUMBER,
    "lights": _NUMBER,
    "lights_of_any": _NUMBER,
    "shown": _NUMBER,
    "invitations": _SHOOT,
    "recalls": "EXISTS (SELECT 1 FROM temp.{releases} AS r WHERE r.id = q.release_id)",
    "suspects": (
        "EXISTS (SELECT 1 FROM temp.{photos} AS r WHERE r.id = q.photo)"
        " AND EXISTS (SELECT 1 FROM temp.{photos} AS r WHERE r.id = q.other)"
    ),
    "collection_photos": f"{_NUMBER} AND {_COLLECTION}",
    "collection_changes": _COLLECTION,
    "collection_comments": f"{_COLLECTION} AND (q.photo IS NULL OR {_NUMBER})",
    "parcel_photos": _PHOTO,
    "parcels": f"{_CHOSEN} AND {_FOLLOWED}",
    "templates": _PERSON,
    "quitclaims": _PERSON,
    "rights_requests": _PERSON,
    "evidence": "EXISTS (SELECT 1 FROM temp.{quitclaims} AS r WHERE r.id = q.quitclaim_id)",
    "requests": f"{_OPTIONAL_PERSON} AND {_OPTIONAL_SHOOT}",
    "uploads": "EXISTS (SELECT 1 FROM temp.{imports} AS r WHERE r.id = q.import_id)",
    "scans": "EXISTS (SELECT 1 FROM temp.{requests} AS r WHERE r.id = q.request_id)",
    "messages": _OPTIONAL_PERSON,
    "notices": f"{_OPTIONAL_PERSON} AND {_OPTIONAL_PHOTO} AND {_OPTIONAL_PARCEL} AND {_OPTIONAL_COLLECTION}",
}
_NAMED_LINKS = (
    "SELECT q.face_id, o.identity AS person_id, q.photo_id, q.state, q.distance, q.changed_at"
    " FROM temp.{links} AS q JOIN main.people AS o ON o.id = q.person_id"
)
_WITH_PHOTOS = (
    "EXISTS (SELECT 1 FROM main.collection_photos AS c JOIN temp.{photos} AS r ON r.number = c.photo"
    " WHERE c.collection = q.id)"
)
_EMPTY = "NOT EXISTS (SELECT 1 FROM main.collection_photos AS c WHERE c.collection = q.id)"
_OF_IMPORT = "EXISTS (SELECT 1 FROM temp.{photos} AS r WHERE r.import_id = q.id)"
# Counts that are kept for everybody are counted anew.
_COUNTED: Mapping[str, str] = {
    "light_counts": "SELECT purpose, light, count(*) AS photos FROM temp.{lights} GROUP BY purpose, light",
    "tags": (
        "SELECT q.id, q.name, q.sort_name, count(DISTINCT k.photo) AS photos FROM main.tags AS q"
        " JOIN temp.{keywords} AS k ON k.folded = q.sort_name GROUP BY q.id"
    ),
    "cameras": (
        "SELECT q.id, q.name, count(*) AS photos FROM main.cameras AS q"
        " JOIN temp.{photos} AS r ON r.camera = q.name GROUP BY q.id"
    ),
    "departments": (
        "SELECT * FROM main.departments AS q"
        " WHERE EXISTS (SELECT 1 FROM temp.{people} AS r WHERE r.department = q.name)"
    ),
}
KNOWN = frozenset({"photos", "people", "shoots", "imports", "faces", "collections", *_HANGING, *_COUNTED})

_SIGNER = (
    "SELECT person_id FROM main.evidence JOIN main.quitclaims AS c"
    " ON c.id = quitclaim_id AND c.version = evidence.version WHERE evidence.id = ?"
)
# To which photo, person or shoot a thing belongs, by its id: the view to look in, and how to find it there.
_BELONGING: tuple[tuple[str, str], ...] = (
    ("photos", "SELECT id FROM main.photos WHERE id = ?"),
    ("photos", "SELECT photo_id FROM main.faces WHERE id = ?"),
    ("photos", "SELECT photo_id FROM main.releases WHERE id = ?"),
    (
        "photos",
        "SELECT photo_id FROM main.recalls JOIN main.releases AS c ON c.id = release_id WHERE recalls.id = ?",
    ),
    ("photos", "SELECT photo_id FROM main.parcel_photos WHERE parcel_id = ?"),
    ("photos", "SELECT photo_id FROM main.doubts WHERE id = ?"),
    ("collections", "SELECT id FROM main.collections WHERE id = ?"),
    ("collections", "SELECT collection FROM main.collection_comments WHERE id = ?"),
    ("people", "SELECT id FROM main.people WHERE id = ?"),
    ("people", "SELECT person_id FROM main.quitclaims WHERE id = ?"),
    ("people", _SIGNER),
    ("people", "SELECT person_id FROM main.requests WHERE id = ? AND person_id IS NOT NULL"),
    ("people", "SELECT person_id FROM main.rights_requests WHERE id = ?"),
    ("people", "SELECT person_id FROM main.messages WHERE id = ? AND person_id IS NOT NULL"),
    ("shoots", "SELECT id FROM main.shoots WHERE id = ?"),
    ("shoots", "SELECT shoot_id FROM main.requests WHERE id = ? AND shoot_id IS NOT NULL"),
    ("imports", "SELECT id FROM main.imports WHERE id = ?"),
    ("imports", "SELECT import_id FROM main.uploads WHERE id = ?"),
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a connection's views were made for. people: allowed and denied ones, as they were then."""

    reach: Reach
    people: frozenset[tuple[int, str]]


class Within:
    """The views of one connection. in_front: of the tables, by the same names; else beside them."""

    def __init__(self, db: Database, *, in_front: bool) -> None:
        self.db = db
        self._before = "" if in_front else ASIDE
        self._told: _Told | None = None

    def tell(self, reach: Reach) -> None:
        """Make the views for a reach. Not within a transaction."""
        wanted = _Told(reach, frozenset(self._people(reach)))
        if wanted == self._told:
            return
        self._told = None
        self._fill("reach_shoots", _ids(reach, ScopeKind.SHOOT))
        self._fill("reach_collections", _ids(reach, ScopeKind.COLLECTION))
        self._fill("reach_people", wanted.people)
        views = list(_views(reach, self._before))
        for name, _ in reversed(views):
            self.db.execute(f"DROP VIEW IF EXISTS temp.{self._before}{name}")
        for name, sql in views:
            self.db.execute(f"CREATE TEMP VIEW {self._before}{name} AS {sql}")
        self._told = wanted

    def holds(self, thing: str) -> bool:
        """Whether all that an id stands for lies within reach; what is no photo, person or shoot does."""
        return not any(
            self.db.execute(
                f"WITH f(id) AS ({sql}) SELECT 1 FROM f WHERE NOT EXISTS"  # noqa: S608
                f" (SELECT 1 FROM temp.{self._before}{view} AS r WHERE r.id = f.id)",
                (thing,),
            ).fetchone()
            for view, sql in _BELONGING
        )

    def _fill(self, table: str, rows: Iterable[tuple[int, str]]) -> None:
        self.db.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {table} (allowed INTEGER, id TEXT, PRIMARY KEY (allowed, id))"
            " WITHOUT ROWID"
        )
        self.db.execute(f"DELETE FROM temp.{table}")  # noqa: S608
        self.db.conn.executemany(f"INSERT INTO temp.{table} VALUES (?, ?)", sorted(rows))  # noqa: S608

    def _people(self, reach: Reach) -> Iterator[tuple[int, str]]:
        """Everybody of the departments that the reach names, however those are spelled today."""
        named = _ids(reach, ScopeKind.DEPARTMENT)
        if not named:
            return
        rows = query(
            self.db,
            "SELECT q.id, i.department FROM main.people AS q JOIN main.people AS i ON i.id = q.identity"
            " WHERE i.department <> ''",
        )
        for row in rows:
            key = department_key(row["department"])
            yield from ((allowed, row["id"]) for allowed in (0, 1) if (allowed, key) in named)


def department_key(name: str) -> str:
    """What a department is known by in a scope: its name without capitals, accents and double spaces."""
    return " ".join(folded(name).split())


def _ids(reach: Reach, kind: ScopeKind) -> frozenset[tuple[int, str]]:
    told = ((1, reach.allowed), (0, reach.denied))
    return frozenset((allowed, scope.id) for allowed, some in told for scope in some if scope.kind is kind)


def _views(reach: Reach, before: str) -> Iterator[tuple[str, str]]:
    """Each view with its query, in the order in which they rest on each other."""
    names = {name: f"{before}{name}" for name in KNOWN}
    photos = _rule(reach, _OF_PHOTOS)
    yield "photos", f"SELECT * FROM main.photos AS p WHERE {photos}"  # noqa: S608
    shoots = _rule(reach, {ScopeKind.SHOOT: _OF_SHOOTS})
    yield "shoots", f"SELECT * FROM main.shoots AS q WHERE {shoots}"  # noqa: S608
    collections = _collections_rule(reach).format_map(names)
    yield "collections", f"SELECT * FROM main.collections AS q WHERE {collections}"  # noqa: S608
    people = _people_rule(reach, bool(before)).format_map(names)
    yield "people", f"SELECT * FROM main.people AS q WHERE {people}"  # noqa: S608
    yield "imports", f"SELECT rowid, * FROM main.imports AS q WHERE {_imports_rule(reach).format_map(names)}"  # noqa: S608
    yield "faces", f"SELECT rowid, * FROM main.faces AS q WHERE {_PHOTO.format_map(names)}"  # noqa: S608
    for table, rule in _HANGING.items():
        yield table, f"SELECT * FROM main.{table} AS q WHERE {rule.format_map(names)}"  # noqa: S608
    yield "named_links", _NAMED_LINKS.format_map(names)
    for table, sql in _COUNTED.items():
        yield table, sql.format_map(names)


def _rule(reach: Reach, by_kind: Mapping[ScopeKind, str]) -> str:
    """What a row must be: allowed by any of the scopes, and denied by none."""
    return f"{_any(reach.allowed, by_kind, 1)} AND NOT {_any(reach.denied, by_kind, 0)}"


def _any(scopes: AbstractSet[Scope], by_kind: Mapping[ScopeKind, str], allowed: int) -> str:
    if EVERYTHING in scopes:
        return "1"
    kinds = sorted({scope.kind for scope in scopes} & by_kind.keys())
    # A photo of no shoot is not in a denied one; to what is allowed, the bare column leads by its index.
    shoot = "p.shoot_id" if allowed else "coalesce(p.shoot_id, '')"
    rules = (by_kind[kind].format(allowed=allowed, shoot=shoot) for kind in kinds)
    return f"({' OR '.join(rules) or '0'})"


def _people_rule(reach: Reach, beside: bool) -> str:
    of_department = {ScopeKind.DEPARTMENT: _OF_PEOPLE}
    seen = [_any(reach.allowed, of_department, 1), _IN_PHOTOS, _INVITED, *([_NOWHERE] if beside else [])]
    allowed = "1" if EVERYTHING in reach.allowed else f"({' OR '.join(seen)})"
    return f"{allowed} AND NOT {_any(reach.denied, of_department, 0)}"


def _collections_rule(reach: Reach) -> str:
    """A collection may be seen with the first of its photos that may; an empty one holds nothing back."""
    by_kind = {ScopeKind.COLLECTION: _OF_COLLECTIONS}
    seen = f"({_any(reach.allowed, by_kind, 1)} OR {_WITH_PHOTOS} OR {_EMPTY})"
    return f"{seen} AND NOT {_any(reach.denied, by_kind, 0)}"


def _imports_rule(reach: Reach) -> str:
    """An import without a shoot is for whoever may see everything, or one of its photos."""
    without = "1" if EVERYTHING in reach.allowed and EVERYTHING not in reach.denied else _OF_IMPORT
    return f"CASE WHEN q.shoot_id IS NULL THEN {without} ELSE {_SHOOT} END"
