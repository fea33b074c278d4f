"""The photographer's sheet: who was invited, with a picture of those alone who agreed to be recognised."""

import io

from pyhanko.pdf_utils.reader import PdfFileReader

from appliance.actions.consent import quitclaims, withdraw
from appliance.actions.people import create_person
from appliance.actions.prints import print_shoot_sheet
from appliance.actions.shoots import change_shoot, shoots
from appliance.domain.access import OPERATOR
from appliance.domain.consent import Purpose
from appliance.domain.wording import Language
from appliance.wiring import Box
from tests.actions.scene import EDITOR, VIEWER
from tests.conftest import Clock


def pictures(box: Box) -> int:
    """How many pictures stand on the sheet of the demonstration's shoot."""
    now, day = box.now(), box.today()
    shoot = shoots(box.safe, by=VIEWER, now=now)[0].shoot
    sheet = print_shoot_sheet(box.safe, box.decoder, shoot.id, Language.DUTCH, by=VIEWER, now=now, day=day)
    pages = PdfFileReader(io.BytesIO(sheet)).root["/Pages"]["/Kids"]
    held = [page.get_object()["/Resources"].get("/XObject", {}) for page in pages]
    return sum(one.raw_get(name).get_object()["/Subtype"] == "/Image" for one in held for name in one)


def test_a_picture_is_of_those_alone_who_agreed_to_be_recognised(demo_box: Box, clock: Clock) -> None:
    box, now, day = demo_box, demo_box.now(), demo_box.today()
    shoot = shoots(box.safe, by=OPERATOR, now=now)[0].shoot
    stranger = create_person(box.safe, by=EDITOR, now=now, name="Anna de Vries").id
    invited = [*shoot.invited, stranger]
    change_shoot(
        box.safe, shoot.id, by=EDITOR, now=now, name=shoot.name, day=shoot.day, invited=invited, today=day
    )
    assert pictures(box) == 2  # both of the demonstration's people agreed; the third was never asked
    clock.advance(minutes=1)
    for person, view in quitclaims(box.safe, by=OPERATOR, now=box.now(), day=day):
        if person.name == "Joe Biden" and view.current.term(Purpose.RECOGNITION):
            withdraw(box.safe, view.current.id, by=EDITOR, now=box.now(), day=day)
    assert pictures(box) == 1
