use census_fixtures::azure as fake;
use census_model::{
    Activation, Bounds, EstateBuilder, Gap, GapReason, Identity, Index, Policy, PolicyKind, Provider,
};

use super::*;

const APPLICATIONS: &str = "microsoft.directory/applications/allProperties/allTasks";

/// A directory with these grants to `app`, and what weighs of them: weight, what, on what, and how sure.
struct Directory {
    estate: EstateBuilder,
    app: Identity,
    graph: Identity,
}

impl Directory {
    fn new() -> Self {
        let mut estate = EstateBuilder::new();
        fake::tenant(&mut estate);
        let app = fake::service_principal("app");
        let mut graph = fake::microsoft_principal("Microsoft Graph");
        if let Some(application) = &mut graph.application {
            application.app_id = crate::azure::directory::protected::GRAPH.into();
        }
        for one in [&app, &graph, &fake::service_principal("orders"), &fake::person("person")] {
            estate.identity(one.clone());
        }
        Self { estate, app, graph }
    }

    fn grant(mut self, to: &Identity, via: Via, kind: PolicyKind, text: &str) -> Self {
        let policy = self.estate.policy(Policy::new(kind, text));
        let to = Attachment::Identity(to.id.clone());
        self.estate.grant(Grant { policy: Some(policy), ..fake::grant(to, via, fake::tenant_scope()) });
        self
    }

    fn role(self, at: &str, entries: &[&str]) -> Self {
        let via = Via::DirectoryRole {
            native_id: at.into(),
            role: "r".into(),
            name: "custom".into(),
            directory_scope: at.into(),
        };
        let text = serde_json::json!([{ "allowedResourceActions": entries }]).to_string();
        let app = self.app.clone();
        self.grant(&app, via, PolicyKind::EntraRolePermissions, &text)
    }

    fn permission(self, value: &str) -> Self {
        let via = Via::AppRole { native_id: value.into(), resource: self.graph.id.clone() };
        let app = self.app.clone();
        self.grant(&app, via, PolicyKind::EntraAppRole, value)
    }

    fn held_by(self, who: &Identity) -> Vec<(Weight, String, String, Truth)> {
        let estate = census_fixtures::finish(self.estate);
        let index = Index::new(&estate);
        let access = Access::new(&index);
        let all = held(&access, who).into_iter();
        all.map(|one| {
            assert!(!one.proof.because.is_empty() && !one.proof.why.is_empty());
            assert_eq!(one.scope, fake::tenant_scope());
            assert_eq!(one.proof.residual.is_some(), one.truth == Truth::Maybe);
            (one.weight, one.proof.action.to_string(), one.proof.resource.to_string(), one.truth)
        })
        .collect()
    }

    fn held(self) -> Vec<(Weight, String, String, Truth)> {
        let app = self.app.clone();
        self.held_by(&app)
    }
}

fn heaviest(held: &[(Weight, String, String, Truth)]) -> Option<Weight> {
    held.iter().map(|one| one.0).min()
}

#[test]
fn nothing_granted_is_nothing_held() {
    assert_eq!(Directory::new().held(), []);
}

#[test]
fn an_entry_that_stands_for_all_weighs_as_what_it_covers() {
    let held = Directory::new().role("/", &[APPLICATIONS]).held();
    let of = |weight, name: &str| {
        held.iter().any(|one| one.0 == weight && one.1.ends_with(name) && one.3 == Truth::Yes)
    };
    assert!(of(Weight::Credentials, "applications/credentials/update"), "{held:?}");
    assert!(of(Weight::Destroys, "applications/delete"), "{held:?}");
    assert_eq!(heaviest(&held), Some(Weight::Credentials));
}

#[test]
fn administration_is_to_assign_roles_or_to_grant_any_permission() {
    for permission in ["RoleManagement.ReadWrite.Directory", "AppRoleAssignment.ReadWrite.All"] {
        assert_eq!(heaviest(&Directory::new().permission(permission).held()), Some(Weight::Administration));
    }
    for (entry, expected) in [
        ("microsoft.directory/roleAssignments/allProperties/allTasks", Weight::Administration),
        ("microsoft.directory/users/password/update", Weight::Credentials),
        ("microsoft.directory/servicePrincipals/appRoleAssignedTo/update", Weight::Permissions),
        ("microsoft.directory/conditionalAccessPolicies/basic/update", Weight::Blinds),
        ("microsoft.something/things/delete", Weight::Destroys),
    ] {
        assert_eq!(heaviest(&Directory::new().role("/", &[entry]).held()), Some(expected), "{entry}");
    }
}

#[test]
fn what_only_reads_what_everybody_may_read_does_not_weigh() {
    let held =
        Directory::new().role("/", &["microsoft.directory/users/standard/read"]).permission("User.Read.All");
    assert_eq!(held.held(), []);
}

