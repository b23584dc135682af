"""The containers of the library."""

from collections.abc import Mapping, MutableMapping


class CaseInsensitiveDict(MutableMapping):
    """Finds a key however it is written, and keeps it as it was written last."""

    def __init__(self, data=None, **more):
        self._items = {}
        self.update({} if data is None else data, **more)

    def __setitem__(self, key, value):
        self._items[key.lower()] = (key, value)

    def __getitem__(self, key):
        return self._items[key.lower()][1]

    def __delitem__(self, key):
        del self._items[key.lower()]

    def __iter__(self):
        return (key for key, _ in self._items.values())

    def __len__(self):
        return len(self._items)

    def lower_items(self):
        """Pairs with the keys in lower case."""
        return ((key, value) for key, (_, value) in self._items.items())

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.lower_items()) == dict(CaseInsensitiveDict(other).lower_items())

    def copy(self):
        return CaseInsensitiveDict(self._items.values())

    def __repr__(self):
        return str(dict(self.items()))


def pairs_of(container):
    """Pairs from a dictionary or a list of them; a name may come more than once."""
    return list(container.items() if isinstance(container, Mapping) else container)


def each_of(values):
    """The values of a list or the like; a text is one value."""
    many = hasattr(values, "__iter__") and not isinstance(values, (str, bytes))
    return values if many else [values]
