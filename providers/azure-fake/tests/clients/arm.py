"""Azure Resource Manager and Key Vault by the SDKs that Microsoft publishes; every body against their models."""

import json
import pathlib
import sys

import azure.keyvault.administration._generated.models as hsm_models
import azure.keyvault.certificates._generated.v7_4.models as certificate_models
import azure.keyvault.keys._generated.models as key_models
import azure.keyvault.secrets._generated.v7_4.models as secret_models
import azure.mgmt.authorization.models as authorization_models
import azure.mgmt.keyvault.models as keyvault_models
import azure.mgmt.managementgroups.models as group_models
import azure.mgmt.msi.v2024_11_30.models as msi_models
import azure.mgmt.resource.resources.v2025_04_01.models as resource_models
import azure.mgmt.resource.subscriptions.v2022_12_01.models as subscription_models
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.identity import ClientSecretCredential
from azure.keyvault.administration import KeyVaultAccessControlClient
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import SecretClient
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.managementgroups import ManagementGroupsAPI
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

from common import Documents, Failures
from schema import Checker


class Bodies(SansIOHTTPPolicy):
    """Keeps the bodies of answers."""

    def __init__(self):
        self.pages = []

    def on_response(self, request, response):
        if response.http_response.status_code == 200:
            self.pages.append(json.loads(response.http_response.text()))

    def take(self):
        """The pages since the last time."""
        pages, self.pages = self.pages, []
        return pages


class Lists:
    """Lists, and holds what came against models and documents."""

    def __init__(self, documents, failures, checker):
        self.documents, self.failures, self.checker = documents, failures, checker
        self.bodies = Bodies()

    def run(self, label, listing, model):
        """Lists to the end; gives the ids in lower case."""
        self.bodies.take()
        count = sum(1 for _ in listing)
        items = []
        for page in self.bodies.take():
            for key in page.keys() - {"value", "nextLink"}:
                self.failures.add(f"{label}: a page has `{key}`")
            items += page["value"]
        if count != len(items):
            self.failures.add(f"{label}: the client gave {count} of {len(items)} items")
        for item in items:
            self.checker.check(model, item, label)
        return {(item.get("id") or item["kid"]).lower() for item in items}

    def compare(self, label, listings, model, document):
        """Lists in several places; together they must give the document."""
        found = set().union(*(self.run(label, listing, model) for listing in listings))
        self.failures.same(label, found, self.documents.ids(document))


def definition(name):
    """A role definition's id without the scope that it was listed at."""
    return name[name.rfind("/providers/microsoft.authorization/"):]


def arm(lists, documents, credential):
    """Every list of Azure Resource Manager."""
    options = {"per_call_policies": [lists.bodies]}
    subscriptions = [item["subscriptionId"] for item in documents.items("arm/subscriptions")]
    scopes = ["", *(item["id"] for item in documents.items("arm/managementGroups"))]
    tenancy = SubscriptionClient(credential, **options)
    groups = ManagementGroupsAPI(credential, **options)
    lists.failures.same(
        "tenants",
        lists.run("tenants", tenancy.tenants.list(), subscription_models.TenantIdDescription),
        {f"/tenants/{documents.tenant}"},
    )
    lists.compare(
        "subscriptions", [tenancy.subscriptions.list()], subscription_models.Subscription, "arm/subscriptions"
    )
    lists.compare(
        "managementGroups",
        [groups.management_groups.list()],
        group_models.ManagementGroupInfo,
        "arm/managementGroups",
    )
    lists.compare(
        "descendants",
        [groups.management_groups.get_descendants(documents.tenant)],
        group_models.DescendantInfo,
        "arm/descendants",
    )
    clients = [
        (
            ResourceManagementClient(credential, id, **options),
            ManagedServiceIdentityClient(credential, id, **options),
            KeyVaultManagementClient(credential, id, **options),
            AuthorizationManagementClient(credential, id, **options),
        )
        for id in subscriptions
    ]
    for label, listing, model in [
        ("resourceGroups", lambda c: c[0].resource_groups.list(), resource_models.ResourceGroup),
        ("resources", lambda c: c[0].resources.list(), resource_models.GenericResourceExpanded),
        (
            "userAssignedIdentities",
            lambda c: c[1].user_assigned_identities.list_by_subscription(),
            msi_models.Identity,
        ),
        ("vaults", lambda c: c[2].vaults.list_by_subscription(), keyvault_models.Vault),
        ("deletedVaults", lambda c: c[2].vaults.list_deleted(), keyvault_models.DeletedVault),
        ("managedHsms", lambda c: c[2].managed_hsms.list_by_subscription(), keyvault_models.ManagedHsm),
        (
            "deletedManagedHsms",
            lambda c: c[2].managed_hsms.list_deleted(),
            keyvault_models.DeletedManagedHsm,
        ),
    ]:
        lists.compare(label, [listing(client) for client in clients], model, f"arm/{label}")
    lists.compare(
        "federatedIdentityCredentials",
        [
            clients[subscriptions.index(identity["id"].split("/")[2])][1].federated_identity_credentials.list(
                identity["id"].split("/")[4], identity["name"]
            )
            for identity in documents.items("arm/userAssignedIdentities")
        ],
        msi_models.FederatedIdentityCredential,
        "arm/federatedIdentityCredentials",
    )
    authorization(lists, documents, [client[3] for client in clients], scopes)


