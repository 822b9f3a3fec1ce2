"""Pages for people; health and metrics.

How a page is added: a route in a module of ``pages/`` (a new module goes into the list in ``pages/__init__.py``), a
template in ``templates/`` that extends ``base.html``, its texts in both catalogues of its area, and, where it belongs
in the header, a line in ``navigation.py``::

    @router.get("/mails/{queue_id}")
    async def mail(visit: SignedIn, queue_id: str) -> Response:
        shown = await visit.read(lambda reader: show(visit.parts.spool, reader, queue_id))
        if not visit.viewer.owns(shown.submission.owner):
            raise NotHere
        return visit.page("mail.html", mail=shown)

    @router.post("/mails/{queue_id}/cancel")
    async def cancelled(visit: SignedIn, queue_id: str) -> Response:
        form = await visit.form()
        await visit.write(cancel(visit.parts.spool, queue_id, visit.actor, form.text("reason")))
        return visit.go(f"/mails/{queue_id}", "success", "queue.cancelled")

Who may: ``SignedIn``, ``Anyone``, or ``visit: Annotated[SignedInVisit, Depends(having(Right.SEE_SYSTEM))]``; whether a
single mail is theirs the route asks itself, and raises ``NotHere`` where it is not. A form with mistakes is shown again
by ``visit.page("form.html", status=422, mistakes=[Mistake("field", "key")])``; ``parts.html`` has its summary and
fields. A part of a page for htmx is a block: ``visit.page("mails.html", block="list")``, where ``visit.is_partial``. A
page that embeds a mail's frame sets the header ``content-security-policy`` to ``guard.WITH_MAIL_FRAME``. Everything
works as plain links and forms; htmx and ``mailguard.js`` (its attributes are listed at its top) only improve it.
"""

from mailguard.web.application import WebApp, create_app
from mailguard.web.health import Health, Reading
from mailguard.web.parts import WebParts
from mailguard.web.server import WebServer

__all__ = ["Health", "Reading", "WebApp", "WebParts", "WebServer", "create_app"]
