"""The short test: who passed has a sealed certificate, and nobody else."""

import pytest

from appliance.actions.access import create_user
from appliance.actions.training import answer_test, passed_test, training_certificate
from appliance.domain.access import OPERATOR, Role, acting
from appliance.domain.errors import Mistake
from appliance.domain.guide import questions
from appliance.domain.wording import Language
from appliance.wiring import Box
from tests.actions.scene import told
from tests.conftest import PASSWORD, Clock

RIGHT = {one.number: one.right for one in questions(Language.DUTCH)}


def test_who_passed_has_a_certificate_in_their_own_name_and_nobody_else(box: Box, clock: Clock) -> None:
    ada, bob = (
        acting(
            create_user(box.safe, by=OPERATOR, now=box.now(), name=name, password=PASSWORD, role=Role.EDITOR)
        )
        for name in ("ada", "bob")
    )
    wrong = answer_test(box.safe, {}, Language.DUTCH, by=ada, now=box.now())
    assert len(wrong) == len(RIGHT)
    assert passed_test(box.safe, by=ada, now=box.now()) is None
    with pytest.raises(Mistake, match="not passed"):
        training_certificate(box.safe, box.sealing, Language.DUTCH, by=ada, now=box.now())

    passed_on = clock.advance(days=1)
    assert answer_test(box.safe, RIGHT, Language.DUTCH, by=ada, now=box.now()) == ()
    assert told(box)[-2:] == [
        f"{ada.id} training:try {ada.id} done right=10 of=10",
        f"{ada.id} training:pass {ada.id} done",
    ]
    clock.advance(days=30)
    assert passed_test(box.safe, by=ada, now=box.now()) == passed_on
    sealed = training_certificate(box.safe, box.sealing, Language.DUTCH, by=ada, now=box.now())
    assert sealed.startswith(b"%PDF-1.7")
    assert b"ETSI.CAdES.detached" in sealed
    with pytest.raises(Mistake, match="not passed"):
        training_certificate(box.safe, box.sealing, Language.DUTCH, by=bob, now=box.now())
