"""Out of Python and into the browser: the only module that knows where it runs.

`barbell_transport.send(method, url, headers, body, timeout)` sends one request and waits for its answer: headers
go and come as a JSON list of pairs, the body as bytes or None, the timeout in milliseconds, 0 for none. Cookies
go and come in `Cookie` and `Set-Cookie`, as they do outside of a browser.
"""

import json
import sys
import warnings
from collections import namedtuple
from os.path import dirname
from urllib.parse import urlsplit, urlunsplit

import barbell_transport

from .exceptions import ConnectionError, ReadTimeout, RequestException, RequestsWarning

Answer = namedtuple("Answer", "status reason url headers body")

# Fetch standard, "forbidden request-header": scripts cannot set these. The first three the library sets itself.
_BROWSERS_OWN = {
    "content-length",
    "accept-encoding",
    "connection",
    "accept-charset",
    "access-control-request-headers",
    "access-control-request-method",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
}
_SILENT = {"content-length"}
_HERE = dirname(__file__)


def send(request, timeout, allow_redirects):
    """The answer to a prepared request. Raises `ConnectionError` or `ReadTimeout` when none comes."""
    # A browser connects by itself, so of a pair only the time to wait for the answer counts.
    seconds = timeout[-1] if isinstance(timeout, tuple) else timeout
    answer = barbell_transport.send(
        request.method,
        _without_credentials(request.url),
        json.dumps(_sendable(request.headers)),
        _body(request),
        0 if seconds is None else max(1, round(seconds * 1000)),
    )
    if answer.failure:
        raise _error(answer, request, timeout)
    if answer.redirectedTo and not allow_redirects:
        text = f"The browser followed a redirect to {answer.redirectedTo}; a page cannot stop it"
        raise RequestException(text, request=request)
    url = answer.redirectedTo or request.url
    headers = [(name, value) for name, value in json.loads(answer.headers)]
    return Answer(answer.status, answer.reason, url, headers, answer.body.to_bytes())


def _without_credentials(url):
    place = urlsplit(url)
    return urlunsplit(place._replace(netloc=place.netloc.rpartition("@")[2]))


def _body(request):
    if request.body is None:
        # With an empty body the browser says that its length is 0; without any, of POST and PUT only.
        return b"" if request.headers.get("Content-Length") == "0" else None
    if request.method in ("GET", "HEAD"):
        _warn(f"The body is not sent: in a page the browser sends none with {request.method}")
    return request.body.encode() if isinstance(request.body, str) else request.body


def _sendable(headers):
    if "Accept" not in headers:
        _warn("Accept is not left out: in a page the browser then sends Accept: */*")
    pairs = []
    for name, value in headers.items():
        lower = name.lower()
        if lower in _BROWSERS_OWN or lower.startswith(("proxy-", "sec-")):
            if lower not in _SILENT:
                _warn(f"{name} is not sent as given: in a page the browser sets it, and no program may")
            continue
        # As in http.client: text leaves as Latin-1, and anything else is an error before it leaves.
        raw = value if isinstance(value, bytes) else value.encode("latin-1")
        pairs.append((name, raw.decode("latin-1")))
    return pairs


def _warn(text):
    frame = sys._getframe(1)
    while frame.f_back and dirname(frame.f_code.co_filename) == _HERE:
        frame = frame.f_back
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    name = frame.f_code.co_filename
    warnings.warn_explicit(text, RequestsWarning, name, frame.f_lineno, registry=registry)


def _error(answer, request, timeout):
    if answer.failure == "timeout":
        place = urlsplit(request.url)
        port = place.port or {"http": 80, "https": 443}[place.scheme]
        limit = timeout[-1] if isinstance(timeout, tuple) else timeout
        text = (
            f"HTTP{'S' if place.scheme == 'https' else ''}ConnectionPool(host={place.hostname!r}, "
            f"port={port}): Read timed out. (read timeout={limit})"
        )
        return ReadTimeout(text, request=request)
    kind = ConnectionError if answer.failure == "network" else RequestException
    return kind(answer.message, request=request)
