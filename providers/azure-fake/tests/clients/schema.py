"""Closed schemas from the models of Azure's Python SDKs.

Older models say their wire format in `_attribute_map` (a name and a type as text), newer ones in `_attr_to_rest_field`
(a name) and in the annotations of their class (a type). A key that the model lacks, one in another case and a value of
another type are failures.
"""

import datetime
import enum
import inspect
import re
import sys
import types
import typing

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)$")
DURATION = re.compile(r"^P(?=.)(\d+[YMWD])*(T(?=.)(\d+[HMS])+)?$")
PLAIN = {"str": str, "bool": bool, "rfc-1123": str, "base64": str, "bytearray": str}


class Checker:
    """Checks values against models; `allowed` names the keys whose values the models do not know."""

    def __init__(self, allowed):
        self.allowed = allowed
        self.used = set()
        self.problems = []

    def check(self, model, value, path):
        """Checks one object."""
        if not isinstance(value, dict):
            self.problems.append(f"{path}: {model.__name__} is no object but {value!r}")
        elif hasattr(model, "_attribute_map"):
            self.older(model, value, path)
        else:
            self.newer(model, value, path)

    def unknown(self, model, key, path):
        """A key that the model lacks."""
        self.problems.append(f"{path}.{key}: {model} has no such key")

    def older(self, model, value, path):
        tree = {}
        for entry in model._attribute_map.values():
            *parents, last = re.split(r"(?<!\\)\.", entry["key"])
            branch = tree
            for parent in parents:
                branch = branch.setdefault(parent.replace("\\.", "."), {})
            branch[last.replace("\\.", ".")] = entry["type"]
        self.branch(model, tree, value, path)

    def branch(self, model, tree, value, path):
        for key, inner in value.items():
            kind = tree.get(key)
            if kind is None:
                self.unknown(model.__name__, key, path)
            elif isinstance(kind, dict):
                if isinstance(inner, dict):
                    self.branch(model, kind, inner, f"{path}.{key}")
                elif inner is not None:
                    self.problems.append(f"{path}.{key}: no object but {inner!r}")
            else:
                self.named(model, kind, inner, f"{path}.{key}")

    def named(self, model, kind, value, path):
        """A value against a type that is given as text."""
        if value is None or kind == "object":
            return
        if kind[0] in "[{":
            many = list if kind[0] == "[" else dict
            if not isinstance(value, many):
                self.problems.append(f"{path}: no {many.__name__} but {value!r}")
                return
            pairs = enumerate(value) if many is list else value.items()
            for key, inner in pairs:
                self.named(model, kind[1:-1], inner, f"{path}[{key}]")
        elif kind in PLAIN:
            self.plain(PLAIN[kind], value, path)
        elif kind in ("int", "long", "unix-time"):
            self.plain(int, value, path)
        elif kind == "float":
            self.plain((int, float), value, path)
        elif kind == "iso-8601":
            self.matches(TIME, value, path)
        elif kind == "duration":
            self.matches(DURATION, value, path)
        else:
            module = sys.modules[model.__module__.rsplit(".", 1)[0]]
            self.check(getattr(module, kind), value, path)

    def newer(self, model, value, path):
        model.__new__(model)  # makes `_attr_to_rest_field`
        module = inspect.getmodule(model)
        package = sys.modules[module.__name__.rsplit(".", 1)[0]]
        hints = typing.get_type_hints(model, globalns={**vars(module), "_models": package, "_types": package})
        fields = {field._rest_name: (hints[name], field) for name, field in model._attr_to_rest_field.items()}
        for key, inner in value.items():
            if key not in fields:
                self.unknown(model.__name__, key, path)
                continue
            hint, field = fields[key]
            if f"{model.__name__}.{key}" in self.allowed:
                self.used.add(f"{model.__name__}.{key}")
            else:
                self.hinted(hint, field, inner, f"{path}.{key}")

    def hinted(self, hint, field, value, path):
        """A value against an annotation."""
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if value is None or hint is typing.Any:
            return
        if origin in (typing.Union, types.UnionType):
            self.union([one for one in inner if one is not type(None)], field, value, path)
        elif origin in (list, dict) or hint in (list, dict):
            self.many(origin or hint, inner, field, value, path)
        elif hint is datetime.datetime:
            if field._format == "unix-timestamp":
                self.plain(int, value, path)
            else:
                self.matches(TIME, value, path)
        elif hint is datetime.timedelta:
            self.matches(DURATION, value, path)
        elif hint in (str, bool, int):
            self.plain(hint, value, path)
        elif hint is float:
            self.plain((int, float), value, path)
        elif hint is bytes:
            self.plain(str, value, path)
        elif isinstance(hint, type):
            self.check(hint, value, path)
        else:
            self.problems.append(f"{path}: a type that this check does not know: {hint!r}")

    def union(self, choices, field, value, path):
        enums = [one for one in choices if isinstance(one, type) and issubclass(one, enum.Enum)]
        if enums:
            known = {member.value for one in enums for member in one}
            if value not in known:
                self.problems.append(f"{path}: {value!r} is none of {sorted(known)}")
        elif len(choices) == 1:
            self.hinted(choices[0], field, value, path)
        else:
            self.problems.append(f"{path}: a union that this check does not know: {choices!r}")

    def many(self, kind, inner, field, value, path):
        if not isinstance(value, kind):
            self.problems.append(f"{path}: no {kind.__name__} but {value!r}")
            return
        pairs = enumerate(value) if kind is list else value.items()
        for key, item in pairs:
            self.hinted(inner[-1] if inner else typing.Any, field, item, f"{path}[{key}]")

    def plain(self, kind, value, path):
        is_number_for_bool = isinstance(value, bool) and kind is not bool
        if not isinstance(value, kind) or is_number_for_bool:
            self.problems.append(f"{path}: no {getattr(kind, '__name__', kind)} but {value!r}")

    def matches(self, pattern, value, path):
        if not isinstance(value, str) or not pattern.match(value):
            self.problems.append(f"{path}: {value!r} is not written as the API writes it")
