"""The pages that staff use in their browser. Views ask actions; nothing here decides who may do what."""

from collections.abc import Callable

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from appliance.wiring import Box
from webui import (
    access,
    account,
    appearance,
    audit,
    box,
    cards,
    collections,
    design,
    doubts,
    duplicates,
    erasures,
    evidence,
    faces,
    figures,
    grants,
    guide,
    health,
    imports,
    inbox,
    keeping,
    language,
    library,
    mail,
    moves,
    naming,
    news,
    notices,
    openid,
    paper,
    parcels,
    people,
    permission_lists,
    photos,
    proposals,
    quitclaim_templates,
    quitclaims,
    recalls,
    releases,
    renewals,
    requests,
    rights,
    searches,
    self_audit,
    settings,
    shares,
    shoots,
    tags,
    tokens,
    uploads,
    users,
    versions,
    watermark,
    webhooks,
)
from webui.api import PREFIX, create_api
from webui.display import set_up_display
from webui.errors import set_up_errors
from webui.guards import set_up_guards, set_up_requests

__all__ = ["Enter", "create_app"]

Enter = Callable[[], ResponseReturnValue | None]

_PAGES = (
    access,
    account,
    settings,
    openid,
    appearance,
    inbox,
    library,
    searches,
    tags,
    photos,
    versions,
    doubts,
    duplicates,
    faces,
    naming,
    people,
    quitclaims,
    requests,
    paper,
    renewals,
    permission_lists,
    quitclaim_templates,
    evidence,
    notices,
    news,
    releases,
    recalls,
    parcels,
    watermark,
    shoots,
    collections,
    imports,
    uploads,
    moves,
    cards,
    shares,
    mail,
    users,
    grants,
    proposals,
    tokens,
    webhooks,
    audit,
    self_audit,
    rights,
    erasures,
    keeping,
    figures,
    guide,
    box,
    design,
    health,
)


def create_app(box: Box, *, https: bool, enter: Enter = access.know_who) -> Flask:
    """The application for an open box. https: whether browsers reach it over TLS.

    enter: finds who asks, before anything of a request is read; its answer is given instead of a page.
    """
    app = Flask(__name__)
    app.extensions["box"] = box
    set_up_requests(app, box, https=https)
    # First: nothing of a stranger's request is read before this.
    app.before_request(enter)
    set_up_guards(app)
    language.set_up_language(app)
    set_up_display(app)
    set_up_errors(app)
    app.context_processor(
        lambda: {
            "unseen_notices": notices.unseen,
            "unanswered_recalls": recalls.unanswered,
            "waiting_pairs": duplicates.waiting,
            "alarming": keeping.alarming,
            "administers": grants.administers,
        }
    )
    for page in _PAGES:
        app.register_blueprint(page.pages)
    if enter is access.know_who:  # copies to look at and to practise in have none
        api = app.extensions["api"] = create_api(box, https=https)
        app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {PREFIX: api.wsgi_app})  # type: ignore[method-assign]
    return app
