"""The errors of `requests`: the same names and the same ancestors, so that every `except` finds its own."""

from json import JSONDecodeError as _JSONDecodeError


class RequestException(IOError):
    """Anything that went wrong with a request. Carries `request` and, if one came, `response`."""

    def __init__(self, *args, request=None, response=None):
        self.response = response
        self.request = request
        if request is None and response is not None:
            self.request = getattr(response, "request", None)
        super().__init__(*args)


class InvalidJSONError(RequestException):
    """JSON that cannot be written or read."""


class JSONDecodeError(InvalidJSONError, _JSONDecodeError):
    """A body that is not JSON."""

    def __init__(self, message, document, position):
        _JSONDecodeError.__init__(self, message, document, position)
        InvalidJSONError.__init__(self, *self.args)

    def __reduce__(self):
        return _JSONDecodeError.__reduce__(self)


class HTTPError(RequestException):
    """An answer with a status of 400 or more, once `raise_for_status` is called."""


class ConnectionError(RequestException):
    """No answer came."""


class ProxyError(ConnectionError):
    """A proxy is in the way. Never raised in a page."""


class SSLError(ConnectionError):
    """A certificate is not accepted. Never raised in a page, where the browser sees to that."""


class Timeout(RequestException):
    """No answer came in time."""


class ConnectTimeout(ConnectionError, Timeout):
    """No connection came in time. Never raised in a page, where the browser connects."""


class ReadTimeout(Timeout):
    """The server was silent for too long."""


class URLRequired(RequestException):
    """A URL is missing."""


class TooManyRedirects(RequestException):
    """The server redirected too often."""


class MissingSchema(RequestException, ValueError):
    """A URL without `http://` or `https://`."""


class InvalidSchema(RequestException, ValueError):
    """A URL with a scheme that is not HTTP."""


class InvalidURL(RequestException, ValueError):
    """A URL that cannot be understood."""


class InvalidHeader(RequestException, ValueError):
    """A header that HTTP does not allow."""


class InvalidProxyURL(InvalidURL):
    """A proxy's URL that cannot be understood. Never raised in a page."""


class ChunkedEncodingError(RequestException):
    """The answer broke off. Never raised in a page."""


class ContentDecodingError(RequestException):
    """The answer could not be decompressed. Never raised in a page."""


class StreamConsumedError(RequestException, TypeError):
    """The body was read already. Never raised in a page, where bodies are always whole."""


class RetryError(RequestException):
    """Trying again did not help. Never raised in a page."""


class RequestsWarning(Warning):
    """Something that the program should know."""
