//! Delegated permissions that weigh, with a reason each. The data is `data/delegated-scopes.json`.

use std::sync::OnceLock;

use serde::Deserialize;

const DATA: &str = include_str!("../data/delegated-scopes.json");

#[derive(Debug, Default, Deserialize)]
struct Table {
    /// Those that let somebody sign in and read who they are.
    ordinary: Vec<String>,
    resources: Vec<Resource>,
}

/// An API and those of its permissions that weigh.
#[derive(Debug, Deserialize)]
struct Resource {
    /// Its client id, the same in every tenant.
    app_id: String,
    scopes: Vec<Scope>,
}

#[derive(Debug, Deserialize)]
struct Scope {
    scope: String,
    why: String,
}

fn parse() -> Result<Table, serde_json::Error> {
    serde_json::from_str(DATA)
}

/// The table. Empty when the embedded file is broken, which a test of this crate rules out.
fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| parse().unwrap_or_default())
}

/// Why a delegated permission weighs, of the API with this client id; of an API that was not read any that has a
/// permission of that name. `None`: it does not.
pub(crate) fn weight(app_id: Option<&str>, scope: &str) -> Option<&'static str> {
    let asked = |resource: &&Resource| app_id.is_none_or(|id| resource.app_id.eq_ignore_ascii_case(id));
    let scopes = table().resources.iter().filter(asked).flat_map(|resource| &resource.scopes);
    scopes.into_iter().find(|known| known.scope.eq_ignore_ascii_case(scope)).map(|known| known.why.as_str())
}

/// Whether a delegated permission lets no more than sign in.
pub(crate) fn is_ordinary(scope: &str) -> bool {
    table().ordinary.iter().any(|known| known.eq_ignore_ascii_case(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let table = parse().unwrap();
        for resource in &table.resources {
            let names: Vec<&str> = resource.scopes.iter().map(|scope| scope.scope.as_str()).collect();
            assert!(names.is_sorted() && !names.is_empty(), "{}", resource.app_id);
            assert!(resource.scopes.iter().all(|scope| !scope.why.is_empty()), "{}", resource.app_id);
        }
        let graph = Some("00000003-0000-0000-C000-000000000000");
        assert!(weight(graph, "mail.read").is_some() && weight(None, "Mail.Read").is_some());
        assert!(weight(graph, "user_impersonation").is_none() && weight(graph, "User.Read").is_none());
        assert!(is_ordinary("openid") && !is_ordinary("Mail.Read"));
    }
}
