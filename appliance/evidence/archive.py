"""From a drawn PDF to an archived one: PDF/A-3u with its attachments, sealed in the same go.

PDF/A-3 (ISO 19005-3): fonts embedded, colours defined, XMP metadata, attachments with their relationship.
The seal is PAdES B-B (ETSI EN 319 142-1) over the whole file, which is written once: there is no revision.
Nothing here asks the network for anything.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from appliance.domain.wording import Language
from appliance.evidence import colour
from appliance.evidence.seals import Seal

FIELD = "Seal"
PRODUCER = "Portretkluis"
_HASH = "sha256"
_ROOM = 2 * 4096  # hexadecimal digits kept free for the seal; it takes about a third
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{made_at}</xmp:CreateDate>
<xmp:ModifyDate>{made_at}</xmp:ModifyDate>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A JSON file within the document, from which the document was made."""

    name: str
    data: bytes
    about: str


def archive(
    drawing: bytes,
    attachments: Iterable[Attachment],
    *,
    title: str,
    language: Language,
    made_at: datetime,
    seal: Seal,
) -> bytes:
    """A sealed PDF/A-3u of a drawn PDF whose fonts are embedded; the same input gives the same bytes.

    title: without names, for it is readable in the metadata. made_at: as the clock of the box says.
    """
    reader = PdfFileReader(io.BytesIO(drawing))
    writer = _Writer(hashlib.sha256(drawing).digest()[:16])
    writer.root["/Pages"] = writer.import_object(reader.root.raw_get("/Pages"))
    writer.root["/Lang"] = pdf_string(language.value)
    writer.root["/ViewerPreferences"] = generic.DictionaryObject(
        {pdf_name("/DisplayDocTitle"): generic.BooleanObject(True)}
    )
    writer.root["/Metadata"] = writer.add_object(_metadata(title, language, made_at))
    writer.root["/OutputIntents"] = generic.ArrayObject([_output_intent(writer)])
    for attachment in attachments:
        _attach(writer, attachment, made_at)
    return _sealed(writer, made_at, seal)


class _Writer(PdfFileWriter):
    """A writer of new files that leans neither on the clock nor on random numbers."""

    def __init__(self, file_id: bytes) -> None:
        super().__init__(stream_xrefs=False, init_page_tree=False)  # type: ignore[no-untyped-call]
        both = [generic.ByteStringObject(file_id), generic.ByteStringObject(file_id)]
        self._document_id = generic.ArrayObject(both)

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Stay with PDF 1.7: PDF/A-3 is built on it, and itself adds what is newer (associated files)."""

    def _update_meta(self) -> None:
        """Leave the metadata as they are: they are made here, with the instant of the signing."""


def _metadata(title: str, language: Language, made_at: datetime) -> generic.StreamObject:
    packet = _XMP.format(
        title=escape(title),
        language=language.value,
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds"),
        producer=PRODUCER,
    )
    kind = {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}
    return generic.StreamObject(kind, stream_data=packet.encode("utf-8"))


def _output_intent(writer: PdfFileWriter) -> generic.DictionaryObject:
    profile = generic.StreamObject(
        {pdf_name("/N"): generic.NumberObject(3)}, stream_data=colour.srgb_profile()
    )
    profile.compress()
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/OutputIntent"),
            pdf_name("/S"): pdf_name("/GTS_PDFA1"),
            pdf_name("/OutputConditionIdentifier"): pdf_string(colour.NAME),
            pdf_name("/Info"): pdf_string(colour.NAME),
            pdf_name("/DestOutputProfile"): writer.add_object(profile),
        }
    )


def _attach(writer: PdfFileWriter, attachment: Attachment, made_at: datetime) -> None:
    data = EmbeddedFileObject.from_file_data(
        writer,
        attachment.data,
        params=EmbeddedFileParams(embed_checksum=False, modification_date=made_at),
        mime_type="application/json",
    )
    file = FileSpec(
        file_spec_string=attachment.name,
        file_name=attachment.name,
        embedded_data=data,
        description=attachment.about,
        af_relationship=pdf_name("/Data"),
    )
    embed_file(writer, file)


def _sealed(writer: PdfFileWriter, made_at: datetime, seal: Seal) -> bytes:
    """Write the file with room for the seal, and put the seal there; it permits no change."""
    steps = PdfCMSEmbedder(SigFieldSpec(FIELD, on_page=0)).write_cms(FIELD, writer)
    next(steps)
    room = SignatureObject(
        timestamp=made_at, subfilter=SigSeedSubFilter.PADES, name=PRODUCER, bytes_reserved=_ROOM
    )
    only = SigMDPSetup(md_algorithm=_HASH, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    steps.send(SigObjSetup(sig_placeholder=room, mdp_setup=only))
    prepared, output = steps.send(SigIOSetup(md_algorithm=_HASH, output=io.BytesIO()))
    steps.send(asyncio.run(_Signer(seal).async_sign(prepared.document_digest, _HASH, use_pades=True)))
    data: bytes = output.getvalue()
    return data


class _Signer(Signer):
    """Signs with the seal."""

    def __init__(self, seal: Seal) -> None:
        der = seal.certificate.public_bytes(Encoding.DER)
        super().__init__(signing_cert=x509.Certificate.load(der))
        self._seal = seal

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of the signed attributes."""
        if digest_algorithm != _HASH:
            raise ValueError(f"the seal signs with {_HASH}, not {digest_algorithm}")
        return bytes(64) if dry_run else self._seal.sign(data)
