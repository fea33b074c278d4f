"""Checking evidence: what is sound passes, on the box and with one file of Python; any change is found."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from appliance.domain.consent import Answer, Purpose
from appliance.domain.errors import Tampered
from appliance.domain.signing import Signing
from appliance.domain.wording import Language
from appliance.evidence import standalone_verifier as verifier
from appliance.evidence.bundle import make_bundle, standalone_verifier
from appliance.evidence.documents import signed_form
from appliance.evidence.seals import Seal
from appliance.evidence.standalone_verifier import Check
from appliance.evidence.verify import SECOND_OPINION, Report, sentence, verify_bundle, verify_document
from tests.conftest import ROOT
from tests.evidence.forms import AMSTERDAM, SIGNED_AT, signing, template, versions

Files = dict[str, bytes]
STANDALONE = ROOT / "appliance" / "evidence" / "standalone_verifier.py"
CHANGED_FILE = "A file of the bundle was changed, added or removed."


def zipped(files: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return output.getvalue()


def listed(files: Files, seal: Seal | None = None) -> Files:
    """The files with a manifest that fits them, as a forger would write it; sealed, if there is a seal."""
    contents = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    data = json.dumps(manifest).encode()
    sig = seal.sign(data) if seal else files["manifest.sig"]
    return {**contents, "manifest.json": data, "manifest.sig": sig}


def failed(report: Report) -> set[str]:
    return {finding.check for finding in report.failed}


def run(bundle: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The stand-alone verifier, in a Python that knows nothing of the box."""
    command = [sys.executable, "-I", str(STANDALONE), str(bundle), *more]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=bundle.parent)


@pytest.fixture
def files(bundle: bytes) -> Files:
    return verifier.unpacked(bundle)


