//! Who is there, and as what.

use census_model::{Audience, IdentityKind, InstanceLock, NatureKind, UserType};

use super::*;

fn kinds(estate: &Estate) -> Vec<(String, &'static str)> {
    estate.identities.iter().map(|one| (one.native_id.to_string(), one.kind.as_str())).collect()
}

#[test]
fn a_service_principal_and_its_application_are_one_identity() {
    let lock = json!({"isEnabled": true, "allProperties": true});
    let fields = json!({
        "identifierUris": ["api://pay"], "signInAudience": "AzureADMultipleOrgs",
        "servicePrincipalLockConfiguration": lock, "verifiedPublisher": {"displayName": "Brindlemoor"},
        "tags": ["team:payments", "HideApp"],
    });
    let upper = json!({"id": oid(1).to_uppercase(), "appId": client(1).to_uppercase()});
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[with(principal(1), &upper)])
        .of(Collection::Applications, &[with(application(1), &fields)])
        .read();
    assert_eq!(kinds(&estate), [(oid(1), "entra-service-principal")]);
    let one = identity(&estate, &oid(1));
    assert_eq!(one.id.as_str(), format!("azure:{}", oid(1)));
    assert_eq!(one.immutable_id.as_deref(), Some(oid(1).as_str()));
    let (app_id, native_id) = (client(1), oid(1001));
    assert_eq!(texts(&one.aliases), [native_id.as_str(), "api://pay", app_id.as_str()]);
    assert_eq!(one.tags.get("team").map(|team| &**team), Some("payments"));
    let application = one.application.as_ref().unwrap();
    assert_eq!(
        (&*application.app_id, application.native_id.as_deref()),
        (app_id.as_str(), Some(native_id.as_str()))
    );
    assert_eq!(application.owner_tenant.as_deref(), Some(TENANT));
    assert_eq!(application.audience, Some(Audience::MultipleTenants));
    assert_eq!(application.verified_publisher.as_deref(), Some("Brindlemoor"));
    assert_eq!(application.instance_lock, Some(InstanceLock::Credentials));
    assert_eq!((one.nature.kind, one.disabled, &one.managed_by), (NatureKind::Machine, false, &None));
}

#[test]
fn locks_are_as_wide_as_what_they_lock() {
    let of = |lock: Value| {
        let lock: crate::documents::graph::LockConfiguration = serde_json::from_value(lock).unwrap();
        crate::read::identities::instance_lock(Some(&lock))
    };
    let both =
        json!({"isEnabled": true, "credentialsWithUsageVerify": true, "credentialsWithUsageSign": true});
    assert_eq!(of(both), InstanceLock::Credentials);
    assert_eq!(of(json!({"isEnabled": true, "credentialsWithUsageVerify": true})), InstanceLock::Partial);
    assert_eq!(of(json!({"isEnabled": false, "allProperties": true})), InstanceLock::Off);
    assert_eq!(of(json!({"isEnabled": true})), InstanceLock::Off);
    assert_eq!(crate::read::identities::instance_lock(None), InstanceLock::Off);
}

#[test]
fn microsoft_is_known_by_its_tenants_and_never_by_a_name() {
    let named = |number, owner: &str, name: &str| {
        with(principal(number), &json!({"appOwnerOrganizationId": owner, "displayName": name}))
    };
    let estate = Folder::complete()
        .of(
            Collection::ServicePrincipals,
            &[
                named(1, &MICROSOFT.to_uppercase(), "Office"),
                named(2, "72f988bf-86f1-41af-91ab-2d7cd011db47", "Explorer"),
                named(3, "99999999-0000-4000-8000-000000000009", "Microsoft Azure CLI"),
                with(named(4, "", "Microsoft Graph"), &json!({"appOwnerOrganizationId": null})),
            ],
        )
        .read();
    let managed = |number| identity(&estate, &oid(number)).managed_by.as_ref().map(|by| &*by.name);
    assert_eq!(
        [managed(1), managed(2), managed(3), managed(4)],
        [Some("microsoft"), Some("microsoft"), None, None]
    );
}

#[test]
fn applications_without_a_principal_stand_for_themselves() {
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[principal(1)])
        .of(Collection::Applications, &[application(1), application(2)])
        .read();
    assert_eq!(kinds(&estate), [(oid(1), "entra-service-principal"), (oid(1002), "entra-application")]);
    assert_eq!(identity(&estate, &oid(1002)).aliases, [client(2).into()]);
}

