//! What the directory holds: applications, service principals, people, groups, agents.

use serde_json::{Value, json};

use super::{NO_ROLE, Tenant};

/// The tenant in which Microsoft registers its own applications.
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// Microsoft Graph's client id.
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// A password of an application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret {
    /// How many days ago it was made.
    pub(crate) age: u32,
    /// In how many days from the clock it ends; negative: it has ended.
    pub(crate) ends: i64,
}

/// A certificate of an application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// How many days ago it was made.
    pub(crate) age: u32,
    /// In how many days from the clock it ends; negative: it has ended.
    pub(crate) ends: i64,
}

/// A federated credential.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Federated {
    /// Issuer and the one subject.
    Subject(&'static str, &'static str),
    /// Issuer and an expression over claims.
    Expression(&'static str, &'static str),
}

/// An application that is registered here.
#[derive(Clone, Debug)]
pub(crate) struct App<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// How many days ago it was registered.
    pub(crate) age: u32,
    /// `signInAudience`.
    pub(crate) audience: &'static str,
    /// Its passwords.
    pub(crate) secrets: &'a [Secret],
    /// Its certificates.
    pub(crate) keys: &'a [Key],
    /// Its federated credentials.
    pub(crate) federated: &'a [Federated],
    /// Object ids of its owners, users or service principals.
    pub(crate) owners: &'a [(&'a str, OwnerKind)],
    /// Whether the credentials of its instances are locked.
    pub(crate) locked: bool,
    /// Tags.
    pub(crate) tags: &'a [&'a str],
    /// How many days ago it signed in; none: not in the time that is looked back on.
    pub(crate) signed_in: Option<u32>,
}

/// What an owner is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum OwnerKind {
    /// A person.
    #[default]
    User,
    /// A program.
    ServicePrincipal,
    /// A group, which is a member and owns nothing.
    Group,
}

impl Default for App<'_> {
    fn default() -> Self {
        Self {
            name: "",
            age: 300,
            audience: "AzureADMyOrg",
            secrets: &[],
            keys: &[],
            federated: &[],
            owners: &[],
            locked: true,
            tags: &[],
            signed_in: Some(1),
        }
    }
}

/// The ids of an application that is registered here.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    /// Its client id.
    pub(crate) app_id: String,
    /// Object id of the application.
    pub(crate) application: String,
    /// Object id of its service principal.
    pub(crate) principal: String,
}

impl Tenant {
    /// Registers an application, with its service principal.
    pub(crate) fn app(&mut self, app: &App<'_>) -> Registered {
        let name = app.name;
        let ids = Registered {
            app_id: self.guid(&format!("client {name}")),
            application: self.guid(&format!("application {name}")),
            principal: self.guid(&format!("principal {name}")),
        };
        let created = self.stamp(app.age, name);
        let item = json!({
            "id": ids.application, "appId": ids.app_id, "displayName": name, "createdDateTime": created,
            "signInAudience": app.audience, "identifierUris": [], "tags": app.tags,
            "publisherDomain": self.domain,
            "passwordCredentials": self.passwords(name, app.secrets),
            "keyCredentials": self.certificates(name, app.keys),
            "servicePrincipalLockConfiguration": {
                "isEnabled": app.locked, "allProperties": app.locked, "credentialsWithUsageVerify": app.locked,
                "credentialsWithUsageSign": app.locked, "identifierUris": false, "tokenEncryptionKeyId": app.locked},
        });
        self.put("graph/applications.json", item);
        let federated: Vec<Value> =
            (1..).zip(app.federated).map(|(n, one)| self.federated(name, n, *one)).collect();
        self.put(
            "graph/federatedIdentityCredentials.json",
            json!({"id": ids.application, "federatedIdentityCredentials": federated}),
        );
        self.owned(&ids.application, app.owners);
        self.principal(
            &ids.principal,
            name,
            &ids.app_id,
            Some(&self.id.clone()),
            app.age,
            json!({"tags": app.tags}),
        );
        self.owned(&ids.principal, app.owners);
        if let Some(days) = app.signed_in {
            self.signed_in(&ids.app_id, days);
        }
        ids
    }

