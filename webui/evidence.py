"""Evidence: the sealed documents, the bundles to check without the box, and the certificate of the seal."""

from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from appliance.actions import evidence as actions
from appliance.actions.evidence import VERIFIER, standalone_verifier
from appliance.domain.signing import EvidenceId
from webui.current import asking, box

pages = Blueprint("evidence", __name__)


@pages.get("/evidence/<evidence_id>.pdf")
def document(evidence_id: str) -> ResponseReturnValue:
    """The sealed form."""
    _, data = actions.document(box().safe, EvidenceId(evidence_id), **asking())
    return _file(data, "application/pdf", f"quitclaim-{evidence_id[:8]}.pdf")


@pages.get("/evidence/<evidence_id>.zip")
def bundle(evidence_id: str) -> ResponseReturnValue:
    """All that is needed to check it without the box."""
    data = actions.bundle(box().safe, EvidenceId(evidence_id), box().config.organisation, **asking())
    return _file(data, "application/zip", f"evidence-{evidence_id[:8]}.zip")


@pages.get("/evidence/box.pem")
def certificate() -> ResponseReturnValue:
    """The certificate of the seal."""
    data = actions.seal_certificate(box().safe, box().config.organisation, **asking())
    return _file(data, "application/x-pem-file", "box.pem")


@pages.get("/evidence/verifier.py")
def verifier() -> ResponseReturnValue:
    """The program that checks bundles, in one file."""
    return _file(standalone_verifier(), "text/x-python", VERIFIER)


def _file(data: bytes, media_type: str, name: str) -> Response:
    answer = make_response(data)
    answer.mimetype = media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
