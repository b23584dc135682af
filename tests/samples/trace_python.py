"""Runs a sample as `python sample.py` would, and notes from which of its lines each request is sent.

Nothing of the sample or of `requests` is changed: Python itself tells, by its audit events, what `http.client` sends.
"""

import sys

path, notes_path = sys.argv[1:3]
notes = open(notes_path, "a", encoding="ascii", buffering=1)


def note_line(event, arguments):
    if event != "http.client.send" or not arguments[1].split(b"\r\n", 1)[0].endswith(b" HTTP/1.1"):
        return
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    notes.write(f"{0 if frame is None else frame.f_lineno}\n")


with open(path, encoding="utf-8") as file:
    source = file.read()
program = compile(source, path, "exec")
sys.argv = [path]
sys.addaudithook(note_line)
exec(program, {"__name__": "__main__", "__file__": path})
