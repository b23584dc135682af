"""Cookies by name, over the standard library's jar, which knows domains, paths and expiry."""

from collections.abc import MutableMapping
from email.message import Message
from http.cookiejar import Cookie, CookieJar
from urllib.request import Request


class CookieConflictError(RuntimeError):
    """Two cookies of one name: say which domain or path is meant."""


class RequestsCookieJar(CookieJar, MutableMapping):
    """A jar that is also a dictionary from name to value."""

    def get(self, name, default=None, domain=None, path=None):
        try:
            return self._value(name, domain, path)
        except KeyError:
            return default

    def set(self, name, value, **attributes):
        """Keeps a cookie; `domain`, `path` and others as keywords. The value None removes it."""
        if value is None:
            self._remove(name, attributes.get("domain"), attributes.get("path"))
            return None
        cookie = create_cookie(name, value, **attributes)
        self.set_cookie(cookie)
        return cookie

    def keys(self):
        return [cookie.name for cookie in self]

    def values(self):
        return [cookie.value for cookie in self]

    def items(self):
        return [(cookie.name, cookie.value) for cookie in self]

    def list_domains(self):
        return list(dict.fromkeys(cookie.domain for cookie in self))

    def list_paths(self):
        return list(dict.fromkeys(cookie.path for cookie in self))

    def multiple_domains(self):
        return len({cookie.domain for cookie in self}) < len(self)

    def get_dict(self, domain=None, path=None):
        return {cookie.name: cookie.value for cookie in self._matching(None, domain, path)}

    def update(self, other):
        if isinstance(other, CookieJar):
            for cookie in other:
                self.set_cookie(cookie)
        else:
            super().update(other)

    def copy(self):
        twin = RequestsCookieJar()
        twin.update(self)
        return twin

    def __contains__(self, name):
        return name in self.keys()

    def __getitem__(self, name):
        return self._value(name)

    def __setitem__(self, name, value):
        self.set(name, value)

    def __delitem__(self, name):
        self._remove(name)

    def _matching(self, name, domain, path):
        for cookie in self:
            if name not in (None, cookie.name):
                continue
            if domain in (None, cookie.domain) and path in (None, cookie.path):
                yield cookie

    def _value(self, name, domain=None, path=None):
        found = list(self._matching(name, domain, path))
        if len(found) > 1:
            raise CookieConflictError(f"There are multiple cookies with name, {name!r}")
        if not found:
            raise KeyError(f"name={name!r}, domain={domain!r}, path={path!r}")
        return found[0].value

    def _remove(self, name, domain=None, path=None):
        for cookie in list(self._matching(name, domain, path)):
            self.clear(cookie.domain, cookie.path, cookie.name)

    def __getstate__(self):
        state = self.__dict__.copy()
        del state["_cookies_lock"]
        return state

    def __setstate__(self, state):
        self.__dict__.update(RequestsCookieJar().__dict__ | state)


def create_cookie(name, value, domain="", path="/", expires=None, secure=False, rest=None):
    """A cookie made by a program and not by a server."""
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=bool(domain),
        domain_initial_dot=domain.startswith("."),
        path=path,
        path_specified=bool(path),
        secure=secure,
        expires=expires,
        discard=expires is None,
        comment=None,
        comment_url=None,
        rest={"HttpOnly": None} if rest is None else rest,
    )


def cookiejar_from_dict(cookies):
    """A jar from a dictionary, a jar or nothing."""
    jar = RequestsCookieJar()
    if cookies:
        jar.update(cookies)
    return jar


def cookie_header(jar, url):
    """What the jar would send to this URL, or None."""
    request = Request(url)
    jar.add_cookie_header(request)
    return request.get_header("Cookie")


def take_cookies(jar, url, set_cookie_values):
    """Lets the jar keep what the server at this URL asked it to keep."""
    message = Message()
    for value in set_cookie_values:
        message.add_header("Set-Cookie", value)
    jar.extract_cookies(_Answer(message), Request(url))


class _Answer:
    def __init__(self, message):
        self._message = message

    def info(self):
        return self._message
