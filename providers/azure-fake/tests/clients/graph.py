"""Microsoft Graph by the two SDKs that Microsoft publishes.

Every list is read to its end; what the SDKs read is written as JSON again by their own writer and compared with what
came, so that a key that their models lack and a value of another type are failures.
"""

import asyncio
import json
import sys

import msgraph
import msgraph_beta
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.kiota_client_factory import KiotaClientFactory
from msgraph_core import APIVersion, GraphClientFactory
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

from common import Documents, Failures
from models import Allowed, same, unknown, written

# What a list's own body has besides its items; the SDKs keep the context as additional data.
ENVELOPE = {"@odata.context", "@odata.nextLink", "@odata.count", "value"}


class Bodies:
    """Keeps the bodies of answers."""

    def __init__(self):
        self.pages = []

    async def keep(self, response):
        """A hook of httpx."""
        await response.aread()
        if response.status_code == 200 and "graph.microsoft.com" in response.url.host:
            self.pages.append(json.loads(response.text))

    def take(self):
        """The bodies since the last time."""
        pages, self.pages = self.pages, []
        return pages


class Lists:
    """Lists with one SDK."""

    def __init__(self, label, failures, bodies, allowed):
        self.label, self.failures, self.bodies, self.allowed = label, failures, bodies, allowed

    async def collection(self, name, builder, configuration=None):
        """A list to its end; gives its items as they came."""
        label = f"{self.label} {name}"
        self.bodies.take()
        items, answer = [], await builder.get(request_configuration=configuration)
        while True:
            items += answer.value
            if not answer.odata_next_link:
                break
            answer = await builder.with_url(answer.odata_next_link).get()
        pages = self.bodies.take()
        sent = [item for page in pages for item in page["value"]]
        for key in set().union(*pages) - ENVELOPE:
            self.failures.add(f"{label}: a page has `{key}`")
        self.compare(label, sent, items)
        return sent

    async def entity(self, name, builder):
        """One object; gives it as it came."""
        self.bodies.take()
        item = await builder.get()
        (sent,) = self.bodies.take()
        context = sent.pop("@odata.context", None)
        if item.additional_data.pop("@odata.context", None) != context or not context:
            self.failures.add(f"{self.label} {name}: its context is missing")
        self.compare(f"{self.label} {name}", [sent], [item])
        return sent

    def compare(self, label, sent, items):
        """Holds what came against what the SDK made of it."""
        if len(sent) != len(items):
            self.failures.add(f"{label}: the client gave {len(items)} of {len(sent)} items")
        for at, (one, item) in enumerate(zip(sent, items)):
            for problem in unknown(item, f"{label}[{at}]", self.allowed):
                self.failures.add(problem)
            for problem in same(one, written(item), f"{label}[{at}]"):
                self.failures.add(problem)


def ids(items):
    """Their ids in lower case."""
    return {item["id"].lower() for item in items}


def connect(module, version, credential, bodies):
    """A client of one SDK whose answers are kept."""
    client = KiotaClientFactory.get_default_client()
    client.event_hooks["response"].append(bodies.keep)
    client.base_url = f"https://graph.microsoft.com/{version.value}"
    client = GraphClientFactory.create_with_default_middleware(api_version=version, client=client)
    adapter = module.GraphRequestAdapter(AzureIdentityAuthenticationProvider(credential), client)
    return module.GraphServiceClient(request_adapter=adapter)


def directory(client):
    """The lists of the whole directory that both versions write alike: document and builder."""
    roles = client.role_management.directory
    return {
        "tenant": client.organization,
        "graph/oauth2PermissionGrants": client.oauth2_permission_grants,
        "graph/roleDefinitions": roles.role_definitions,
        "graph/roleAssignments": roles.role_assignments,
        "graph/roleAssignmentScheduleInstances": roles.role_assignment_schedule_instances,
        "graph/roleEligibilityScheduleInstances": roles.role_eligibility_schedule_instances,
        "graph/groups": client.groups,
        "graph/users": client.users,
        "graph/permissionGrantPolicies": client.policies.permission_grant_policies,
    }


def only_in_v1(client):
    """The lists that documents hold in the form of v1.0."""
    return {
        "graph/servicePrincipals": client.service_principals,
        "graph/applications": client.applications,
        "graph/deletedApplications": client.directory.deleted_items.graph_application,
        "graph/deletedServicePrincipals": client.directory.deleted_items.graph_service_principal,
    }


async def relationships(client, lists, documents, failures):
    """What is asked of one object after another."""
    principals = [client.service_principals.by_service_principal_id(id) for id in listed(documents, "servicePrincipals")]
    applications = [client.applications.by_application_id(id) for id in listed(documents, "applications")]
    groups = [client.groups.by_group_id(id) for id in listed(documents, "groups")]
    for member, document, builders in [
        ("owners", "owners", [one.owners for one in principals + applications + groups]),
        (
            "federatedIdentityCredentials",
            "federatedIdentityCredentials",
            [one.federated_identity_credentials for one in applications],
        ),
        ("members", "groupMembers", [one.members for one in groups]),
    ]:
        found = sum([await lists.collection(member, builder) for builder in builders], [])
        held = [item for parent in documents.items(f"graph/{document}") for item in parent[member]]
        failures.same(f"{lists.label} {member}", ids(found), ids(held))
        failures.same(f"{lists.label} {member}, counted", [str(len(found))], [str(len(held))])
    held = documents.ids("graph/appRoleAssignments")
    found = [await lists.collection("held", one.app_role_assignments) for one in principals + groups]
    failures.same(f"{lists.label} appRoleAssignments", ids(sum(found, [])), held)
    found = [await lists.collection("given", one.app_role_assigned_to) for one in principals]
    failures.same(f"{lists.label} appRoleAssignedTo", ids(sum(found, [])), held)
    await sponsors(client, lists, documents, failures)
    await batch(client, lists, documents, failures)


