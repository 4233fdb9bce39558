//! AWS services of which nobody should have everything. The data is `data/sensitive-services.json`.

use std::sync::OnceLock;

use serde::Deserialize;

const DATA: &str = include_str!("../data/sensitive-services.json");

/// A service that can undo what protects an account, or all of its data.
#[derive(Debug, Deserialize)]
pub(crate) struct Sensitive {
    /// The prefix of its actions: `s3`.
    pub(crate) service: String,
    /// An action that only whoever has more than reading has: if it is not allowed, something else takes away what a
    /// wildcard gives.
    pub(crate) probe: String,
    /// On which resource: `*` for an action that has none, else with `{partition}`, `{account}` and `{any}`.
    pub(crate) resource: String,
    /// What having all of the service means.
    pub(crate) why: String,
}

#[derive(Debug, Default, Deserialize)]
struct Table {
    services: Vec<Sensitive>,
}

fn parse() -> Result<Table, serde_json::Error> {
    serde_json::from_str(DATA)
}

/// All of them, by service. Empty when the embedded file is broken, which a test of this crate rules out.
pub(crate) fn services() -> &'static [Sensitive] {
    static TABLE: OnceLock<Table> = OnceLock::new();
    &TABLE.get_or_init(|| parse().unwrap_or_default()).services
}

#[cfg(test)]
mod tests {
    use census_privilege::aws::catalogue;

    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let table = parse().unwrap();
        assert!(table.services.len() >= 12);
        assert!(table.services.is_sorted_by(|a, b| a.service < b.service), "sorted, each once");
        for one in &table.services {
            let (service, action) = catalogue::action(&one.probe).unwrap();
            assert_eq!(format!("{}:{}", service.prefix, action.name), one.probe);
            assert_eq!(service.prefix, one.service);
            assert_eq!(action.resources.is_empty(), one.resource == "*", "{}", one.probe);
            assert!(!one.why.is_empty() && one.why.is_ascii());
        }
    }
}
