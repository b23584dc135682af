"""Status codes by name: `codes.ok`, `codes.NOT_FOUND`, `codes["unauthorized"]`."""

from http import HTTPStatus

_OTHER_NAMES = {
    "okay": 200,
    "all_ok": 200,
    "bad": 400,
    "not_allowed": 405,
    "length_required": 411,
    "media_type": 415,
    "unsupported_media": 415,
    "unprocessable": 422,
    "unprocessable_entity": 422,
    "too_many": 429,
    "server_error": 500,
    "unavailable": 503,
    "teapot": 418,
}


class _Codes:
    def __init__(self, names):
        self.__dict__.update(names)

    def __getitem__(self, name):
        return self.__dict__.get(name)

    def get(self, name, default=None):
        return self.__dict__.get(name, default)


def _all_names():
    for name, code in [*((s.name, s.value) for s in HTTPStatus), *_OTHER_NAMES.items()]:
        yield name.lower(), code
        yield name.upper(), code


codes = _Codes(_all_names())
