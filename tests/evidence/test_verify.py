"""Checking evidence: what is sound passes, on the box and with one file of Python; any change is found, and said."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
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
    return subprocess.run(command, capture_output=True, text=True, cwd=bundle.parent)


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


@pytest.mark.parametrize("name", verifier.NEEDED + ("manifest.json", "manifest.sig", "quitclaim/0002.json"))
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
    start = document.index(b"/Contents <") + len(b"/Contents ")
    end = document.index(b">", start) + 1
    last = max(place for place in range(start, end) if document[place : place + 1] not in (b"0", b">"))
    for place in (*range(start, last + 2), *range(last + 2, end, 97), end - 2, end - 1):
        for bit in (0x01, 0x20):
            data = bytearray(document)
            data[place] ^= bit
            assert not verify_document(bytes(data), seal.pem, seal.fingerprint).holds, (place, bit)


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
    other = sealed(signing(answers={**signing().answers, Purpose.PRESS: Answer.GRANTED} | {}))if False else sealed(
        signing(subject="Bea")
    )
    room = slice(other.index(b"/Contents <"), other.index(b">", other.index(b"/Contents <")))
    mine = files["document.pdf"]
    start = mine.index(b"/Contents <")
    swapped = mine[:start] + other[room] + mine[start + room.stop - room.start :]
    forged = listed({**files, "document.pdf": swapped}, seal)
    assert failed(verify_bundle(zipped(forged), seal.fingerprint)) == {Check.UNCHANGED}
    assert "The document was changed after it was sealed." in standalone(zipped(forged)).stdout
