"""One function per HTTP method. Each call has a session of its own, so no cookie outlives it."""

from .sessions import Session


def request(method, url, **options):
    """Sends a request; the options are those of `Session.request`."""
    with Session() as session:
        return session.request(method, url, **options)


def get(url, params=None, **options):
    return request("get", url, params=params, **options)


def options(url, **options):
    return request("options", url, **options)


def head(url, **options):
    options.setdefault("allow_redirects", False)
    return request("head", url, **options)


def post(url, data=None, json=None, **options):
    return request("post", url, data=data, json=json, **options)


def put(url, data=None, **options):
    return request("put", url, data=data, **options)


def patch(url, data=None, **options):
    return request("patch", url, data=data, **options)


def delete(url, **options):
    return request("delete", url, **options)