@pytest.fixture
def standalone(tmp_path: Path, seal: Seal) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the stand-alone verifier on a bundle, with the certificate of the box."""

    def check(data: bytes, *more: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "bundle.zip").write_bytes(data)
        (tmp_path / "box.pem").write_bytes(seal.pem)
        return run(tmp_path / "bundle.zip", *(more or ("--certificate", "box.pem")))

    return check


Standalone = Callable[..., subprocess.CompletedProcess[str]]

# --- what is sound ----------------------------------------------------------------------------------------


def test_a_sound_bundle_passes_every_check(bundle: bytes, seal: Seal) -> None:
    report = verify_bundle(bundle, seal.fingerprint)
    assert report.holds
    assert report.compared
    assert [finding.check for finding in report.findings] == [*Check, SECOND_OPINION]


def test_a_sound_bundle_passes_without_the_box(bundle: bytes, standalone: Standalone) -> None:
    result = standalone(bundle)
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) == len(Check) + 1
    assert all(line.startswith("ok  ") for line in lines[:-1])
    assert lines[-1] == "Everything fits."


def test_the_fingerprint_is_as_good_as_the_certificate(
    bundle: bytes, seal: Seal, standalone: Standalone
) -> None:
    typed = " ".join(seal.fingerprint[i : i + 4] for i in range(0, 64, 4)).upper()
    assert standalone(bundle, "--fingerprint", typed).returncode == 0
    assert standalone(bundle, "--fingerprint", "ab" * 32).returncode == 1


def test_it_speaks_dutch(bundle: bytes, seal: Seal, standalone: Standalone) -> None:
    result = standalone(bundle, "--certificate", "box.pem", "--language", "nl")
    assert result.stdout.splitlines()[-1] == "Alles klopt."


def test_it_wants_something_to_compare_with(bundle: bytes, tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(bundle)
    result = run(tmp_path / "bundle.zip")
    assert result.returncode == 2
    assert "one of the arguments --certificate --fingerprint is required" in result.stderr


@pytest.mark.parametrize("wrong", ["missing.pem", "bundle.zip"])
def test_a_certificate_that_is_none_is_told_in_a_sentence(
    wrong: str, bundle: bytes, standalone: Standalone
) -> None:
    result = standalone(bundle, "--certificate", wrong)
    assert (result.returncode, result.stderr) == (1, "")
    assert len(result.stdout.splitlines()) == 1


def test_a_document_alone_can_be_checked(document: bytes, seal: Seal, other_seal: Seal) -> None:
    assert verify_document(document, seal.pem, seal.fingerprint).holds
    assert failed(verify_document(document, seal.pem, other_seal.fingerprint)) == {Check.CERTIFICATE}
    assert failed(verify_document(document + b"\n", seal.pem)) == {Check.WHOLE}


def test_without_an_expected_certificate_it_says_so(bundle: bytes) -> None:
    report = verify_bundle(bundle)
    assert report.holds
    assert not report.compared
    assert Check.CERTIFICATE not in {finding.check for finding in report.findings}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("check", [*Check, SECOND_OPINION])
def test_every_finding_has_its_sentence(check: str, holds: bool, language: Language) -> None:
    said = sentence(verifier.Finding(check, holds), language)
    assert said.endswith(".")
    assert said != sentence(verifier.Finding(check, not holds), language)


def test_every_check_and_every_part_of_a_signing_is_documented() -> None:
    paper = (ROOT / "docs" / "evidence.md").read_text("utf-8")
    for name in (*Check, *(field.name for field in fields(Signing)), *verifier.NEEDED, verifier.FORMAT):
        assert f"`{name}`" in paper, name


def test_the_verifier_in_the_bundle_is_the_one_beside_the_code(files: Files) -> None:
    assert files["standalone_verifier.py"] == STANDALONE.read_bytes() == standalone_verifier()


def test_the_verifier_imports_nothing_but_python_and_cryptography() -> None:
    import ast

    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
        for node in ast.walk(ast.parse(STANDALONE.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == {"cryptography"}


def test_a_bundle_holds_every_version_of_the_quitclaim(files: Files) -> None:
    kept = [json.loads(data) for name, data in files.items() if name.startswith("quitclaim/")]
    assert [one["version"] for one in kept] == [1, 2]
    assert [one["terms"][0]["answer"] for one in kept] == ["granted", "withdrawn"]
    assert kept[0]["recorded_on"] == "2026-11-24"


def test_the_hash_of_the_text_is_that_of_its_file(files: Files) -> None:
    assert hashlib.sha256(files["template.json"]).hexdigest() == signing().text_hash


def test_the_manifest_names_its_algorithms(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    assert manifest["algorithms"]["hash"] == "SHA-256"
    assert set(manifest["files"]) == files.keys() - {"manifest.json", "manifest.sig"}


def test_the_readme_is_in_both_languages_and_gives_the_fingerprint(files: Files, seal: Seal) -> None:
    readme = files["README.txt"].decode("utf-8")
    assert "Nederlands\n" in readme
    assert "English\n" in readme
    assert readme.replace(" ", "").lower().count(seal.fingerprint) == 2


def test_the_same_evidence_gives_the_same_bundle(document: bytes, bundle: bytes, seal: Seal) -> None:
    assert make_bundle(document, versions(), seal, made_at=SIGNED_AT) == bundle


def test_a_damaged_document_makes_no_bundle(document: bytes, seal: Seal) -> None:
    with pytest.raises(Tampered) as caught:
        make_bundle(document[:-1], versions(), seal, made_at=SIGNED_AT)
    assert caught.value.key == "evidence:damaged"


# --- what was changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*verifier.NEEDED, "manifest.json", "manifest.sig", "quitclaim/0002.json"])
def test_one_flipped_bit_anywhere_is_found(name: str, files: Files, seal: Seal) -> None:
    chance = random.Random(name)
    for _ in range(25):
        data = bytearray(files[name])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        report = verify_bundle(zipped({**files, name: bytes(data)}), seal.fingerprint)
        assert failed(report) & {Check.FILES, Check.MANIFEST}


def test_one_flipped_bit_in_the_document_is_found_by_the_seal_alone(document: bytes, seal: Seal) -> None:
    chance = random.Random("document")
    for _ in range(300):
        data = bytearray(document)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert not verify_document(bytes(data), seal.pem, seal.fingerprint).holds


def test_any_change_within_the_room_of_the_seal_is_found(document: bytes, seal: Seal) -> None:
    """What the seal leaves out of its own hash is its own digits: none may be free, not even a capital."""
    start = document.index(room(document)) + len("/Contents ")
    end = document.index(b">", start) + 1
    last = max(place for place in range(start, end) if document[place] not in b"0>")
    files = {**verifier.opened(document).attachments, "certificate.pem": seal.pem}
    for place in (*range(start, start + 60), *range(start + 60, last, 3), last, last + 1, end - 2, end - 1):
        for bit in (0x01, 0x20):
            data = bytearray(document)
            data[place] ^= bit
            findings = verifier.examine_document({**files, "document.pdf": bytes(data)}, seal.fingerprint)
            assert any(not finding.holds for finding in findings), (place, bit)


@pytest.mark.parametrize("name", ["document.pdf", "signing.json", "template.json", "manifest.json"])
def test_one_flipped_bit_is_found_without_the_box(name: str, files: Files, standalone: Standalone) -> None:
    data = bytearray(files[name])
    data[len(data) // 3] ^= 0x04
    result = standalone(zipped({**files, name: bytes(data)}))
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.splitlines()[-1] == "This bundle is no proof: see above."


def test_bytes_behind_the_document_are_found(files: Files, seal: Seal, standalone: Standalone) -> None:
    longer = listed({**files, "document.pdf": files["document.pdf"] + b"% more\n"}, seal)
    assert failed(verify_bundle(zipped(longer), seal.fingerprint)) == {Check.WHOLE}
    assert "its seal does not cover it whole. (the document is no PDF, or something follows its end)" in (
        standalone(zipped(longer)).stdout
    )


def test_an_incremental_update_is_found(files: Files, seal: Seal, standalone: Standalone) -> None:
    """A well-formed revision after the sealed one, as an editor makes it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(files["document.pdf"]))
    writer.root["/Lang"] = TextStringObject("fr")
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    updated = listed({**files, "document.pdf": output.getvalue()}, seal)
    assert failed(verify_bundle(zipped(updated), seal.fingerprint)) == {Check.WHOLE}
    result = standalone(zipped(updated))
    assert result.returncode == 1
    assert "The document is damaged or was added to: its seal does not cover it whole." in result.stdout


