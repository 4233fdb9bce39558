"""The Azure CLI, as it is, lists the tenant."""

import json
import os
import subprocess
import sys
import tempfile

from common import Documents, Failures

# What a session of `az` would otherwise tell Microsoft or ask its package index for.
QUIET = {
    "AZURE_CORE_COLLECT_TELEMETRY": "false",
    "AZURE_CORE_NO_COLOR": "true",
    "AZURE_CORE_LOGIN_EXPERIENCE_V2": "false",
    "AZURE_CORE_SURVEY_MESSAGE": "false",
}


class Cli:
    """`az` with a configuration of its own."""

    def __init__(self, folder):
        self.environment = {**os.environ, **QUIET, "AZURE_CONFIG_DIR": folder}

    def run(self, *arguments):
        """A command's output."""
        command = [sys.executable, "-m", "azure.cli", *arguments, "--output", "json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"az {' '.join(arguments[:3])} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)


def ids(items):
    """Their ids in lower case."""
    return {item["id"].lower() for item in items}


def definition(name):
    """A role definition's id without the scope that it was listed at."""
    return name[name.rfind("/providers/microsoft.authorization/"):]


def subscriptions(cli, documents, failures):
    """What lies in subscriptions and above them."""
    found = {"assignments": [], "definitions": [], "vaults": [], "identities": []}
    for item in documents.items("arm/subscriptions"):
        at = ["--subscription", item["subscriptionId"]]
        found["assignments"] += cli.run("role", "assignment", "list", "--all", *at)
        found["definitions"] += cli.run("role", "definition", "list", *at)
        found["vaults"] += cli.run("keyvault", "list", *at)
        found["identities"] += cli.run("identity", "list", *at)
    failures.same("role assignments", ids(found["assignments"]), documents.ids("arm/roleAssignments"))
    failures.same(
        "role definitions",
        {definition(id) for id in ids(found["definitions"])},
        {definition(id) for id in documents.ids("arm/roleDefinitions")},
    )
    held = documents.ids("arm/vaults") | documents.ids("arm/managedHsms")
    failures.same("vaults and managed HSMs", ids(found["vaults"]), held)
    failures.same("identities", ids(found["identities"]), documents.ids("arm/userAssignedIdentities"))
    names(found["assignments"], documents, failures)


def names(assignments, documents, failures):
    """`az` asks Graph who the principals are, and names them."""
    principals = {
        item["id"]: item["appId"] for item in documents.items("graph/servicePrincipals")
    }
    held = {item["properties"]["principalId"] for item in documents.items("arm/roleAssignments")}
    named = {item["principalName"] for item in assignments if item["principalId"] in principals}
    failures.same("names of principals", named, {principals[id] for id in held if id in principals})


def vaults(cli, documents, failures):
    """The secrets of each vault, by its data plane."""
    found = []
    for item in documents.items("arm/vaults"):
        found += cli.run("keyvault", "secret", "list", "--vault-name", item["name"], "--include-managed")
    held = {id for id in documents.ids("arm/vaultObjects") if "/secrets/" in id}
    failures.same("secrets", ids(found), held)


def main():
    documents, failures = Documents(sys.argv[1]), Failures()
    with tempfile.TemporaryDirectory() as folder:
        cli = Cli(folder)
        signed_in = cli.run(
            "login",
            "--service-principal",
            *("--username", documents.client_id, "--password", documents.secret, "--tenant", documents.tenant),
        )
        held = {item["subscriptionId"] for item in documents.items("arm/subscriptions")}
        failures.same("login", ids(signed_in), held)
        failures.same("accounts", ids(cli.run("account", "list")), held)
        subscriptions(cli, documents, failures)
        vaults(cli, documents, failures)
        failures.same(
            "service principals",
            ids(cli.run("ad", "sp", "list", "--all")),
            documents.ids("graph/servicePrincipals"),
        )
        failures.same(
            "applications", ids(cli.run("ad", "app", "list", "--all")), documents.ids("graph/applications")
        )
    failures.finish()


main()
