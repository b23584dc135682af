"""`hooks=`: functions that see every answer before the program does."""

from collections.abc import Callable, Iterable


def default_hooks():
    """No function for the one event there is."""
    return {"response": []}


def register_hooks(registered, hooks):
    """Adds a function or several per event. Raises `ValueError` for an event that does not exist."""
    for event, hook in (hooks or {}).items():
        if event not in registered:
            raise ValueError(f'Unsupported event specified, with event name "{event}"')
        if isinstance(hook, Callable):
            registered[event].append(hook)
        elif isinstance(hook, Iterable):
            registered[event].extend(each for each in hook if isinstance(each, Callable))


def merge_hooks(of_request, of_session):
    """The request's functions where it has any, the session's otherwise."""
    return of_request if of_request and of_request.get("response") else of_session


def dispatch_hook(event, hooks, value, **options):
    """Gives `value` to each function in turn; what one returns takes its place."""
    hooks = (hooks or {}).get(event) or []
    for hook in [hooks] if isinstance(hooks, Callable) else hooks:
        replaced = hook(value, **options)
        value = value if replaced is None else replaced
    return value
