"""Runs a sample as `python sample.py` would, and leaves the interpreter as it was."""

import builtins
import gc
import http.cookiejar  # noqa: F401 - part of every sample that calls the API, so it is loaded once
import linecache
import logging
import os
import random
import shutil
import sys
import types
import warnings
from asyncio import all_tasks, get_event_loop
from json import dumps, loads
from traceback import StackSummary, TracebackException

import barbell_reader
from pyodide.ffi import can_run_sync, run_sync

NAME = "sample.py"
HOME = os.getcwd()


def run(code, shown_code, environment):
    """Runs `code` to its end; the answer is JSON: `{error: {name, message, line, column?, trace?} | null, reusable}`.

    `shown_code` is what the reader sees, line for line the same: tracebacks quote it. `environment` is JSON.
    """
    linecache.cache[NAME] = (len(shown_code), None, shown_code.splitlines(keepends=True), NAME)
    before = _Snapshot()
    # The interpreter began as a copy of one made long ago: all readers would draw the same numbers.
    random.seed()
    os.environ.update(loads(environment))
    try:
        _execute(code)
        error = None
    except SystemExit as exit:
        error = _describe_exit(exit)
    except BaseException as exception:
        error = _describe(exception, _changed_lines(code, shown_code))
        error["broken"] = isinstance(exception, MemoryError)
    _flush()
    broken = bool(error and error.pop("broken", False))
    clean = before.restore()
    return dumps({"error": error, "reusable": clean and not broken})


def _execute(code):
    # A module of its own under the usual name: dataclasses, pickle and typing look there.
    main = types.ModuleType("__main__")
    main.__file__ = NAME
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    sys.argv[:] = [NAME]
    exec(compile(code, NAME, "exec", dont_inherit=True), main.__dict__)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # noqa: BLE001 - a program may have put anything there
            continue


def _ask_reader(prompt="", /):
    print(prompt, end="", flush=True)
    if not can_run_sync():
        raise EOFError("this browser cannot let a program wait for input(); write the value into the code")
    line = run_sync(barbell_reader.ask(str(prompt)))
    if line is None:
        raise EOFError("EOF when reading a line")
    print(line)  # A terminal shows what is typed.
    return line


builtins.input = _ask_reader
_BUILTINS = vars(builtins)


class _Snapshot:
    """What a program can change that the next one would see."""

    def __init__(self):
        self._environment = dict(os.environ)
        self._modules = dict(sys.modules)
        self._functions = list(_public_functions())
        self._builtins = dict(_BUILTINS)
        self._streams = (sys.stdin, sys.stdout, sys.stderr)
        self._path = list(sys.path)
        self._filters = list(warnings.filters)
        self._recursion_limit = sys.getrecursionlimit()

    def restore(self):
        """Puts everything back; false when something is left: a task that goes on, a function that was replaced."""
        _BUILTINS.update(self._builtins)
        for name in _BUILTINS.keys() - self._builtins.keys():
            del _BUILTINS[name]
        os.environ.clear()
        os.environ.update(self._environment)
        self._restore_modules()
        sys.stdin, sys.stdout, sys.stderr = self._streams
        sys.path[:] = self._path
        warnings.filters[:] = self._filters
        sys.setrecursionlimit(self._recursion_limit)
        logging.root.handlers.clear()
        logging.root.setLevel(logging.WARNING)
        _empty_home()
        gc.collect()
        return not all_tasks(get_event_loop()) and not self._patched()

    def _patched(self):
        return any(vars(module).get(name) is not value for module, name, value in self._functions)

    def _restore_modules(self):
        for name, module in list(sys.modules.items()):
            # Compiled modules stay: not all of them survive a second import.
            if name not in self._modules and str(getattr(module, "__file__", "")).endswith(".py"):
                del sys.modules[name]
        sys.modules.update(self._modules)


def _public_functions():
    modules = [module for module in sys.modules.values() if type(module) is types.ModuleType]
    for module in modules:
        for name, value in vars(module).items():
            if callable(value) and not name.startswith("_"):
                yield module, name, value


def _empty_home():
    os.chdir(HOME)
    for entry in os.scandir(HOME):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)


def _changed_lines(code, shown_code):
    pairs = zip(code.splitlines(), shown_code.splitlines())
    return {number for number, (run, shown) in enumerate(pairs, start=1) if run != shown}


def _describe(exception, changed_lines):
    report = TracebackException.from_exception(exception, compact=True)
    name = _qualified_name(type(exception))
    if isinstance(exception, SyntaxError) and exception.filename == NAME:
        place = {"line": exception.lineno, "column": exception.offset}
        return {"name": name, "message": exception.msg, **place}
    missing = isinstance(exception, ModuleNotFoundError) and exception.name
    message = _explain_missing(exception.name) if missing else _message(report, name)
    _keep_sample_frames(report, changed_lines)
    line = report.stack[-1].lineno if report.stack else None
    trace = _explained(report, name, message) if line else None
    return {"name": name, "message": message, "line": line, **({"trace": trace} if trace else {})}


def _describe_exit(exit):
    if exit.code is None or exit.code == 0:
        return None
    message = f"exit status {exit.code}" if isinstance(exit.code, int) else str(exit.code)
    frame = exit.__traceback__
    line = None
    while frame:
        line = frame.tb_lineno if frame.tb_frame.f_code.co_filename == NAME else line
        frame = frame.tb_next
    return {"name": "SystemExit", "message": message, "line": line}


def _qualified_name(kind):
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _message(report, name):
    text = "".join(report.format_exception_only()).strip()
    return text.removeprefix(name).removeprefix(":").strip()


def _explain_missing(module):
    return (
        f"No module named {module!r}. In this page a program can import Python's standard library and "
        f"requests; on your own machine, install {module.partition('.')[0]} first."
    )


def _keep_sample_frames(report, changed_lines):
    frames = [frame for frame in report.stack if frame.filename == NAME]
    for frame in frames:
        # The columns are those of the code that ran, where a placeholder was longer or shorter.
        if frame.lineno in changed_lines:
            frame.colno = frame.end_colno = None
    report.stack = StackSummary.from_list(frames)
    for link in ("__cause__", "__context__"):
        linked = getattr(report, link)
        if linked is None:
            continue
        _keep_sample_frames(linked, changed_lines)
        if not linked.stack:
            setattr(report, link, None)


def _explained(report, name, message):
    lines = list(report.format())
    only = list(report.format_exception_only())
    return "".join([*lines[: len(lines) - len(only)], f"{name}: {message}" if message else name])