def authorization(lists, documents, clients, scopes):
    """What `Microsoft.Authorization` lists, at each subscription and at each scope above."""
    models = authorization_models
    at_subscriptions = [f"subscriptions/{item['subscriptionId']}" for item in documents.items("arm/subscriptions")]
    everywhere = [scope.lstrip("/") for scope in scopes] + at_subscriptions
    found = set().union(
        *(
            lists.run("roleDefinitions", clients[0].role_definitions.list(scope), models.RoleDefinition)
            for scope in everywhere
        )
    )
    lists.failures.same(
        "roleDefinitions",
        {definition(id) for id in found},
        {definition(id) for id in documents.ids("arm/roleDefinitions")},
    )
    for label, operations, model in [
        ("roleAssignments", "role_assignments", models.RoleAssignment),
        (
            "roleAssignmentScheduleInstances",
            "role_assignment_schedule_instances",
            models.RoleAssignmentScheduleInstance,
        ),
        (
            "roleEligibilityScheduleInstances",
            "role_eligibility_schedule_instances",
            models.RoleEligibilityScheduleInstance,
        ),
        ("denyAssignments", "deny_assignments", models.DenyAssignment),
    ]:
        listings = [getattr(clients[0], operations).list_for_scope(scope) for scope in everywhere]
        lists.compare(label, listings, model, f"arm/{label}")


def data_planes(lists, documents, credential):
    """What vaults and managed HSMs list themselves."""
    options = {"per_retry_policies": [lists.bodies]}
    found = set()
    for vault in documents.items("arm/vaults"):
        url = vault["properties"]["vaultUri"]
        secrets = SecretClient(url, credential, **options).list_properties_of_secrets()
        keys = KeyClient(url, credential, **options).list_properties_of_keys()
        certificates = CertificateClient(url, credential, **options).list_properties_of_certificates()
        found |= lists.run("secrets", secrets, secret_models.SecretItem)
        found |= lists.run("keys", keys, key_models.KeyItem)
        found |= lists.run("certificates", certificates, certificate_models.CertificateItem)
    for hsm in documents.items("arm/managedHsms"):
        url = hsm["properties"]["hsmUri"]
        keys = KeyClient(url, credential, **options).list_properties_of_keys()
        found |= lists.run("HSM keys", keys, key_models.KeyItem)
        access = KeyVaultAccessControlClient(url, credential, **options)
        for label, listing, model in [
            ("roleAssignments", access.list_role_assignments("/"), hsm_models.RoleAssignment),
            ("roleDefinitions", access.list_role_definitions("/"), hsm_models.RoleDefinition),
        ]:
            held = documents.items(f"arm/managedHsmR{label[1:]}")
            expected = {one["id"].lower() for item in held if item["id"] == hsm["id"] for one in item[label]}
            lists.failures.same(f"HSM {label}", lists.run(f"HSM {label}", listing, model), expected)
    lists.failures.same("vaultObjects", found, documents.ids("arm/vaultObjects"))
    rotation(lists, documents, credential, options)


def rotation(lists, documents, credential, options):
    """The rotation policies of keys."""
    for item in documents.items("arm/keyRotationPolicies"):
        vault, name = item["id"].split("/keys/")
        lists.bodies.take()
        KeyClient(vault, credential, **options).get_key_rotation_policy(name)
        (body,) = lists.bodies.take()
        lists.checker.check(key_models.KeyRotationPolicy, body, "rotationpolicy")
        lists.failures.same("rotationpolicy", [body["id"]], [item["rotationPolicy"]["id"]])


def main():
    documents, failures = Documents(sys.argv[1]), Failures()
    allowed = json.loads(pathlib.Path(__file__).with_name("allowed.json").read_text())["arm"]
    checker = Checker(allowed)
    lists = Lists(documents, failures, checker)
    credential = ClientSecretCredential(documents.tenant, documents.client_id, documents.secret)
    arm(lists, documents, credential)
    data_planes(lists, documents, credential)
    for problem in dict.fromkeys(checker.problems):
        failures.add(problem)
    for name in allowed.keys() - checker.used:
        failures.add(f"{name} is allowed and nothing sends it")
    failures.finish()


main()
