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
        let server = Server::moto(catalogue);
        let put = populate(&server, scenario, parameters);
        let proxy = Proxy::before(server.port(), Memory::Answers);
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

/// A text of a JSON object.
pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {value}")).to_owned()
}
