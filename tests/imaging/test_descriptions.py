"""What was written into photos and sidecars: read from each place, cleaned, and never taken for a witness."""

import exiv2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from appliance.domain.descriptions import (
    LONGEST_CAPTION,
    LONGEST_KEYWORD,
    LONGEST_LINE,
    LONGEST_NOTICE,
    MOST_KEYWORDS,
    Description,
    by_a_camera,
    keywords_in,
    sensible,
    united,
)
from appliance.domain.errors import Unreadable
from appliance.imaging.decode import Decoder
from tests.imaging.pictures import as_jpeg, quarters, written

TOLD = Description(
    title="Open dag",
    caption='De nieuwe "béeldenzaal"\nop de eerste verdieping',
    keywords=("Open dag", "zorg, warm", "Zoë"),
    creator="Kees Jansen",
    credit="Kees Jansen / Kluis",
    copyright_notice="© 2026 Kees Jansen",
)


def packet(body: str) -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def listed(kind: str, *values: str) -> str:
    return f"<rdf:{kind}>{''.join(f'<rdf:li>{value}</rdf:li>' for value in values)}</rdf:{kind}>"


def in_languages(**spoken: str) -> str:
    entries = (f'<rdf:li xml:lang="{key.replace("_", "-")}">{text}</rdf:li>' for key, text in spoken.items())
    return f"<rdf:Alt>{''.join(entries)}</rdf:Alt>"


SIDECAR = packet(
    f"<dc:title>{in_languages(en='Open day', x_default='Open dag')}</dc:title>"
    f"<dc:description>{in_languages(x_default=TOLD.caption)}</dc:description>"
    f"<dc:subject>{listed('Bag', *TOLD.keywords, 'ZOË')}</dc:subject>"
    f"<dc:creator>{listed('Seq', TOLD.creator)}</dc:creator>"
    f"<photoshop:Credit>{TOLD.credit}</photoshop:Credit>"
    f"<dc:rights>{in_languages(x_default=TOLD.copyright_notice)}</dc:rights>"
)


def tagged(
    *,
    exif: dict[str, object] | None = None,
    iptc: list[tuple[str, bytes]] | None = None,
    xmp: dict[str, object] | None = None,
    data: bytes | None = None,
) -> bytes:
    """A picture with texts in one kind of data or in several, written by the library that others use too."""
    image = exiv2.ImageFactory.open(data or as_jpeg(quarters()))
    image.readMetadata()
    for key, text in (exif or {}).items():
        found = image.exifData()
        found[key] = text
    for key, raw in iptc or []:
        value = exiv2.StringValue(raw.decode())
        image.iptcData().add(exiv2.IptcKey(f"Iptc.Application2.{key}"), value)
    for key, text in (xmp or {}).items():
        image.xmpData()[key] = text
    image.writeMetadata()
    return bytes(image.io().mmap())


def wide(text: str) -> exiv2.DataValue:
    """As Windows writes texts into EXIF: UCS-2, with a zero at its end."""
    return exiv2.DataValue((text + "\0").encode("utf-16-le"), exiv2.ByteOrder.littleEndian)


XMP = {
    "Xmp.dc.title": f"lang=x-default {TOLD.title}",
    "Xmp.dc.description": f"lang=x-default {TOLD.caption}",
    "Xmp.dc.subject": list(TOLD.keywords),
    "Xmp.dc.creator": [TOLD.creator],
    "Xmp.photoshop.Credit": TOLD.credit,
    "Xmp.dc.rights": f"lang=x-default {TOLD.copyright_notice}",
}
IPTC = [
    ("ObjectName", TOLD.title.encode()),
    ("Caption", TOLD.caption.encode()),
    *(("Keywords", word.encode()) for word in TOLD.keywords),
    ("Byline", TOLD.creator.encode()),
    ("Credit", TOLD.credit.encode()),
    ("Copyright", TOLD.copyright_notice.encode()),
]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_xmp_in_each_format_is_read(decoder: Decoder, kind: str) -> None:
    assert (
        decoder.decode(tagged(xmp=XMP, data=written(Image.fromarray(quarters()), kind))).description == TOLD
    )


def test_iptc_is_read(decoder: Decoder) -> None:
    assert decoder.decode(tagged(iptc=IPTC)).description == TOLD


def test_iptc_of_older_programs_is_read_as_they_wrote_it(decoder: Decoder) -> None:
    older = tagged(iptc=[("Caption", b"De b@@ldenzaal"), ("Byline", b"Zo@")])
    told = decoder.decode(older.replace(b"b@@l", b"b\xe9el").replace(b"Zo@", b"Zo\xeb")).description
    assert (told.caption, told.creator) == ("De béeldenzaal", "Zoë")


def test_exif_is_read_and_what_windows_writes_there(decoder: Decoder) -> None:
    exif = {
        "Exif.Image.ImageDescription": "De wachtkamer",
        "Exif.Image.Artist": "Kees Jansen",
        "Exif.Image.Copyright": "(c) Kees",
        "Exif.Image.XPTitle": wide("Zoë opent"),
        "Exif.Image.XPKeywords": wide("zorg;open dag"),
    }
    assert decoder.decode(tagged(exif=exif)).description == Description(
        "Zoë opent", "De wachtkamer", ("zorg", "open dag"), "Kees Jansen", "", "(c) Kees"
    )