    /// Adds the local instance of an application of another tenant; its object id.
    pub(crate) fn foreign(
        &mut self,
        name: &str,
        app_id: &str,
        tenant: &str,
        verified: Option<&str>,
    ) -> String {
        let id = self.guid(&format!("principal {name}"));
        let publisher = verified.map(|name| {
            json!({"displayName": name, "verifiedPublisherId": "4077201",
                                                    "addedDateTime": "2023-02-01T09:00:00Z"})
        });
        let more = json!({"verifiedPublisher": publisher, "signInAudience": "AzureADMultipleOrgs"});
        self.principal(&id, name, app_id, Some(tenant), 400, more);
        self.owned(&id, &[]);
        id
    }

    /// Adds an application of Microsoft's; its object id.
    pub(crate) fn microsoft(
        &mut self,
        name: &str,
        app_id: &str,
        roles: &[(&str, &str)],
        scopes: &[&str],
    ) -> String {
        let id = self.guid(&format!("principal {name}"));
        let roles: Vec<Value> = roles
            .iter()
            .map(|(id, value)| {
                json!({"id": id, "value": value, "displayName": value, "description": value,
                                      "allowedMemberTypes": ["Application"], "isEnabled": true})
            })
            .collect();
        let scopes: Vec<Value> = scopes
            .iter()
            .map(|value| json!({"id": self.guid(&format!("scope {value}")), "value": value, "type": "Admin", "isEnabled": true}))
            .collect();
        let more = json!({"appRoles": roles, "oauth2PermissionScopes": scopes, "signInAudience": "AzureADMultipleOrgs"});
        self.principal(&id, name, app_id, Some(MICROSOFT), 2900, more);
        self.owned(&id, &[]);
        id
    }

    fn principal(&mut self, id: &str, name: &str, app_id: &str, owner: Option<&str>, age: u32, more: Value) {
        let mut item = json!({
            "id": id, "appId": app_id, "displayName": name, "appDisplayName": name, "accountEnabled": true,
            "appOwnerOrganizationId": owner, "servicePrincipalType": "Application",
            "signInAudience": "AzureADMyOrg", "servicePrincipalNames": [app_id], "alternativeNames": [],
            "appRoleAssignmentRequired": false, "createdDateTime": self.stamp(age, name),
            "passwordCredentials": [], "keyCredentials": [], "tags": [], "appRoles": [],
            "oauth2PermissionScopes": [], "verifiedPublisher": null,
        });
        merge(&mut item, more);
        self.put("graph/servicePrincipals.json", item);
    }

    /// The service principal of a managed identity.
    pub(super) fn managed(
        &mut self,
        id: &str,
        name: &str,
        client: &str,
        arm: &str,
        explicit: bool,
        age: u32,
    ) {
        let word = if explicit { "True" } else { "False" };
        let more = json!({"servicePrincipalType": "ManagedIdentity",
                          "alternativeNames": [format!("isExplicit={word}"), arm]});
        self.principal(id, name, client, None, age, more);
        self.owned(id, &[]);
    }

    /// Puts a password on a service principal itself.
    pub(crate) fn secret_on_principal(&mut self, principal: &str, name: &str, secret: Secret) {
        let passwords = self.passwords(&format!("{name} principal"), &[secret]);
        self.change("graph/servicePrincipals.json", principal, |item| {
            item["passwordCredentials"] = passwords;
        });
    }

    /// Switches a service principal off.
    pub(crate) fn disable(&mut self, principal: &str) {
        self.change("graph/servicePrincipals.json", principal, |item| item["accountEnabled"] = json!(false));
    }

    /// Adds an agent blueprint with its principal, and its agents, each with its sponsors.
    pub(crate) fn agents(&mut self, blueprint: &App<'_>, agents: &[(&str, &[&str])]) -> Registered {
        let ids = self.app(blueprint);
        self.change("graph/applications.json", &ids.application, |item| {
            item["@odata.type"] = json!("#microsoft.graph.agentIdentityBlueprint");
        });
        self.change("graph/servicePrincipals.json", &ids.principal, |item| {
            item["@odata.type"] = json!("#microsoft.graph.agentIdentityBlueprintPrincipal");
        });
        let (sponsor, _) = blueprint.owners.first().copied().unwrap_or_default();
        self.sponsored(&ids.principal, &[sponsor]);
        for (name, sponsors) in agents {
            let id = self.guid(&format!("principal {name}"));
            let tenant = self.id.clone();
            let more = json!({"@odata.type": "#microsoft.graph.agentIdentity", "servicePrincipalType": "ServiceIdentity",
                              "agentIdentityBlueprintId": ids.app_id});
            self.principal(&id, name, &id, Some(&tenant), 60, more);
            self.owned(&id, &[]);
            self.sponsored(&id, sponsors);
        }
        ids
    }

