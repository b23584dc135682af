"""`files=`: a body of several parts (RFC 7578)."""

import os

from .structures import each_of, pairs_of

_ESCAPED = str.maketrans({"\n": "%0A", "\r": "%0D", '"': "%22"})


def encode_multipart(data, files):
    """Fields and files as one body, with the `Content-Type` that names its boundary."""
    if isinstance(data, (str, bytes)):
        raise ValueError("Data must not be a string.")
    boundary = os.urandom(16).hex()
    parts = [*_field_parts(data or {}), *_file_parts(files)]
    opened = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return opened + b"--%s--\r\n" % boundary.encode(), f"multipart/form-data; boundary={boundary}"


def _field_parts(data):
    for name, values in pairs_of(data):
        for value in each_of(values):
            if value is not None:
                yield _part(_disposition(_text(name)), {}, _bytes(value))


def _file_parts(files):
    for name, value in pairs_of(files):
        filename, source, content_type, more = _described(name, value)
        content = source.read() if hasattr(source, "read") else source
        if content is None:
            continue
        # As in urllib3: these two stand first, and what the program gives otherwise follows.
        headers = {"Content-Type": content_type or more.get("Content-Type"), **more}
        yield _part(_disposition(name, filename), headers, _bytes(content))


def _described(name, value):
    """File name, content, type and headers of a part; the name of an open file is its own."""
    if isinstance(value, (tuple, list)):
        filename, source, content_type, headers = (*value, None, None)[:4]
        return filename, source, content_type, dict(headers or {})
    return _name_of(value) or name, value, None, {}


def _name_of(file):
    name = getattr(file, "name", None)
    if isinstance(name, str) and name and not (name[0] == "<" or name[-1] == ">"):
        return os.path.basename(name)
    return None


def _disposition(name, filename=None):
    named = f'form-data; name="{name.translate(_ESCAPED)}"'
    return named if filename is None else f'{named}; filename="{filename.translate(_ESCAPED)}"'


def _part(disposition, headers, content):
    lines = [f"Content-Disposition: {disposition}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([*lines, "", ""]).encode() + content


def _text(name):
    return name.decode() if isinstance(name, bytes) else name


def _bytes(value):
    return bytes(value) if isinstance(value, (bytes, bytearray)) else str(value).encode()
