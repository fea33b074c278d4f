"""Which texts can be an e-mail address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.addresses import is_address


@pytest.mark.parametrize(
    "text", ["a@b.nl", "anna.de-vries+foto@mail.example.co.uk", "o'brien@example.ie", "jürgen@münchen.de"]
)
def test_it_can_be_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna@",
        "@example.nl",
        "anna@localhost",
        "anna@@example.nl",
        "a b@example.nl",
        "anna@example.nl, bea@example.nl",
        "Anna <anna@example.nl>",
        ".anna@example.nl",
        "an..na@example.nl",
        "anna@-example.nl",
        "anna@example-.nl",
        "anna@exa_mple.nl",
        "anna@example.nl\n",
        "anna@[127.0.0.1]",
        f"{'a' * 65}@example.nl",
        f"a@{'b.' * 126}nl",
    ],
)
def test_it_cannot_be_one(text: str) -> None:
    assert not is_address(text)


@given(st.text(st.sampled_from('a.@-\r\n <>,"é'), max_size=30))
def test_an_address_never_holds_two(text: str) -> None:
    if is_address(text):
        assert text.count("@") == 1
        assert not set(text) & set('\r\n <>,"')