    fn sponsored(&mut self, id: &str, sponsors: &[&str]) {
        let sponsors: Vec<Value> = sponsors.iter().map(|id| object(id, OwnerKind::User)).collect();
        self.put("graph/sponsors.json", json!({"id": id, "sponsors": sponsors}));
    }

    /// Adds a person; the object id.
    pub(crate) fn user(&mut self, login: &str, name: &str, enabled: bool, left: Option<u32>) -> String {
        let id = self.guid(&format!("user {login}"));
        let upn = format!("{login}@{}", self.domain);
        let left = left.map(|days| self.stamp(days, login));
        self.put(
            "graph/users.json",
            json!({"id": id, "displayName": name, "userPrincipalName": upn, "mail": upn, "accountEnabled": enabled,
                   "userType": "Member", "createdDateTime": self.stamp(1500, login), "employeeLeaveDateTime": left}),
        );
        id
    }

    /// Adds a person of another company's; the object id.
    pub(crate) fn guest(&mut self, login: &str, name: &str) -> String {
        let id = self.user(login, name, true, None);
        self.change("graph/users.json", &id, |item| item["userType"] = json!("Guest"));
        id
    }

    /// Deletes a service principal, which can still be restored.
    pub(crate) fn delete(&mut self, principal: &str, days: u32) {
        let gone = self.stamp(days, principal);
        let items = self.documents.entry("graph/servicePrincipals.json").or_default();
        let Some(at) = items.iter().position(|item| item["id"] == principal) else { return };
        let mut item = items.remove(at);
        // Nobody is asked who owns what is gone.
        self.documents.entry("graph/owners.json").or_default().retain(|item| item["id"] != principal);
        item["deletedDateTime"] = json!(gone);
        self.put("graph/deletedServicePrincipals.json", item);
    }

    /// Adds a group of users and service principals; the object id.
    pub(crate) fn group(
        &mut self,
        name: &str,
        assignable: bool,
        owners: &[&str],
        members: &[(&str, OwnerKind)],
    ) -> String {
        let id = self.guid(&format!("group {name}"));
        self.put(
            "graph/groups.json",
            json!({"id": id, "displayName": name, "securityEnabled": true, "mailEnabled": false, "groupTypes": [],
                   "isAssignableToRole": assignable, "membershipRule": null,
                   "createdDateTime": self.stamp(900, name)}),
        );
        let members: Vec<Value> = members.iter().map(|(id, kind)| object(id, *kind)).collect();
        self.put("graph/groupMembers.json", json!({"id": id, "members": members}));
        let owners: Vec<_> = owners.iter().map(|id| (*id, OwnerKind::User)).collect();
        self.owned(&id, &owners);
        id
    }

    /// Adds a group into which a rule puts people.
    pub(crate) fn dynamic_group(&mut self, name: &str, rule: &str, members: &[(&str, OwnerKind)]) -> String {
        let id = self.guid(&format!("group {name}"));
        self.put(
            "graph/groups.json",
            json!({"id": id, "displayName": name, "securityEnabled": true, "mailEnabled": false,
                   "groupTypes": ["DynamicMembership"], "isAssignableToRole": false, "membershipRule": rule,
                   "createdDateTime": self.stamp(900, name)}),
        );
        let members: Vec<Value> = members.iter().map(|(id, kind)| object(id, *kind)).collect();
        self.put("graph/groupMembers.json", json!({"id": id, "members": members}));
        self.owned(&id, &[]);
        id
    }

    fn owned(&mut self, id: &str, owners: &[(&str, OwnerKind)]) {
        let owners: Vec<Value> = owners.iter().map(|(id, kind)| object(id, *kind)).collect();
        self.put("graph/owners.json", json!({"id": id, "owners": owners}));
    }

