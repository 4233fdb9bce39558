//! A populated stand-in with the proxy before it.

use serde_json::{Value, json};

use super::{
    answers::Answer,
    census::Census,
    details::Shape,
    populate::populate,
    proxy::{Fault, Memory, Proxy, Rule},
    servers::{Catalogue, Server},
};

/// A configuration that leaves workloads and resources' policies out.
pub(crate) const IAM_ALONE: &str =
    "[aws]\nworkloads = false\nresource_policies = false\nidentity_center = false\n";

/// A company in moto, the proxy before it, and what was put in.
pub(crate) struct World {
    pub(crate) proxy: Proxy,
    pub(crate) put: Value,
    pub(crate) server: Server,
}

impl World {
    /// One account with one of everything.
    pub(crate) fn company() -> Self {
        let world = Self::new("company", &json!({}), Catalogue::Aws);
        let rules = usual(&world.put, Some("legacy-git"));
        world.proxy.usual(rules);
        world
    }

    /// One account of a given size.
    pub(crate) fn many(users: usize, holders: usize, roles: usize) -> Self {
        Self::of(&json!({ "users": users, "holders": holders, "roles": roles }))
    }

    /// Two users, one with a key, and a role in an account of this region's partition.
    pub(crate) fn region(region: &str) -> Self {
        Self::of(&json!({ "users": 2, "holders": 1, "roles": 1, "region": region }))
    }

    /// An account in one region of which everything can be read.
    pub(crate) fn whole() -> Self {
        let world = Self::before("whole", &json!({}), Catalogue::Empty, Memory::None);
        let mut rules = usual(&world.put, None);
        rules.push(Rule::new("ec2:DescribeRegions", Fault::Answer(Answer::regions(&["us-east-1"]))));
        rules.extend(permission_set());
        world.proxy.usual(rules);
        world
    }

    fn of(parameters: &Value) -> Self {
        let world = Self::new("many", parameters, Catalogue::Empty);
        let rules = usual(&world.put, None);
        world.proxy.usual(rules);
        world
    }

    /// A user and a role that have everything that keeps them from being deleted, and one who stays.
    pub(crate) fn retiring() -> Self {
        let world = Self::new("retiring", &json!({}), Catalogue::Empty);
        let rules = usual(&world.put, None);
        world.proxy.usual(rules);
        world
    }

    /// A management account and four members.
    pub(crate) fn organization() -> Self {
        let world = Self::new("organization", &json!({}), Catalogue::Empty);
        let accounts = world.put["accounts"].as_array().expect("accounts");
        let of = |account: &Value| {
            let id = account["account"].as_str().expect("an account id");
            // The management account is the caller's own.
            let id = if account["name"] == "management" { "caller" } else { id };
            usual(account, None).into_iter().map(|rule| rule.account(id)).collect::<Vec<_>>()
        };
        world.proxy.usual(accounts.iter().flat_map(of).collect());
        world
    }

    fn new(scenario: &str, parameters: &Value, catalogue: Catalogue) -> Self {
        Self::before(scenario, parameters, catalogue, Memory::Answers)
    }

    fn before(scenario: &str, parameters: &Value, catalogue: Catalogue, memory: Memory) -> Self {
        let server = Server::moto(catalogue);
        let put = populate(&server, scenario, parameters);
        let proxy = Proxy::before(server.port(), memory);
        proxy.shape(Shape { role_last_used: Some(text(&put, "now")), ..Shape::default() });
        Self { proxy, put, server }
    }

    /// The binary, talking to the proxy. Workloads are left out: the module `workloads` reads them from a fake.
    pub(crate) fn census(&self) -> Census {
        let census = Census::at(&self.proxy.url());
        census.file("census.toml", IAM_ALONE);
        census
    }
}

/// The answers of one account that moto lacks or gives only in part.
fn usual(put: &Value, service_specific: Option<&str>) -> Vec<Rule> {
    let now = text(put, "now");
    let report = Answer::credential_report(&text(put, "credential_report"), &now);
    let credentials = match service_specific {
        Some(user) => Answer::service_specific_credentials(user, "ACCAEXAMPLE0000000001", &now),
        None => Answer::empty_list("ListServiceSpecificCredentials"),
    };
    vec![
        Rule::new("iam:GetCredentialReport", Fault::Answer(report)),
        Rule::new("iam:ListServiceSpecificCredentials", Fault::Answer(credentials)),
        Rule::new("iam:GenerateServiceLastAccessedDetails", Fault::Answer(Answer::usage_job())),
        Rule::new("iam:GetServiceLastAccessedDetails", Fault::Answer(Answer::usage_report(&now))),
    ]
}

/// The permission set of [`World::whole`].
pub(crate) const PERMISSION_SET: &str =
    "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-aaaaaaaaaaaaaaaa";

/// A permission set `Reader` that a user has. moto's own have ARNs of another form than AWS's.
fn permission_set() -> [Rule; 4] {
    let instance = json!({"InstanceArn": "arn:aws:sso:::instance/ssoins-0123456789abcdef", "Status": "ACTIVE",
                          "OwnerAccountId": "123456789012", "IdentityStoreId": "d-1234567890"});
    let assigned = json!({"AccountId": "123456789012", "PermissionSetArn": PERMISSION_SET, "PrincipalType": "USER",
                          "PrincipalId": "99999999-2222-3333-4444-555555555555"});
    [
        ("sso:ListInstances", json!({"Instances": [instance]})),
        ("sso:ListPermissionSetsProvisionedToAccount", json!({"PermissionSets": [PERMISSION_SET]})),
        ("sso:DescribePermissionSet", json!({"PermissionSet": {"Name": "Reader"}})),
        ("sso:ListAccountAssignments", json!({"AccountAssignments": [assigned]})),
    ]
    .map(|(operation, answer)| Rule::new(operation, Fault::Answer(Answer::of(&answer))))
}

/// A text of a JSON object.
pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {value}")).to_owned()
}
