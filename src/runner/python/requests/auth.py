"""Authentication that is a change of the request before it leaves."""

from base64 import b64encode


class AuthBase:
    """What `auth=` takes besides a pair: a callable from request to request."""

    def __call__(self, request):
        raise NotImplementedError("Auth hooks must be callable.")


class HTTPBasicAuth(AuthBase):
    """User name and password in the `Authorization` header (RFC 7617)."""

    def __init__(self, username, password):
        self.username = username
        self.password = password

    def __eq__(self, other):
        mine = (self.username, self.password)
        return mine == (getattr(other, "username", None), getattr(other, "password", None))

    def __call__(self, request):
        pair = b":".join(_latin1(part) for part in (self.username, self.password))
        request.headers["Authorization"] = "Basic " + b64encode(pair).decode("ascii")
        return request


def _latin1(text):
    return text if isinstance(text, bytes) else str(text).encode("latin-1")