#[test]
fn what_is_deleted_is_there_as_deleted() {
    let gone = json!({"deletedDateTime": "2026-05-20T00:00:00Z"});
    let estate = Folder::complete()
        .of(Collection::Applications, &[application(4)])
        .of(
            Collection::DeletedServicePrincipals,
            &[with(principal(1), &gone), with(principal(3), &gone), with(principal(4), &gone), principal(5)],
        )
        .of(Collection::ServicePrincipals, &[principal(5)])
        .of(Collection::DeletedApplications, &[with(application(1), &gone), with(application(2), &gone)])
        .read();
    let deleted: Vec<_> = estate
        .identities
        .iter()
        .map(|one| (one.native_id.to_string(), one.kind, one.deleted.is_some()))
        .collect();
    let principal = IdentityKind::EntraServicePrincipal;
    assert_eq!(
        deleted,
        [
            (oid(1), principal, true),
            (oid(3), principal, true),
            (oid(4), principal, true),
            // One that is in both lists was restored in between.
            (oid(5), principal, false),
            (oid(1002), IdentityKind::EntraApplication, true),
            // Its principal is gone, it is not.
            (oid(1004), IdentityKind::EntraApplication, false),
        ]
    );
    assert_eq!(identity(&estate, &oid(1)).deleted, Some(at("2026-05-20T00:00:00Z")));
    assert_eq!(
        identity(&estate, &oid(1)).application.as_ref().unwrap().native_id.as_deref(),
        Some(oid(1001).as_str())
    );
}

fn managed_principal(number: usize, explicit: &str, arm_id: &str) -> Value {
    let names = json!([format!("isExplicit={explicit}"), arm_id]);
    with(principal(number), &json!({"servicePrincipalType": "ManagedIdentity", "alternativeNames": names}))
}

#[test]
fn managed_identities_are_joined_with_their_resources() {
    let own = arm("Microsoft.ManagedIdentity/userAssignedIdentities", "Pay");
    let host = arm("Microsoft.Compute/virtualMachines", "vm1");
    let listed = json!({"id": own, "name": "Pay", "tags": {"owner": "payments"},
                        "properties": {"principalId": oid(1).to_uppercase(), "clientId": client(1), "tenantId": TENANT}});
    let unlisted = json!({"id": arm("Microsoft.ManagedIdentity/userAssignedIdentities", "lost"), "name": "lost",
                          "properties": {"principalId": oid(9), "clientId": client(9)}});
    let bare =
        with(principal(4), &json!({"servicePrincipalType": "ManagedIdentity", "alternativeNames": null}));
    let resource = json!({"id": arm("Microsoft.Web/sites", "web"), "name": "web", "type": "Microsoft.Web/sites",
                          "identity": {"type": "SystemAssigned", "principalId": oid(4), "tenantId": TENANT}});
    let estate = Folder::complete()
        .of(
            Collection::ServicePrincipals,
            &[
                managed_principal(1, "True", &own.to_lowercase()),
                managed_principal(2, "False", &host),
                managed_principal(
                    3,
                    "True",
                    &arm("Microsoft.ManagedIdentity/userAssignedIdentities", "other"),
                ),
                bare,
            ],
        )
        .of(Collection::UserAssignedIdentities, &[listed, unlisted])
        .of(Collection::Resources, &[resource])
        .read();
    let (user, system) = ("azure-user-assigned-identity", "azure-system-assigned-identity");
    assert_eq!(
        kinds(&estate),
        [(oid(1), user), (oid(2), system), (oid(3), user), (oid(4), system), (oid(9), user)]
    );
    let one = identity(&estate, &oid(1));
    assert_eq!(one.scope.as_str(), format!("azure:/subscriptions/{SUBSCRIPTION}/resourcegroups/apps"));
    assert!(texts(&one.aliases).contains(&own.to_lowercase().as_str()), "{:?}", one.aliases);
    assert_eq!(one.tags.get("owner").map(|owner| &**owner), Some("payments"));
    assert!(one.application.is_none());
    assert_eq!(gaps(&estate).iter().filter(|gap| gap.contains(&oid(9))).count(), 1, "{:?}", gaps(&estate));
    let runs_as: Vec<_> =
        estate.workloads.iter().map(|one| (&*one.name, one.runs_as[0].as_str().to_owned())).collect();
    assert_eq!(runs_as, [("vm1", format!("azure:{}", oid(2))), ("web", format!("azure:{}", oid(4)))]);
    // Without the resources and the identities as resources the principals tell the same.
    let less = Folder::complete()
        .of(
            Collection::ServicePrincipals,
            &[managed_principal(1, "True", &own), managed_principal(2, "False", &host)],
        )
        .without(Collection::UserAssignedIdentities)
        .without(Collection::Resources)
        .read();
    assert_eq!(kinds(&less), [(oid(1), user), (oid(2), system)]);
    assert_eq!(less.workloads.len(), 1);
}

