//! AWS services that act for many customers and whose documentation asks for a source condition in the trust policy
//! of the roles they assume. The data is `data/confused-deputy-services.json`, one documentation page a service.

use std::sync::OnceLock;

use serde::Deserialize;

const DATA: &str = include_str!("../data/confused-deputy-services.json");

/// A service that should only be trusted for a named source.
#[derive(Debug, Deserialize)]
pub struct Service {
    /// Its principal: `states.amazonaws.com`.
    pub service: String,
    /// The page of the AWS documentation that asks for the condition.
    pub source: String,
}

#[derive(Debug, Default, Deserialize)]
struct Table {
    services: Vec<Service>,
}

fn parse() -> Result<Table, serde_json::Error> {
    serde_json::from_str(DATA)
}

/// All services, by principal. Empty when the embedded file is broken, which a test of this crate rules out.
pub fn services() -> &'static [Service] {
    static TABLE: OnceLock<Table> = OnceLock::new();
    &TABLE.get_or_init(|| parse().unwrap_or_default()).services
}

/// The service that a principal names, if it is one of these; `states.eu-west-1.amazonaws.com` and
/// `states.amazonaws.com.cn` are `states.amazonaws.com`.
pub fn needing_source(principal: &str) -> Option<&'static Service> {
    let principal = principal.to_ascii_lowercase();
    let global = principal.strip_suffix(".cn").unwrap_or(&principal);
    let labels: Vec<&str> = global.split('.').collect();
    let general = match labels.as_slice() {
        [service, region, domain @ ..] if is_region(region) => format!("{service}.{}", domain.join(".")),
        _ => global.to_owned(),
    };
    services().iter().find(|known| known.service == general)
}

/// `eu-west-1`, `us-gov-east-1`: letters and dashes, then a number.
fn is_region(label: &str) -> bool {
    let Some((area, number)) = label.rsplit_once('-') else { return false };
    area.contains('-') && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_is_sound() {
        let table = parse().unwrap();
        assert!(table.services.len() >= 12);
        assert!(table.services.is_sorted_by(|a, b| a.service < b.service), "sorted, each once");
        for one in &table.services {
            assert!(
                one.service.ends_with(".amazonaws.com") && one.source.starts_with("https://docs.aws."),
                "{one:?}"
            );
        }
    }

    #[test]
    fn regional_and_chinese_principals_are_the_same_service() {
        for name in [
            "states.amazonaws.com",
            "states.eu-west-1.amazonaws.com",
            "states.amazonaws.com.cn",
            "States.Amazonaws.com",
        ] {
            assert_eq!(needing_source(name).unwrap().service, "states.amazonaws.com", "{name}");
        }
        for name in [
            "ec2.amazonaws.com",
            "lambda.amazonaws.com",
            "states.example.com",
            "",
            "vpc-flow-logs.x.amazonaws.com",
        ] {
            assert!(needing_source(name).is_none(), "{name}");
        }
    }
}