def test_the_seal_of_another_document_is_found(
    files: Files, seal: Seal, sealed: Callable[[Signing], bytes], standalone: Standalone
) -> None:
    mine, other = files["document.pdf"], sealed(signing(subject="Bea"))
    swapped = mine.replace(room(mine), room(other))
    forged = listed({**files, "document.pdf": swapped}, seal)
    assert failed(verify_bundle(zipped(forged), seal.fingerprint)) == {Check.UNCHANGED}
    assert "The document was changed after it was sealed." in standalone(zipped(forged)).stdout


def room(document: bytes) -> bytes:
    """The digits of the seal, with their brackets."""
    start = document.index(b"/Contents <")
    return document[start : document.index(b">", start) + 1]


def test_a_document_sealed_by_another_box_is_found(
    files: Files, seal: Seal, other_seal: Seal, standalone: Standalone
) -> None:
    """A whole forgery: document, certificate and manifest, all made with a certificate of the same name."""
    forged = make_bundle(
        signed_form(template(), signing(), seal=other_seal, zone=AMSTERDAM),
        versions(),
        other_seal,
        made_at=SIGNED_AT,
    )
    assert failed(verify_bundle(forged, seal.fingerprint)) == {Check.CERTIFICATE}
    assert verify_bundle(forged).holds, "only the comparison can tell"
    result = standalone(forged)
    assert result.returncode == 1
    assert "The certificate is another one than was expected. (its fingerprint is " in result.stdout


def test_another_certificate_beside_the_document_is_found(
    files: Files, seal: Seal, other_seal: Seal, standalone: Standalone
) -> None:
    forged = listed({**files, "certificate.pem": other_seal.pem}, other_seal)
    assert failed(verify_bundle(zipped(forged), seal.fingerprint)) == {Check.CERTIFICATE, Check.SEAL}
    result = standalone(zipped(forged))
    assert "The seal was not made with the key of the certificate." in result.stdout


@pytest.mark.parametrize("resealed", [False, True])
def test_a_changed_answer_is_found(
    resealed: bool, files: Files, seal: Seal, other_seal: Seal, standalone: Standalone
) -> None:
    """Also when the manifest is made to fit, and even by whoever has the key: the document says otherwise."""
    record = json.loads(files["signing.json"])
    assert record["answers"]["social_media"] == "declined"
    record["answers"]["social_media"] = "granted"
    data = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    forged = listed({**files, "signing.json": data}, seal if resealed else None)
    expected = {Check.SIGNING} if resealed else {Check.SIGNING, Check.MANIFEST}
    assert failed(verify_bundle(zipped(forged), seal.fingerprint)) == expected
    result = standalone(zipped(forged))
    assert result.returncode == 1
    assert "The answers or the signature are not those in the sealed document." in result.stdout


def test_another_text_is_found(files: Files, seal: Seal, standalone: Standalone) -> None:
    text = files["template.json"].replace(
        b"Iedereen kan de foto daar zien.", b"Niemand kan de foto daar zien."
    )
    assert text != files["template.json"]
    forged = listed({**files, "template.json": text}, seal)
    assert failed(verify_bundle(zipped(forged), seal.fingerprint)) == {Check.TEXT}
    assert "The text is not the one that was read before signing." in standalone(zipped(forged)).stdout


def test_a_document_whose_signing_names_another_text_is_found(seal: Seal) -> None:
    one = signing(text_hash="0" * 64)
    made = signed_form(template(), one, seal=seal, zone=AMSTERDAM)
    report = verify_document(made, seal.pem, seal.fingerprint)
    assert failed(report) == {Check.TEXT}
    assert report.failed[0].note == "the SHA-256 of template.json is not the one that was signed"


