"""What outlives one request: headers, parameters, credentials and cookies."""

from collections.abc import Mapping
from time import perf_counter

from .cookies import cookiejar_from_dict, take_cookies
from .exceptions import InvalidSchema
from .hooks import default_hooks, dispatch_hook, merge_hooks
from .models import PreparedRequest, Request, make_response
from .structures import CaseInsensitiveDict
from .transport import send


class Session:
    """Keeps cookies between requests, and adds its own settings to each."""

    def __init__(self):
        # The browser adds User-Agent, Accept-Encoding and Connection, and lets no program set them.
        self.headers = CaseInsensitiveDict({"Accept": "*/*"})
        self.params = {}
        self.auth = None
        self.hooks = default_hooks()
        self.cookies = cookiejar_from_dict(None)
        self.verify = True
        self.cert = None
        self.proxies = {}
        self.stream = False
        self.trust_env = True
        self.max_redirects = 30

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Nothing is open."""

    def prepare_request(self, request):
        """The request with the settings of this session."""
        jar = self.cookies.copy()
        jar.update(cookiejar_from_dict(request.cookies))
        prepared = PreparedRequest()
        prepared.prepare(
            method=request.method,
            url=request.url,
            headers=CaseInsensitiveDict(_merged(self.headers, request.headers, CaseInsensitiveDict)),
            files=request.files,
            data=request.data,
            json=request.json,
            params=_merged(self.params, request.params, dict),
            auth=request.auth or self.auth,
            cookies=jar,
            hooks=merge_hooks(request.hooks, self.hooks),
        )
        return prepared

    def request(
        self,
        method,
        url,
        params=None,
        data=None,
        headers=None,
        cookies=None,
        files=None,
        auth=None,
        timeout=None,
        allow_redirects=True,
        proxies=None,
        hooks=None,
        stream=None,
        verify=None,
        cert=None,
        json=None,
    ):
        """Sends a request. `proxies`, `stream`, `verify` and `cert` are the browser's business and ignored."""
        request = Request(method, url, headers, files, data, params, auth, cookies, hooks, json)
        prepared = self.prepare_request(request)
        options = {"timeout": timeout, "verify": verify, "proxies": proxies, "stream": stream, "cert": cert}
        return self.send(prepared, allow_redirects=allow_redirects, **options)

    def send(self, request, timeout=None, allow_redirects=True, **options):
        """Sends a prepared request."""
        if not request.url.lower().startswith(("http://", "https://")):
            raise InvalidSchema(f"No connection adapters were found for {request.url!r}")
        started = perf_counter()
        answer = send(request, timeout, allow_redirects)
        response = make_response(request, answer, perf_counter() - started)
        new = [value for name, value in answer.headers if name.lower() == "set-cookie"]
        take_cookies(response.cookies, request.url, new)
        response = dispatch_hook("response", request.hooks, response, timeout=timeout, **options)
        take_cookies(self.cookies, request.url, new)
        return response

    def get(self, url, **options):
        return self.request("GET", url, **options)

    def options(self, url, **options):
        return self.request("OPTIONS", url, **options)

    def head(self, url, **options):
        options.setdefault("allow_redirects", False)
        return self.request("HEAD", url, **options)

    def post(self, url, data=None, json=None, **options):
        return self.request("POST", url, data=data, json=json, **options)

    def put(self, url, data=None, **options):
        return self.request("PUT", url, data=data, **options)

    def patch(self, url, data=None, **options):
        return self.request("PATCH", url, data=data, **options)

    def delete(self, url, **options):
        return self.request("DELETE", url, **options)


def session():
    """A new session."""
    return Session()


def _merged(of_session, of_request, kind):
    """Both together, the request's word last; None removes a setting of the session."""
    if not of_session or not isinstance(of_session, Mapping):
        return of_request if of_request else of_session
    if of_request and not isinstance(of_request, (Mapping, list, tuple)):
        return of_request
    both = kind(of_session)
    both.update(of_request or {})
    return kind((name, value) for name, value in both.items() if value is not None)
