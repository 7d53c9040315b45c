"""Serving the page's files, to this machine and to nobody else."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def require_own(request: web.Request, *, origin: bool = False) -> None:
    """403 unless the request is addressed to loopback and, if `origin`, comes from this very page."""
    host = urlsplit(f"//{request.host}")
    if host.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise web.HTTPForbidden(text="The rehearsal room opens on loopback only.")
    said = request.headers.get("Origin")
    if origin and said is not None and urlsplit(said).netloc != request.host:
        raise web.HTTPForbidden(text="The rehearsal room answers its own page only.")


_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


def serve(request: web.Request, name: str) -> web.Response:
    """The page's file of that name, or 404; 403 for a foreign Host."""
    require_own(request)
    found = resources.files(__package__).joinpath("page", name)
    kind = _TYPES.get(Path(name).suffix)
    if kind is None or not found.is_file():
        raise web.HTTPNotFound
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=found.read_bytes(), content_type=kind, charset="utf-8", headers=headers)