@pytest.mark.parametrize(
    "changed",
    [{"template_version": 4}, {"answers": {Purpose.WEB: Answer.GRANTED}}],
    ids=["another version", "answers to other questions"],
)
def test_a_signing_that_does_not_belong_to_its_text_is_found(
    changed: dict[str, Any], document: bytes, seal: Seal
) -> None:
    """What a fault in the box would make: sealed in good order, and yet no proof."""
    one = replace(signing(), **changed)
    months = {purpose: number for purpose, number in template().months.items() if purpose in one.answers}
    form = template() if "answers" not in changed else replace(template(), months=months)
    made = signed_form(form, one, seal=seal, zone=AMSTERDAM)
    assert failed(verify_document(made, seal.pem, seal.fingerprint)) == {Check.TEXT}


def test_a_changed_version_of_the_quitclaim_is_found(
    files: Files, seal: Seal, standalone: Standalone
) -> None:
    name = "quitclaim/0002.json"
    forged = listed({**files, name: files[name].replace(b"withdrawn", b"granted")})
    assert failed(verify_bundle(zipped(forged), seal.fingerprint)) == {Check.MANIFEST}
    assert "The manifest was not sealed with this certificate." in standalone(zipped(forged)).stdout


@pytest.mark.parametrize("name", [*verifier.NEEDED, "quitclaim/0002.json", "README.txt"])
def test_a_missing_file_is_found(name: str, files: Files, seal: Seal, standalone: Standalone) -> None:
    fewer = {other: data for other, data in files.items() if other != name}
    report = verify_bundle(zipped(fewer), seal.fingerprint)
    assert report.failed[0].check == Check.FILES
    assert report.failed[0].note == f"{name} is missing"
    assert f"{CHANGED_FILE} ({name} is missing)" in standalone(zipped(fewer)).stdout


def test_an_added_file_is_found(files: Files, seal: Seal, standalone: Standalone) -> None:
    more = zipped({**files, "quitclaim/0003.json": files["quitclaim/0001.json"]})
    assert failed(verify_bundle(more, seal.fingerprint)) == {Check.FILES}
    assert "quitclaim/0003.json is not in the manifest" in standalone(more).stdout


def test_a_file_that_is_there_twice_is_found(bundle: bytes, seal: Seal) -> None:
    output = io.BytesIO(bundle)
    with zipfile.ZipFile(output, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("signing.json", b"{}")
    report = verify_bundle(output.getvalue(), seal.fingerprint)
    assert [finding.note for finding in report.failed] == ["a file is in the bundle twice"]


@pytest.mark.parametrize("what", ["empty", "half", "text", "no manifest", "another format"])
def test_what_is_no_bundle_is_refused_in_a_sentence(
    what: str, bundle: bytes, files: Files, seal: Seal, standalone: Standalone
) -> None:
    without = {name: data for name, data in files.items() if name != "manifest.json"}
    other = files["manifest.json"].replace(b"portretkluis-evidence-1", b"portretkluis-evidence-9")
    broken = {
        "empty": b"",
        "half": bundle[: len(bundle) // 2],
        "text": b"Anna said yes, honestly.",
        "no manifest": zipped(without),
        "another format": zipped({**files, "manifest.json": other}),
    }[what]
    assert Check.FILES in failed(verify_bundle(broken, seal.fingerprint))
    result = standalone(broken)
    assert (result.returncode, result.stderr) == (1, "")


def test_a_seal_outside_the_certificates_time_is_found(seal: Seal) -> None:
    early = signing(signed_at=SIGNED_AT.replace(year=2025))
    made = signed_form(template(), early, seal=seal, zone=AMSTERDAM)
    assert failed(verify_document(made, seal.pem, seal.fingerprint)) == {Check.PERIOD}


@given(st.data())
def test_no_input_makes_the_verifier_stumble(document: bytes, seal: Seal, data: st.DataObject) -> None:
    """Cut, replaced and inserted bytes are refused; nothing else ever comes of them."""
    start = data.draw(st.integers(0, len(document) - 1))
    end = min(len(document), start + data.draw(st.integers(0, 60)))
    letters = st.sampled_from([bytes([one]) for one in b"<>[]()/%\\ 0129Rnf\n"]) | st.binary(max_size=6)
    put = b"".join(data.draw(st.lists(letters, max_size=8)))
    changed = document[:start] + put + document[end:]
    if changed != document:
        assert not verify_document(changed, seal.pem, seal.fingerprint).holds


@pytest.mark.parametrize("name", ["signing.json", "template.json", "manifest.json"])
@pytest.mark.parametrize(
    "value", [b"[]", b"{}", b"null", b"{", b"\xff", b'{"answers": [], "months": []}', b"[" * 9000]
)
def test_json_of_any_kind_is_refused(name: str, value: bytes, files: Files, seal: Seal) -> None:
    report = verify_bundle(zipped({**files, name: value}), seal.fingerprint)
    assert Check.FILES in failed(report)
