"""A request as written, a request ready to leave, and the answer."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from .auth import HTTPBasicAuth
from .cookies import RequestsCookieJar, cookie_header, cookiejar_from_dict
from .exceptions import (
    HTTPError,
    InvalidHeader,
    InvalidJSONError,
    InvalidURL,
    JSONDecodeError,
    MissingSchema,
)
from .hooks import default_hooks, register_hooks
from .multipart import encode_multipart
from .structures import CaseInsensitiveDict, each_of, pairs_of

_REDIRECTS = (301, 302, 303, 307, 308)
_UNRESERVED = re.compile(r"%(?:2D|2E|3[0-9]|4[1-9A-F]|5[0-9A]|5F|6[1-9A-F]|7[0-9A]|7E)", re.I)


class Request:
    """A request as a program wrote it."""

    def __init__(
        self,
        method=None,
        url=None,
        headers=None,
        files=None,
        data=None,
        params=None,
        auth=None,
        cookies=None,
        hooks=None,
        json=None,
    ):
        self.method = method
        self.url = url
        self.headers = {} if headers is None else headers
        self.files = [] if files is None else files
        self.data = [] if data is None else data
        self.params = {} if params is None else params
        self.auth = auth
        self.cookies = cookies
        self.hooks = default_hooks()
        register_hooks(self.hooks, hooks)
        self.json = json

    def __repr__(self):
        return f"<Request [{self.method}]>"

    def prepare(self):
        """The request as it would leave without a session."""
        prepared = PreparedRequest()
        prepared.prepare(**vars(self))
        return prepared


class PreparedRequest:
    """A request down to the bytes."""

    def __init__(self):
        self.method = None
        self.url = None
        self.headers = None
        self.body = None
        self.hooks = default_hooks()
        self._cookies = None

    def __repr__(self):
        return f"<PreparedRequest [{self.method}]>"

    def prepare(
        self,
        method=None,
        url=None,
        headers=None,
        files=None,
        data=None,
        params=None,
        auth=None,
        cookies=None,
        hooks=None,
        json=None,
    ):
        self.method = None if method is None else method.upper()
        self.prepare_url(url, params)
        self.prepare_headers(headers)
        self.prepare_cookies(cookies)
        self.prepare_body(data, files, json)
        self.prepare_auth(auth)
        register_hooks(self.hooks, hooks)

    def prepare_url(self, url, params):
        self.url = prepare_url(url, params)

    def prepare_headers(self, headers):
        self.headers = CaseInsensitiveDict()
        for name, value in (headers or {}).items():
            _check_header(name, value)
            self.headers[_text(name)] = value

    def prepare_cookies(self, cookies):
        self._cookies = cookies if isinstance(cookies, RequestsCookieJar) else cookiejar_from_dict(cookies)
        value = cookie_header(self._cookies, self.url)
        # A header that the program wrote itself stands, as it does in the real library.
        if value is not None and "Cookie" not in self.headers:
            self.headers["Cookie"] = value

    def prepare_body(self, data, files, json_value=None):
        content_type = None
        if files:
            self.body, content_type = encode_multipart(data, files)
        elif data:
            self.body = encode_form(data)
            if not isinstance(data, (str, bytes)):
                content_type = "application/x-www-form-urlencoded"
        elif json_value is not None:
            self.body = self._encode_json(json_value)
            content_type = "application/json"
        self.prepare_content_length()
        if content_type and "Content-Type" not in self.headers:
            self.headers["Content-Type"] = content_type

    def prepare_content_length(self):
        if self.body is not None:
            self.headers["Content-Length"] = str(len(_bytes(self.body)))
        elif self.method not in ("GET", "HEAD") and "Content-Length" not in self.headers:
            self.headers["Content-Length"] = "0"

    def prepare_auth(self, auth):
        if auth is None:
            location = urlsplit(self.url)
            if location.username is not None:
                auth = (location.username, location.password or "")
        if not auth:
            return
        if isinstance(auth, tuple) and len(auth) == 2:
            auth = HTTPBasicAuth(*auth)
        self.__dict__.update(auth(self).__dict__)
        self.prepare_content_length()

    @property
    def path_url(self):
        """Path and query, as the first line of the request names them."""
        location = urlsplit(self.url)
        return (location.path or "/") + (f"?{location.query}" if location.query else "")

    def copy(self):
        twin = PreparedRequest()
        twin.__dict__.update(vars(self))
        twin.headers = None if self.headers is None else self.headers.copy()
        twin._cookies = None if self._cookies is None else self._cookies.copy()
        return twin

    def _encode_json(self, value):
        try:
            return json.dumps(value, allow_nan=False).encode()
        except ValueError as error:
            raise InvalidJSONError(error, request=self) from error


def prepare_url(url, params):
    """An absolute URL with its parameters, escaped where it must be."""
    url = (url.decode() if isinstance(url, bytes) else str(url)).lstrip()
    if ":" in url and not url.lower().startswith("http"):
        return url
    try:
        location = urlsplit(url)
        host, port = location.hostname, location.port
    except ValueError as error:
        raise InvalidURL(f"Failed to parse: {url}") from error
    if not location.scheme:
        raise MissingSchema(
            f"Invalid URL {url!r}: No scheme supplied. Perhaps you meant https://{url}?"
        )
    if not host:
        raise InvalidURL(f"Invalid URL {url!r}: No host supplied")
    if host.startswith(("*", ".")):
        raise InvalidURL("URL has an invalid label.")
    netloc = "".join(
        [
            *location.netloc.rpartition("@")[:2],
            f"[{host}]" if ":" in host else host,
            "" if port is None else f":{port}",
        ]
    )
    query = "&".join(part for part in (location.query, _encode_params(params)) if part)
    whole = urlunsplit((location.scheme, netloc, location.path or "/", query, location.fragment))
    return _requote(whole)


def _encode_params(params):
    encoded = encode_form(params) if params else ""
    return encoded.decode() if isinstance(encoded, bytes) else encoded


def encode_form(data):
    """`a=1&b=2` from a dictionary or pairs; text, bytes and files as they are. None leaves a field out."""
    if isinstance(data, (str, bytes)):
        return data
    if hasattr(data, "read"):
        return data.read()
    flat = [
        (_utf8(name), _utf8(value))
        for name, values in pairs_of(data)
        for value in each_of(values)
        if value is not None
    ]
    return urlencode(flat, doseq=True)


def _utf8(value):
    return value.encode() if isinstance(value, str) else value


def _requote(url):
    """Escapes what a URL may not hold, and leaves what is escaped already."""
    plain = _UNRESERVED.sub(lambda match: chr(int(match[0][1:], 16)), url)
    stray = re.search(r"%(?![0-9A-Fa-f]{2})", plain)
    return quote(url if stray else plain, safe="!#$&'()*+,/:;=?@[]~" + ("" if stray else "%"))


def _check_header(name, value):
    for part, kind in ((name, "name"), (value, "value")):
        if not isinstance(part, (str, bytes)):
            raise InvalidHeader(
                f"Header part ({part!r}) from {(name, value)} "
                f"must be of type str or bytes, not {type(part)}"
            )
        pattern = r"[^:\s][^:\r\n]*" if kind == "name" else r"\S[^\r\n]*|"
        if not re.fullmatch(pattern, _text(part)):
            raise InvalidHeader(
                "Invalid leading whitespace, reserved character(s), or return "
                f"character(s) in header {kind}: {part!r}"
            )


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body):
    return body if isinstance(body, bytes) else body.encode()


class Response:
    """The answer to a request. The body is always whole: there is nothing to stream."""

    def __init__(self):
        self.status_code = None
        self.reason = None
        self.url = None
        self.headers = CaseInsensitiveDict()
        self.cookies = RequestsCookieJar()
        self.elapsed = timedelta(0)
        self.history = []
        self.request = None
        self.encoding = None
        self.raw = None
        self.next = None
        self._content = b""

    def __repr__(self):
        return f"<Response [{self.status_code}]>"

    def __bool__(self):
        return self.ok

    def __iter__(self):
        return self.iter_content(128)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Nothing is open."""

    @property
    def ok(self):
        try:
            self.raise_for_status()
        except HTTPError:
            return False
        return True

    @property
    def is_redirect(self):
        return "location" in self.headers and self.status_code in _REDIRECTS

    @property
    def is_permanent_redirect(self):
        return "location" in self.headers and self.status_code in (301, 308)

    @property
    def content(self):
        return self._content

    @property
    def apparent_encoding(self):
        """A guess from the bytes: UTF-8 if they are that."""
        try:
            self._content.decode()
        except UnicodeDecodeError:
            return "ISO-8859-1"
        return "ascii" if self._content.isascii() else "utf-8"

    @property
    def text(self):
        encoding = self.encoding or self.apparent_encoding
        try:
            return self._content.decode(encoding, errors="replace")
        except LookupError:
            return self._content.decode(errors="replace")

    def json(self, **options):
        """The body as Python values. Raises `JSONDecodeError` when it is not JSON."""
        content = self._content.removeprefix(BOM_UTF8)
        text = self.text if self.encoding else content.decode(json.detect_encoding(content), "replace")
        try:
            return json.loads(text, **options)
        except json.JSONDecodeError as error:
            raise JSONDecodeError(error.msg, error.doc, error.pos) from error

    def iter_content(self, chunk_size=1, decode_unicode=False):
        body = self.text if decode_unicode else self._content
        size = chunk_size or max(1, len(body))
        return (body[start : start + size] for start in range(0, len(body), size))

    def iter_lines(self, chunk_size=512, decode_unicode=False, delimiter=None):
        body = self.text if decode_unicode else self._content
        return iter(body.split(delimiter) if delimiter else body.splitlines())

    def raise_for_status(self):
        """Raises `HTTPError` when the status is 400 or more."""
        blame = {4: "Client Error", 5: "Server Error"}.get((self.status_code or 0) // 100)
        if blame:
            text = f"{self.status_code} {blame}: {self.reason} for url: {self.url}"
            raise HTTPError(text, response=self)


def make_response(request, answer, elapsed_seconds):
    """The answer of the transport as a program sees it."""
    response = Response()
    response.status_code = answer.status
    response.reason = answer.reason or _phrase(answer.status)
    response.url = answer.url
    response.request = request
    response.elapsed = timedelta(seconds=elapsed_seconds)
    response._content = answer.body
    for name, value in answer.headers:
        known = response.headers.get(name)
        response.headers[name] = value if known is None else f"{known}, {value}"
    response.encoding = _declared_encoding(response.headers.get("content-type"))
    return response


def _phrase(status):
    # HTTP/2 has no reason phrase; a program in a terminal speaks HTTP/1.1 and gets the registered one.
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _declared_encoding(content_type):
    if not content_type:
        return None
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip("'\" ")
    if "text" in kind:
        return "ISO-8859-1"
    return "utf-8" if "application/json" in kind else None