#[test]
fn agents_are_told_from_their_blueprints() {
    let blueprint =
        with(principal(1), &json!({"@odata.type": "#microsoft.graph.agentIdentityBlueprintPrincipal"}));
    let agent = with(
        principal(2),
        &json!({
            "@odata.type": "#microsoft.graph.agentIdentity", "servicePrincipalType": "ServiceIdentity",
            "agentIdentityBlueprintId": client(1).to_uppercase(), "appId": oid(2),
        }),
    );
    let untyped = with(principal(3), &json!({"servicePrincipalType": "ServiceIdentity", "appId": null}));
    let estate = Folder::complete()
        .of(Collection::ServicePrincipals, &[blueprint, agent, untyped])
        .of(Collection::Applications, &[application(1)])
        .of(
            Collection::Sponsors,
            &[
                json!({"id": oid(1), "sponsors": []}),
                json!({"id": oid(2), "sponsors": []}),
                json!({"id": oid(3), "sponsors": []}),
            ],
        )
        .read();
    let (agent, blueprint) = ("entra-agent-identity", "entra-agent-blueprint");
    assert_eq!(kinds(&estate), [(oid(1), blueprint), (oid(2), agent), (oid(3), agent)]);
    assert_eq!(&*identity(&estate, &oid(2)).application.as_ref().unwrap().app_id, client(1));
    // The blueprint's principal may act as the agent.
    let trust = &estate.trusts[0];
    assert_eq!(trust.becomes.as_str(), format!("azure:{}", oid(2)));
    assert_eq!(trust.who, census_model::PrincipalSet::Identity(oid(1).into()));
}

#[test]
fn people_are_people_and_the_users_of_agents_are_not() {
    let user = |number: usize, fields: Value| {
        let login = format!("p{number}@brindlemoor.example");
        with(
            json!({"id": oid(number), "displayName": format!("P {number}"), "userPrincipalName": login,
                    "mail": null, "userType": "Member", "accountEnabled": true}),
            &fields,
        )
    };
    let estate = Folder::complete()
        .of(Collection::Users, &[
            user(1, json!({"mail": "ada@brindlemoor.example", "employeeLeaveDateTime": "2026-08-01T00:00:00Z"})),
            user(2, json!({"userType": "Guest", "accountEnabled": false, "deletedDateTime": "2026-05-01T00:00:00Z"})),
            user(3, json!({"@odata.type": "#microsoft.graph.agentUser", "userType": null})),
        ])
        .read();
    let one = identity(&estate, &oid(1));
    assert_eq!(one.kind, IdentityKind::EntraUser);
    assert_eq!(texts(&one.aliases), ["ada@brindlemoor.example", "p1@brindlemoor.example"]);
    let person = one.person.as_ref().unwrap();
    assert_eq!((person.user_type, person.leaves), (UserType::Member, Some(at("2026-08-01T00:00:00Z"))));
    let two = identity(&estate, &oid(2));
    assert_eq!(
        (two.person.as_ref().unwrap().user_type, two.disabled, two.deleted.is_some()),
        (UserType::Guest, true, true)
    );
    let three = identity(&estate, &oid(3));
    assert_eq!((three.nature.kind, three.person.is_none()), (NatureKind::Machine, true));
}

#[test]
fn whatever_switches_an_application_off_disables_it() {
    let estate = Folder::complete()
        .of(
            Collection::ServicePrincipals,
            &[
                principal(1),
                with(principal(2), &json!({"accountEnabled": false})),
                with(
                    principal(3),
                    &json!({"disabledByMicrosoftStatus": "DisabledDueToViolationOfServicesAgreement"}),
                ),
                principal(4),
                with(principal(5), &json!({"disabledByMicrosoftStatus": "NotDisabled"})),
            ],
        )
        .of(Collection::Applications, &[with(application(4), &json!({"isDisabled": true}))])
        .read();
    let disabled: Vec<bool> = estate.identities.iter().map(|one| one.disabled).collect();
    assert_eq!(disabled, [false, true, true, true, false]);
}
