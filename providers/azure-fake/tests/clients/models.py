"""What the models of Microsoft Graph's SDKs make of what was sent to them."""

import datetime
import json
import pathlib
import re

from kiota_abstractions.serialization import AdditionalDataHolder
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter


def same(sent, read, path):
    """How what was read differs from what was sent; absent and null are the same."""
    if isinstance(sent, dict) and isinstance(read, dict):
        for key in sorted(sent.keys() | read.keys()):
            # The SDKs write the type of every object, the API only where it is not the expected one.
            if key != "@odata.type" or key in sent:
                yield from same(sent.get(key), read.get(key), f"{path}.{key}")
    elif isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        for at, (one, other) in enumerate(zip(sent, read)):
            yield from same(one, other, f"{path}[{at}]")
    elif sent != read and instant(sent) != instant(read) and (sent or read):
        yield f"{path}: sent {json.dumps(sent)}, read {json.dumps(read)}"


def instant(value):
    """A time, however it is written, and a duration of days as Python writes it."""
    days = re.fullmatch(r"P(\d+)D", value) if isinstance(value, str) else None
    if days:
        return str(datetime.timedelta(days=int(days[1])))
    try:
        return datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def unknown(value, path, allowed):
    """Where a model was sent what it does not know."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from unknown(item, f"{path}[{at}]", allowed)
    elif hasattr(value, "get_field_deserializers"):
        extra = value.additional_data if isinstance(value, AdditionalDataHolder) else {}
        for key in extra:
            if not allowed.has(type(value), key):
                yield f"{path}.{key}: {type(value).__name__} has no such key"
        for name, inner in list(vars(value).items()) + list(stored(value)):
            if name != "backing_store":
                yield from unknown(inner, f"{path}.{name}", allowed)


class Allowed:
    """Keys that the published API sends and the models lack, by class, with the classes that inherit from it."""

    def __init__(self):
        self.keys = json.loads(pathlib.Path(__file__).with_name("allowed.json").read_text())["graph"]
        self.used = set()

    def has(self, model, key):
        """Whether the key is allowed in the model."""
        names = [f"{base.__name__}.{key}" for base in model.__mro__]
        self.used |= {name for name in names if name in self.keys}
        return any(name in self.keys for name in names)


def stored(value):
    """The members of a model that keeps them in a backing store."""
    store = getattr(value, "backing_store", None)
    if store is not None:
        for name, inner in store.enumerate_():
            yield name, inner


def written(item):
    """A model as its SDK writes it."""
    writer = JsonSerializationWriter()
    # A backing store writes only what changed since it was read, unless all of it is asked for.
    store = getattr(item, "backing_store", None)
    if store is not None:
        store.return_only_changed_values = False
    item.serialize(writer)
    return json.loads(writer.get_serialized_content())