def listed(documents, name):
    """The ids of a document as they stand there."""
    return [item["id"] for item in documents.items(f"graph/{name}")]


async def batch(client, lists, documents, failures):
    """Owners by `$batch`, the SDK's own, with one request that must fail."""
    with_owners = {item["id"]: item for item in documents.items("graph/owners")}
    asked = [id for id in listed(documents, "applications") if id in with_owners][:19]
    content, found = BatchRequestContent({}), []
    for id in [*asked, "nobody"]:
        request = BatchRequestItem(client.applications.by_application_id(id).owners.to_get_request_information(), id)
        # Relative, as Graph documents it; this release of msgraph-core sends the whole address.
        request.url = f"/applications/{id}/owners"
        content.add_request(id, request)
    lists.bodies.take()
    answer = await client.batch.post(content)
    # This release of msgraph-core loses the bodies of a batch, so they are taken from the wire.
    (sent,) = lists.bodies.take()
    for inner in sent["responses"]:
        found += [f"{inner['id']} {owner['id']}" for owner in inner["body"].get("value", [])]
    held = [f"{id} {owner['id']}" for id in asked for owner in with_owners[id]["owners"]]
    failures.same(f"{lists.label} owners by batch", found, held)
    status = answer.get_response_by_id("nobody").status
    failures.same(f"{lists.label} nobody's owners by batch", [str(status)], ["404"])


async def sponsors(client, lists, documents, failures):
    """The sponsors of agent identities; the SDK reaches them by their address only."""
    kinds = {item["id"]: item.get("@odata.type", "") for item in documents.items("graph/servicePrincipals")}
    found, held = [], []
    for parent in documents.items("graph/sponsors"):
        cast = kinds[parent["id"]].lstrip("#")
        url = f"https://graph.microsoft.com/{lists.label}/servicePrincipals/{parent['id']}/{cast}/sponsors"
        builder = client.service_principals.by_service_principal_id(parent["id"]).owners.with_url(url)
        found += await lists.collection("sponsors", builder)
        held += parent["sponsors"]
    failures.same(f"{lists.label} sponsors", ids(found), ids(held))


async def groups_of_pim(client, lists, documents, failures):
    """PIM for Groups, group by group."""
    access = client.identity_governance.privileged_access.group
    for document, builder in [
        ("groupAssignmentScheduleInstances", access.assignment_schedule_instances),
        ("groupEligibilityScheduleInstances", access.eligibility_schedule_instances),
    ]:
        found = []
        for group in documents.items("graph/groups"):
            query = type(builder)
            parameters = getattr(query, f"{query.__name__}GetQueryParameters")
            chosen = parameters(filter=f"groupId eq '{group['id']}'")
            found += await lists.collection(document, builder, RequestConfiguration(query_parameters=chosen))
        failures.same(f"{lists.label} {document}", ids(found), documents.ids(f"graph/{document}"))


async def version(module, version, documents, failures, bodies, allowed):
    """What both versions of Graph list."""
    credential = ClientSecretCredential(documents.tenant, documents.client_id, documents.secret)
    client = connect(module, version, credential, bodies)
    lists = Lists(version.value, failures, bodies, allowed)
    for document, builder in directory(client).items():
        found = await lists.collection(document, builder)
        failures.same(f"{lists.label} {document}", ids(found), documents.ids(document))
    await groups_of_pim(client, lists, documents, failures)
    for document, builder in [
        ("graph/authorizationPolicy", client.policies.authorization_policy),
        ("graph/defaultAppManagementPolicy", client.policies.default_app_management_policy),
    ]:
        # In beta authorization policies are a list, in v1.0 there is one.
        if not hasattr(builder, "by_authorization_policy_id"):
            found = await lists.entity(document, builder)
            failures.same(f"{lists.label} {document}", ids([found]), documents.ids(document))
    return client, lists


async def main():
    documents, failures, bodies, allowed = Documents(sys.argv[1]), Failures(), Bodies(), Allowed()
    client, lists = await version(msgraph, APIVersion.v1, documents, failures, bodies, allowed)
    for document, builder in only_in_v1(client).items():
        found = await lists.collection(document, builder)
        failures.same(document, ids(found), documents.ids(document))
    await relationships(client, lists, documents, failures)
    client, lists = await version(msgraph_beta, APIVersion.beta, documents, failures, bodies, allowed)
    document = "graph/servicePrincipalSignInActivities"
    found = await lists.collection(document, client.reports.service_principal_sign_in_activities)
    failures.same(document, ids(found), documents.ids(document))
    for name in allowed.keys.keys() - allowed.used:
        failures.add(f"{name} is allowed and nothing sends it")
    failures.finish()


asyncio.run(main())