#[test]
fn what_is_in_no_table_weighs_by_its_name_and_says_so() {
    let orders = fake::service_principal("orders");
    let via = Via::AppRole { native_id: "x".into(), resource: orders.id };
    let directory = Directory::new();
    let app = directory.app.clone();
    let held = directory.grant(&app, via, PolicyKind::EntraAppRole, "Orders.ReadWrite.All").held();
    assert_eq!(held, [(Weight::Changes, "Orders.ReadWrite.All".to_owned(), "orders".to_owned(), Truth::Yes)]);
}

#[test]
fn a_role_on_one_object_weighs_if_it_makes_somebody_else_of_its_holder() {
    let entries =
        ["microsoft.directory/applications/delete", "microsoft.directory/applications/credentials/update"];
    let held = Directory::new().role("/0b1e0000-0000-4000-8000-00000000000b", &entries).held();
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!(heaviest(&held), Some(Weight::Credentials));
}

#[test]
fn a_role_in_a_unit_hangs_on_who_is_in_it() {
    let entries = ["microsoft.directory/users/password/update", APPLICATIONS];
    let held = Directory::new().role("/administrativeunits/u", &entries).held();
    assert!(held.iter().all(|one| one.3 == Truth::Maybe && one.1.contains("/users/")), "{held:?}");
    assert_eq!(heaviest(&held), Some(Weight::Credentials));
}

#[test]
fn delegated_permissions_hang_on_a_user() {
    let of = |user: Option<&Identity>, scopes: &str| {
        let directory = Directory::new();
        let (app, graph) = (directory.app.clone(), directory.graph.id.clone());
        let user = user.map(|one| one.id.clone());
        let via = Via::DelegatedPermission { native_id: "d".into(), resource: graph, user };
        directory.grant(&app, via, PolicyKind::EntraScopes, scopes).held()
    };
    let person = fake::person("person");
    let held = of(None, "openid Mail.Read Application.ReadWrite.All");
    assert!(held.iter().all(|one| one.3 == Truth::Maybe), "{held:?}");
    assert_eq!(held.len(), 2);
    // One user's mail is that user's.
    assert_eq!(of(Some(&person), "Mail.Read"), []);
    assert_eq!(of(Some(&person), "RoleManagement.ReadWrite.Directory").len(), 1);
}

#[test]
fn owners_hold_the_credentials_of_what_they_own_and_not_of_themselves() {
    let (person, orders) = (fake::person("person"), fake::service_principal("orders"));
    let mut directory = Directory::new();
    directory.estate.directory_owner(fake::owner(&orders, &person.id));
    let held = directory.held_by(&person);
    assert_eq!(held.len(), 1, "{held:?}");
    assert_eq!((held[0].0, held[0].2.as_str(), held[0].3), (Weight::Credentials, "orders", Truth::Yes));

    let mut directory = Directory::new().permission("Application.ReadWrite.OwnedBy");
    directory.estate.directory_owner(fake::owner(&directory.app, &directory.app.id));
    assert_eq!(directory.held(), []);

    let mut directory = Directory::new().permission("Application.ReadWrite.OwnedBy");
    directory.estate.directory_owner(fake::owner(&orders, &directory.app.id));
    assert_eq!(heaviest(&directory.held()), Some(Weight::Credentials));
}

#[test]
fn what_ended_is_not_held() {
    let past = Bounds { from: None, until: Some(census_fixtures::days_ago(1)) };
    let mut directory = Directory::new();
    let text = serde_json::json!([{ "allowedResourceActions": [APPLICATIONS] }]).to_string();
    let policy = directory.estate.policy(Policy::new(PolicyKind::EntraRolePermissions, text));
    let via = Via::DirectoryRole {
        native_id: "n".into(),
        role: "r".into(),
        name: "custom".into(),
        directory_scope: "/".into(),
    };
    let to = Attachment::Identity(directory.app.id.clone());
    directory.estate.grant(Grant {
        policy: Some(policy),
        activation: Activation::Active(past),
        ..fake::grant(to, via, fake::tenant_scope())
    });
    assert_eq!(directory.held(), []);
}

#[test]
fn what_was_not_read_is_told() {
    let mut directory = Directory::new();
    let tenant = Some(fake::tenant_scope());
    let read = "RoleManagement.Read.Directory";
    directory.estate.gap(Gap::new(Provider::Azure, tenant, read, GapReason::Denied, "", Vec::new()));
    let estate = census_fixtures::finish(directory.estate);
    let index = Index::new(&estate);
    let gaps = unread(&Access::new(&index), &directory.app);
    assert_eq!(gaps.iter().map(|gap| &*gap.read).collect::<Vec<_>>(), [read]);
}
