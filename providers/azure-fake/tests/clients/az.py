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


def everywhere(cli, documents, *command):
    """What a command lists in all subscriptions."""
    found = []
    for item in documents.items("arm/subscriptions"):
        found += cli.run(*command, "--subscription", item["subscriptionId"])
    return found


def assignments(cli, documents, failures):
    """Role assignments in subscriptions and above them."""
    found = everywhere(cli, documents, "role", "assignment", "list", "--all")
    failures.same("role assignments", ids(found), documents.ids("arm/roleAssignments"))
    names(found, documents, failures)


def resources(cli, documents, failures):
    """What lies in subscriptions, and the roles that can be given there."""
    failures.same(
        "role definitions",
        {definition(id) for id in ids(everywhere(cli, documents, "role", "definition", "list"))},
        {definition(id) for id in documents.ids("arm/roleDefinitions")},
    )
    held = documents.ids("arm/vaults") | documents.ids("arm/managedHsms")
    failures.same("vaults and managed HSMs", ids(everywhere(cli, documents, "keyvault", "list")), held)
    held = documents.ids("arm/userAssignedIdentities")
    failures.same("identities", ids(everywhere(cli, documents, "identity", "list")), held)


def names(found, documents, failures):
    """`az` asks Graph who the principals are, and names them."""
    principals = {item["id"]: item["appId"] for item in documents.items("graph/servicePrincipals")}
    held = {item["properties"]["principalId"] for item in documents.items("arm/roleAssignments")}
    named = {item["principalName"] for item in found if item["principalId"] in principals}
    failures.same("names of principals", named, {principals[id] for id in held if id in principals})


def vaults(cli, documents, failures):
    """The secrets of each vault, by its data plane."""
    found = []
    for item in documents.items("arm/vaults"):
        found += cli.run("keyvault", "secret", "list", "--vault-name", item["name"], "--include-managed")
    held = {id for id in documents.ids("arm/vaultObjects") if "/secrets/" in id}
    failures.same("secrets", ids(found), held)


def directory(cli, documents, failures):
    """What Graph holds."""
    for label, noun in [("graph/servicePrincipals", "sp"), ("graph/applications", "app")]:
        failures.same(label, ids(cli.run("ad", noun, "list", "--all")), documents.ids(label))


PARTS = {"assignments": assignments, "resources": resources, "vaults": vaults, "directory": directory}


def main():
    """Runs the parts that are named after the documents, or all."""
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
        for name in sys.argv[2:] or PARTS:
            PARTS[name](cli, documents, failures)
    failures.finish()


main()
