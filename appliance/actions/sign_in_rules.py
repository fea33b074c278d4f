"""What the office decided about signing in: who needs two steps, and from which networks a role may come."""

import json
from datetime import datetime

from appliance.domain.access import Actor, Permission, Role
from appliance.domain.audit import Event
from appliance.domain.errors import Mistake
from appliance.domain.sign_in import Rules, network
from appliance.store.database import View
from appliance.store.safe import Safe

_SETTING = "sign_in"


def rules_of(view: View) -> Rules:
    """The rules, within a transaction."""
    kept = view.settings.get(_SETTING)
    if kept is None:
        return Rules()
    found = json.loads(kept)
    return Rules(
        frozenset(Role(one) for one in found["second"]),
        {Role(role): tuple(networks) for role, networks in found["networks"].items()},
    )


def rules(safe: Safe, *, by: Actor, now: datetime) -> Rules:
    """The rules."""
    with safe.store.look(by=by, to=Permission.USER_VIEW, now=now) as view:
        return rules_of(view)


def change_rules(safe: Safe, changed: Rules, *, by: Actor, now: datetime) -> None:
    """Set the rules; they hold from the next request on.

    Raises:
        Mistake: when a network is none, or whoever sets them would be shut out.
    """
    networks = {role: [_sensible(one) for one in given] for role, given in changed.networks.items() if given}
    checked = Rules(changed.second, networks)
    with safe.store.begin(by=by, to=Permission.USER_EDIT, now=now) as tx:
        if by.role is not None and not checked.allows(by.role, by.source):
            raise Mistake(
                "access:own_network", "That would shut you out.", "Add the network that you are in."
            )
        kept = {
            "second": sorted(checked.second),
            "networks": {role.value: given for role, given in networks.items()},
        }
        tx.settings.put(_SETTING, json.dumps(kept))
        tx.record(Event("user:rules", detail=f"second={','.join(kept['second'])} networks={len(networks)}"))


def _sensible(text: str) -> str:
    try:
        return str(network(text))
    except ValueError as problem:
        raise Mistake(
            "access:bad_network",
            "That is not a network.",
            "Write it as 192.168.1.0/24 or 2001:db8::/32.",
        ) from problem
