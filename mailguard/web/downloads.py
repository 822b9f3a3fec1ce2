"""Files that pages give away."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import Response


def csv_file(lines: Iterable[str], name: str) -> Response:
    """Lines of CSV as a file of that name (plain ASCII), for a spreadsheet and not for the browser to show."""
    response = Response("".join(lines).encode(), media_type="text/csv; charset=utf-8")
    response.headers["content-disposition"] = f'attachment; filename="{name}"'
    return response
