"""Passwords and tokens as they are kept."""

import pytest

from appliance.store.passwords import hash_password, password_fits, token_hash

KEPT = hash_password("correct horse battery staple")


def test_a_password_fits_its_own_record_alone() -> None:
    assert KEPT.startswith("$argon2id$")
    assert password_fits("correct horse battery staple", KEPT)
    assert hash_password("correct horse battery staple") != KEPT


@pytest.mark.parametrize("password", ["", "correct horse battery stapl", "Correct horse battery staple"])
def test_another_password_does_not_fit(password: str) -> None:
    assert not password_fits(password, KEPT)


@pytest.mark.parametrize(
    "kept",
    [None, "", "$argon2id$", "$argon2id$v=19$m=65536,t=3,p=4$AAAA", KEPT[:-4]],
    ids=["missing", "empty", "only named", "half", "cut short"],
)
def test_no_password_fits_a_record_that_is_missing_or_damaged(kept: str | None) -> None:
    for password in ("", "no user has this password", "correct horse battery staple"):
        assert not password_fits(password, kept)


def test_of_a_token_only_its_hash_is_kept() -> None:
    assert token_hash("token") == token_hash("token") != token_hash("token ")
    assert "token" not in token_hash("token")
