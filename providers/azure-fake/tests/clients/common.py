"""What the scripts share: the tenant's documents, and a list of what went wrong.

Each script is run as `python SCRIPT DOCUMENTS`, in an environment whose proxy is the fake. It exits with 1 and one
line for each failure on standard error.
"""

import json
import pathlib
import sys


class Documents:
    """A tenant's folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.tenant = self.items("tenant")[0]["id"]
        client = json.loads((self.folder / "fake.json").read_text())["clients"][0]
        self.client_id, self.secret = client["client_id"], client["secret"]

    def items(self, name):
        """A document's items."""
        return json.loads((self.folder / f"{name}.json").read_text())["value"]

    def ids(self, name):
        """The ids of a document's items, in lower case."""
        return {(item.get("id") or item["kid"]).lower() for item in self.items(name)}


class Failures:
    """What went wrong."""

    def __init__(self):
        self.found = []
        self.checked = 0

    def add(self, what):
        """Remembers a failure."""
        self.found.append(what)

    def same(self, label, found, expected):
        """Compares two sets of ids, the second of which must not be empty."""
        self.checked += 1
        found, expected = sorted(found), sorted(expected)
        if not expected:
            self.add(f"{label}: the tenant has none, so nothing is proven")
        if found != expected:
            missing, extra = set(expected) - set(found), set(found) - set(expected)
            self.add(f"{label}: missing {sorted(missing)}, extra {sorted(extra)}, {len(found)} listed")

    def finish(self):
        """Ends the script."""
        for what in self.found:
            print(what, file=sys.stderr)
        if not self.checked:
            print("nothing was checked", file=sys.stderr)
        print(f"{self.checked} lists compared")
        sys.exit(1 if self.found or not self.checked else 0)
