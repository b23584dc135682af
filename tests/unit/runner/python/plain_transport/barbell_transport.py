"""The seam of our `requests`, served by `http.client`: what the browser does in a page, a terminal does here."""

import http.client
import json
import types
from urllib.parse import urlsplit


class _Bytes(bytes):
    def to_bytes(self):
        return bytes(self)


def _answer(**fields):
    nothing = {
        "failure": "",
        "message": "",
        "status": 0,
        "reason": "",
        "headers": "[]",
        "body": _Bytes(),
        "redirectedTo": "",
    }
    return types.SimpleNamespace(**{**nothing, **fields})


def send(method, url, headers, body, timeout_ms):
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=timeout_ms / 1000 or None)
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        connection.request(method, path, body, dict(json.loads(headers)))
        response = connection.getresponse()
        content = response.read()
    except TimeoutError:
        return _answer(failure="timeout", message="No answer in time.")
    except OSError as error:
        return _answer(failure="network", message=str(error))
    return _answer(
        status=response.status,
        reason=response.reason,
        headers=json.dumps(response.getheaders()),
        body=_Bytes(content),
    )