def test_of_several_places_xmp_counts_first_and_keywords_come_from_all(decoder: Decoder) -> None:
    data = tagged(
        exif={"Exif.Image.ImageDescription": "by EXIF", "Exif.Image.Artist": "by EXIF"},
        iptc=[("Caption", b"by IPTC"), ("Keywords", b"one"), ("Keywords", b"two")],
        xmp={"Xmp.dc.description": "lang=x-default by XMP", "Xmp.dc.subject": ["Two", "three"]},
    )
    told = decoder.decode(data).description
    assert (told.caption, told.creator, told.keywords) == ("by XMP", "by EXIF", ("Two", "three", "one"))


@pytest.mark.parametrize(
    "text", ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "DCIM\\100MEDIA\\DJI_0001.JPG", "default"]
)
def test_what_a_camera_writes_into_each_photo_is_no_caption(decoder: Decoder, text: str) -> None:
    assert decoder.decode(tagged(exif={"Exif.Image.ImageDescription": text})).description.caption == ""
    assert not by_a_camera(f"Anna with {text.lower()}s")


def test_a_sidecar_is_read(decoder: Decoder) -> None:
    assert decoder.describe(SIDECAR) == TOLD
    assert decoder.describe(SIDECAR.decode().split("?>", 1)[1].encode()) == TOLD


def test_people_regions_and_model_releases_in_a_file_are_not_read(decoder: Decoder) -> None:
    told = decoder.describe(
        packet(
            f"<Iptc4xmpExt:PersonInImage>{listed('Bag', 'Anna')}</Iptc4xmpExt:PersonInImage>"
            "<plus:ModelReleaseStatus>http://ns.useplus.org/ldf/vocab/MR-UMR</plus:ModelReleaseStatus>"
        )
    )
    assert told == Description()


def read_or_refused(decoder: Decoder, data: bytes) -> Description:
    """Nothing, where it is refused."""
    try:
        return decoder.describe(data)
    except Unreadable:
        return Description()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (n, b"&%c;" % (n - 1) * 10) for n in range(ord("b"), ord("k")))
    + b"]>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no XML",
        as_jpeg(quarters()),
        SIDECAR[: len(SIDECAR) // 2],
        BOMB + SIDECAR.split(b"?>", 1)[1],
        b"<x:xmpmeta>" * 200_000,
        packet("<dc:subject>" + "<rdf:Bag><rdf:li>" * 20_000),
    ],
    ids=["empty", "text", "photo", "half", "bomb", "deep", "deep lists"],
)
def test_a_broken_or_hostile_sidecar_tells_nothing_and_the_next_is_read(
    decoder: Decoder, data: bytes
) -> None:
    assert read_or_refused(decoder, data) == Description()
    assert decoder.describe(SIDECAR) == TOLD


def test_much_is_cut_to_what_is_kept(decoder: Decoder) -> None:
    long = "\U0001f600" * 30_000
    told = decoder.describe(
        packet(
            f"<dc:title>{in_languages(x_default=long)}</dc:title>"
            f"<dc:description>{in_languages(x_default=long)}</dc:description>"
            f"<dc:subject>{listed('Bag', *(f'{n} {long[:70]}' for n in range(500)))}</dc:subject>"
            f"<dc:rights>{in_languages(x_default=long)}</dc:rights>"
        )
    )
    lengths = (len(told.title), len(told.caption), len(told.copyright_notice), len(told.keywords))
    assert lengths == (LONGEST_LINE, LONGEST_CAPTION, LONGEST_NOTICE, MOST_KEYWORDS)
    assert {len(word) for word in told.keywords} == {LONGEST_KEYWORD}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SIDECAR) - 1), st.binary(max_size=4)), max_size=6))
def test_a_sidecar_with_any_damage_gives_a_description_or_a_reason(
    decoder: Decoder, damage: list[tuple[int, bytes]]
) -> None:
    data = bytearray(SIDECAR)
    for place, put in damage:
        data[place : place + len(put)] = put
    told = read_or_refused(decoder, bytes(data))
    assert told == sensible(told)
    assert decoder.describe(SIDECAR) == TOLD


texts = st.text(max_size=300)
descriptions = st.builds(
    Description,
    title=texts,
    caption=texts,
    keywords=st.lists(texts, max_size=8).map(tuple),
    creator=texts,
    credit=texts,
    copyright_notice=texts,
)


@given(descriptions)
def test_what_is_kept_can_be_shown_and_stays_as_it_is(told: Description) -> None:
    kept = sensible(told)
    assert sensible(kept) == kept
    lines = (kept.title, *kept.caption.split("\n"), *kept.keywords, kept.creator, kept.copyright_notice)
    assert all(line.isprintable() for line in lines)
    assert len({word.casefold() for word in kept.keywords}) == len(kept.keywords)


@given(descriptions.map(sensible), descriptions.map(sensible))
def test_of_two_descriptions_nothing_is_lost_that_the_nearest_lacks(
    nearest: Description, other: Description
) -> None:
    both = united(nearest, other)
    assert both.caption == (nearest.caption or other.caption)
    assert both.keywords[: len(nearest.keywords)] == nearest.keywords
    assert {w.casefold() for w in both.keywords} == {
        w.casefold() for w in (*nearest.keywords, *other.keywords)
    }
    assert united(both, other) == both


def test_keywords_are_typed_in_lines_or_with_commas() -> None:
    assert keywords_in("zorg, Open dag;zorg\n Zoë \n,") == ("zorg", "Open dag", "Zoë")
