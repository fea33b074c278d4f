"""Rows of groups of users, and of what was granted to whom."""

import json
from collections.abc import Iterable

from appliance.domain.access import UserId
from appliance.domain.errors import Mistake
from appliance.domain.grants import (
    Effect,
    Grant,
    GrantId,
    Group,
    GroupId,
    Holder,
    HolderKind,
    Right,
    Scope,
    ScopeKind,
)
from appliance.store.connections import IntegrityError
from appliance.store.rows import Row, Rows, folded, instant, moment


class GrantRows(Rows):
    """Groups, who is in them, and grants."""

    def put_group(self, group: Group) -> None:
        """Add a group, or write it anew.

        Raises:
            Mistake: when another group has that name.
        """
        try:
            self._run(
                "INSERT INTO groups VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
                " sort_name = excluded.sort_name, joined_by_new = excluded.joined_by_new",
                group.id,
                group.name,
                folded(group.name),
                int(group.joined_by_new),
            )
        except IntegrityError as problem:
            raise Mistake(
                "group:taken", "There is a group of that name.", "Choose another name."
            ) from problem

    def group(self, group_id: GroupId) -> Group:
        """One group.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM groups WHERE id = ?", group_id)
        if row is None:
            raise Mistake("group:unknown", "There is no such group.", "Choose one from the list.")
        return _group(row)

    def groups(self) -> list[Group]:
        """Every group, by name."""
        return [_group(row) for row in self._all("SELECT * FROM groups ORDER BY sort_name")]

    def remove_group(self, group_id: GroupId) -> None:
        """Delete a group with what was granted to it."""
        self._run("DELETE FROM grants WHERE holder_kind = 'group' AND holder = ?", group_id)
        self._run("DELETE FROM groups WHERE id = ?", group_id)

    def members(self) -> dict[GroupId, frozenset[UserId]]:
        """Who is in each group that has anybody in it."""
        found: dict[GroupId, set[UserId]] = {}
        for row in self._all("SELECT * FROM group_members"):
            found.setdefault(GroupId(row["group_id"]), set()).add(UserId(row["user_id"]))
        return {group_id: frozenset(users) for group_id, users in found.items()}

    def set_members(self, group_id: GroupId, users: Iterable[UserId]) -> None:
        """Say who is in a group."""
        self._run("DELETE FROM group_members WHERE group_id = ?", group_id)
        for user_id in sorted(users):
            self._run("INSERT INTO group_members VALUES (?, ?)", group_id, user_id)

    def groups_of(self, user_id: str) -> list[GroupId]:
        """The groups that a user is in."""
        rows = self._all("SELECT group_id FROM group_members WHERE user_id = ?", user_id)
        return [GroupId(row["group_id"]) for row in rows]

    def put(self, grant: Grant) -> None:
        """Add a grant; one to the same holder, in the same scope and with the same effect gives way."""
        row = _row(grant)
        self._run(
            "DELETE FROM grants WHERE holder_kind = ? AND holder = ? AND scope_kind = ? AND scope = ?"
            " AND effect = ?",
            *(row[name] for name in ("holder_kind", "holder", "scope_kind", "scope", "effect")),
        )
        self._add("grants", row)

    def get(self, grant_id: GrantId) -> Grant:
        """One grant.

        Raises:
            Mistake: when there is none of that id.
        """
        row = self._first("SELECT * FROM grants WHERE id = ?", grant_id)
        if row is None:
            raise Mistake("grant:unknown", "There is no such rule.", "Somebody may have removed it just now.")
        return _grant(row)

    def remove(self, grant_id: GrantId) -> None:
        """Delete a grant."""
        self._run("DELETE FROM grants WHERE id = ?", grant_id)

    def all(self) -> list[Grant]:
        """Every grant, by scope and then holder."""
        rows = self._all("SELECT * FROM grants ORDER BY scope_kind, scope, holder_kind, holder, effect")
        return [_grant(row) for row in rows]

    def at(self, scope: Scope) -> list[Grant]:
        """The grants of one scope."""
        rows = self._all(
            "SELECT * FROM grants WHERE scope_kind = ? AND scope = ? ORDER BY holder_kind, holder, effect",
            scope.kind.value,
            scope.id,
        )
        return [_grant(row) for row in rows]

    def of_user(self, user_id: str) -> list[Grant]:
        """What a user holds, in person or through a group."""
        rows = self._all(
            "SELECT * FROM grants WHERE holder_kind = 'user' AND holder = ?1 OR holder_kind = 'group'"
            " AND holder IN (SELECT group_id FROM group_members WHERE user_id = ?1)",
            user_id,
        )
        return [_grant(row) for row in rows]


def _group(row: Row) -> Group:
    return Group(GroupId(row["id"]), row["name"], bool(row["joined_by_new"]))


def _row(grant: Grant) -> Row:
    return {
        "id": grant.id,
        "holder_kind": grant.holder.kind.value,
        "holder": grant.holder.id,
        "scope_kind": grant.scope.kind.value,
        "scope": grant.scope.id,
        "effect": grant.effect.value,
        "rights": json.dumps(sorted(grant.rights)),
        "made_by": grant.made_by,
        "made_at": instant(grant.made_at),
    }


def _grant(row: Row) -> Grant:
    return Grant(
        id=GrantId(row["id"]),
        holder=Holder(HolderKind(row["holder_kind"]), row["holder"]),
        scope=Scope(ScopeKind(row["scope_kind"]), row["scope"]),
        effect=Effect(row["effect"]),
        rights=frozenset(Right(one) for one in json.loads(row["rights"])),
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
    )
