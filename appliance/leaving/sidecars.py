"""What the safe knows of a photo as an XMP sidecar (ISO 16684-1), which photo programs read.

Properties are those of the IPTC Photo Metadata Standard; faces are regions of the Metadata Working Group.
"""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from appliance.domain.descriptions import Description
from appliance.domain.people import Link, LinkState, Person, PersonId
from appliance.domain.photos import Face, FaceId, Photo

_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
}


def sidecar(
    photo: Photo,
    description: Description,
    faces: Iterable[Face],
    links: Iterable[Link],
    people: Mapping[PersonId, Person],
) -> bytes:
    """The sidecar of one photo: what was told of it, and who was confirmed to be in it, and where."""
    named = {
        link.face_id: people[link.person_id].name
        for link in links
        if link.state is LinkState.CONFIRMED and link.person_id in people
    }
    inside = [
        _alternatives("title", description.title),
        _alternatives("description", description.caption),
        _listed("dc", "creator", "Seq", [description.creator] if description.creator else []),
        _alternatives("rights", description.copyright_notice),
        _listed("dc", "subject", "Bag", description.keywords),
        _simple("photoshop:Credit", description.credit),
        _simple("xmp:CreateDate", photo.capture.taken_at.isoformat() if photo.capture.taken_at else ""),
        _listed("Iptc4xmpExt", "PersonInImage", "Bag", sorted(set(named.values()))),
        _regions(photo, faces, named),
    ]
    spaces = "".join(f"\n   xmlns:{name}={quoteattr(uri)}" for name, uri in _SPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'  <rdf:Description rdf:about=""{spaces}>\n'
        f"{''.join(inside)}"
        "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>\n'
    ).encode()


def _simple(name: str, value: str) -> str:
    return f"   <{name}>{escape(value)}</{name}>\n" if value else ""


def _alternatives(name: str, value: str) -> str:
    if not value:
        return ""
    item = f'<rdf:li xml:lang="x-default">{escape(value)}</rdf:li>'
    return f"   <dc:{name}><rdf:Alt>{item}</rdf:Alt></dc:{name}>\n"


def _listed(space: str, name: str, kind: str, values: Iterable[str]) -> str:
    items = "".join(f"<rdf:li>{escape(value)}</rdf:li>" for value in values)
    whole = f"{space}:{name}"
    return f"   <{whole}><rdf:{kind}>{items}</rdf:{kind}></{whole}>\n" if items else ""


def _regions(photo: Photo, faces: Iterable[Face], named: Mapping[FaceId, str]) -> str:
    """Where faces are. The middle of each, its width and height, in fractions of the upright picture."""
    items = "".join(_region(face, named.get(face.id, "")) for face in faces if face.box is not None)
    if not items:
        return ""
    size = f'stDim:w="{photo.width}" stDim:h="{photo.height}" stDim:unit="pixel"'
    return (
        '   <mwg-rs:Regions rdf:parseType="Resource">\n'
        f"    <mwg-rs:AppliedToDimensions {size}/>\n"
        f"    <mwg-rs:RegionList><rdf:Bag>\n{items}    </rdf:Bag></mwg-rs:RegionList>\n"
        "   </mwg-rs:Regions>\n"
    )


def _region(face: Face, name: str) -> str:
    box = face.box
    if box is None:
        return ""
    area = " ".join(
        f'stArea:{part}="{value:.6f}"'
        for part, value in (
            ("x", box.left + box.width / 2),
            ("y", box.top + box.height / 2),
            ("w", box.width),
            ("h", box.height),
        )
    )
    told = f" mwg-rs:Name={quoteattr(name)}" if name else ""
    return (
        f'     <rdf:li><rdf:Description mwg-rs:Type="Face"{told}>'
        f'<mwg-rs:Area {area} stArea:unit="normalized"/></rdf:Description></rdf:li>\n'
    )
