"""E-mail addresses: which texts can be one."""

import re

LONGEST_ADDRESS = 254  # characters; RFC 5321, section 4.5.3.1.3, less the angle brackets

# A dot-atom before the @ (RFC 5322, section 3.2.3; letters of any script by RFC 6531) and a domain name with
# at least one dot after it. Quoted local parts and address literals are lawful, but nobody's real address.
_LOCAL = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
_ADDRESS = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


def is_address(text: str) -> bool:
    """Whether mail could be sent there; whether anybody reads it is another matter."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(text) <= LONGEST_ADDRESS and len(found["local"]) <= 64
