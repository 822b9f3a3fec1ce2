"""The page on which a wrong recipient answers: without signing in, by the link of a letter that was written to them.

It tells nothing of the mail but when it was sent and by which office. Looking changes nothing, whoever or whatever
looks (link scanners do); the form answers. It counts while the incident is open.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.accounts.lockout import Counted, Subject
from mailguard.errors import NotAllowed
from mailguard.incidents.answers import OFFERED, Answer
from mailguard.incidents.deletion import COMMENT_MAX, Request
from mailguard.web.forms import Mistake
from mailguard.web.visit import Anyone, NotHere, Visit

router = APIRouter()
_PAGE = "/answer/{token}"


@router.get(_PAGE)
async def asked(visit: Anyone, token: str) -> Response:
    """The question."""
    return _page(visit, await _request(visit, token), token)


@router.post(_PAGE)
async def answered(visit: Anyone, token: str) -> Response:
    """Takes the answer. Who sends forms to links that are none of ours waits longer with each."""
    lockout, client = visit.parts.sign_in.lockout, Subject(Counted.ANSWERS, visit.client_address)
    await lockout.begin(client)
    request = await _request(visit, token)
    await lockout.take_back(client)
    form = await visit.form()
    chosen, comment = form.text("answer"), form.text("comment")
    if chosen not in OFFERED:
        return _page(visit, request, token, [Mistake("answer", "incidents.answer.mistake")], comment)
    try:
        await visit.write(visit.parts.deletions.answered_by_link(token, Answer(chosen), comment))
    except NotAllowed:
        return _page(visit, await _request(visit, token), token)
    return visit.page("answer.html", request=request, path="", chosen=Answer(chosen), offered=(), comment="")


async def _request(visit: Visit, token: str) -> Request:
    found = await visit.read(lambda reader: visit.parts.deletions.request_of(reader, token))
    if found is None:
        raise NotHere
    return found


def _page(
    visit: Visit, request: Request, token: str, mistakes: list[Mistake] | None = None, comment: str = ""
) -> Response:
    return visit.page(
        "answer.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        request=request,
        path=f"/answer/{token}",
        chosen=None,
        offered=OFFERED if request.counts else (),
        comment=comment[:COMMENT_MAX],
    )