    /// An application signed in so many days ago.
    pub(crate) fn signed_in(&mut self, app_id: &str, days: u32) {
        let at = json!({"lastSignInDateTime": self.stamp(days, app_id), "lastSignInRequestId": self.guid(&format!("request {app_id}"))});
        self.put(
            "graph/servicePrincipalSignInActivities.json",
            json!({"id": self.guid(&format!("activity {app_id}")), "appId": app_id, "lastSignInActivity": at}),
        );
    }

    /// Gives an app role of a resource to a principal.
    pub(crate) fn app_role(&mut self, principal: &str, kind: &str, resource: &str, role: Option<&str>) {
        let role = role.unwrap_or(NO_ROLE);
        self.put(
            "graph/appRoleAssignments.json",
            json!({"id": self.guid(&format!("{principal} {resource} {role}")), "appRoleId": role, "principalId": principal,
                   "principalType": kind, "resourceId": resource, "createdDateTime": self.stamp(200, principal)}),
        );
    }

    /// Delegated permissions of a client on a resource, on behalf of everybody or of one user.
    pub(crate) fn consent(&mut self, client: &str, resource: &str, user: Option<&str>, scopes: &str) {
        self.put(
            "graph/oauth2PermissionGrants.json",
            json!({"id": self.guid(&format!("{client} {resource} {user:?}")), "clientId": client, "resourceId": resource,
                   "consentType": if user.is_some() { "Principal" } else { "AllPrincipals" },
                   "principalId": user, "scope": scopes}),
        );
    }

    fn passwords(&self, name: &str, secrets: &[Secret]) -> Value {
        let one = |(n, secret): (usize, &Secret)| {
            json!({"keyId": self.guid(&format!("secret {name} {n}")), "displayName": format!("{name} {n}"),
                   "startDateTime": self.stamp(secret.age, name), "endDateTime": self.end(secret.ends, name),
                   "customKeyIdentifier": null})
        };
        (1..).zip(secrets).map(one).collect()
    }

    fn certificates(&self, name: &str, keys: &[Key]) -> Value {
        let one = |(n, key): (usize, &Key)| {
            json!({"keyId": self.guid(&format!("key {name} {n}")), "displayName": format!("CN={name}"),
                   "type": "AsymmetricX509Cert", "usage": "Verify",
                   "customKeyIdentifier": format!("{:0<27}=", self.guid(&format!("thumbprint {name} {n}")).replace('-', "").get(..24).unwrap_or_default()),
                   "startDateTime": self.stamp(key.age, name), "endDateTime": self.end(key.ends, name)})
        };
        (1..).zip(keys).map(one).collect()
    }

    fn end(&self, days: i64, name: &str) -> String {
        match u32::try_from(days) {
            Ok(days) => self.ahead(days),
            Err(_) => self.stamp(u32::try_from(days.unsigned_abs()).unwrap_or(u32::MAX), name),
        }
    }

    fn federated(&self, name: &str, number: usize, one: Federated) -> Value {
        let mut item = json!({"id": self.guid(&format!("federated {name} {number}")), "name": format!("{name}-{number}"),
                              "audiences": ["api://AzureADTokenExchange"], "description": null});
        let (issuer, key, value) = match one {
            Federated::Subject(issuer, subject) => (issuer, "subject", json!(subject)),
            Federated::Expression(issuer, expression) => {
                (issuer, "claimsMatchingExpression", json!({"value": expression, "languageVersion": 1}))
            }
        };
        item["issuer"] = json!(issuer);
        item[key] = value;
        item
    }
}

fn object(id: &str, kind: OwnerKind) -> Value {
    let kind = match kind {
        OwnerKind::User => "#microsoft.graph.user",
        OwnerKind::ServicePrincipal => "#microsoft.graph.servicePrincipal",
        OwnerKind::Group => "#microsoft.graph.group",
    };
    json!({"@odata.type": kind, "id": id})
}

fn merge(item: &mut Value, more: Value) {
    if let (Value::Object(item), Value::Object(more)) = (item, more) {
        item.extend(more);
    }
}
