//! Calls: a declared read, with the paths that it may ask for and what is kept of the answers.

use census_provider_api::{DeclaredRead, Guard, Need};
use url::Url;

use super::cloud::Plane;

/// The versions of Azure Resource Manager's and Key Vault's APIs, by provider. Those of the newest models in the
/// official SDKs (`azure-mgmt-*`) that are not previews.
pub(crate) mod version {
    /// Subscriptions.
    pub(crate) const SUBSCRIPTIONS: &str = "2022-12-01";
    /// Resources and resource groups.
    pub(crate) const RESOURCES: &str = "2024-11-01";
    /// Management groups.
    pub(crate) const MANAGEMENT_GROUPS: &str = "2021-04-01";
    /// Role assignments and role definitions.
    pub(crate) const AUTHORIZATION: &str = "2022-04-01";
    /// Schedules of assignments and eligibilities (Privileged Identity Management).
    pub(crate) const SCHEDULES: &str = "2020-10-01";
    /// Managed identities.
    pub(crate) const MANAGED_IDENTITY: &str = "2024-11-30";
    /// Vaults and managed HSMs.
    pub(crate) const KEY_VAULT: &str = "2026-02-01";
    /// The data planes of both.
    pub(crate) const KEY_VAULT_DATA: &str = "7.6";
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Pages of a collection: `{"value": […], "nextLink": …}`.
    List,
    /// A single thing.
    One,
}

/// A declared read and how it is made.
#[derive(Debug)]
pub(crate) struct Call {
    /// What is declared.
    pub(crate) read: DeclaredRead,
    /// The API.
    pub(crate) plane: Plane,
    /// The paths that may be asked for; `{}` stands for one segment.
    pub(crate) paths: &'static [&'static str],
    /// The API's version, where it is a parameter.
    pub(crate) version: Option<&'static str>,
    /// Further parameters, as they are sent.
    pub(crate) query: &'static str,
    /// What the answer is.
    pub(crate) shape: Shape,
    /// The fields of an item that are kept, all others are dropped when they arrive. `a/b` is the field `b` in the
    /// object, or in each object of the array, `a`; `*` stands for every name.
    pub(crate) keep: &'static [&'static str],
}

impl Call {
    /// A list of Microsoft Graph.
    pub(crate) const fn graph(
        operation: &'static str,
        permissions: &'static [&'static str],
        why: &'static str,
    ) -> Self {
        let read =
            DeclaredRead { service: "graph", operation, permissions, part: None, need: Need::Scope, why };
        Self {
            read,
            plane: Plane::Graph,
            paths: &[],
            version: None,
            query: "",
            shape: Shape::List,
            keep: &[],
        }
    }

    /// A list of Azure Resource Manager.
    pub(crate) const fn arm(
        operation: &'static str,
        permissions: &'static [&'static str],
        why: &'static str,
        version: &'static str,
    ) -> Self {
        let call = Self::graph(operation, permissions, why);
        let read = DeclaredRead { service: "arm", ..call.read };
        Self { read, plane: Plane::Arm, version: Some(version), ..call }
    }

    /// A list of a vault's or an HSM's data plane.
    pub(crate) const fn data(
        plane: Plane,
        operation: &'static str,
        permissions: &'static [&'static str],
        why: &'static str,
    ) -> Self {
        let call = Self::graph(operation, permissions, why);
        let read = DeclaredRead { service: "keyvault", ..call.read };
        Self { read, plane, version: Some(version::KEY_VAULT_DATA), ..call }
    }

    /// With these paths.
    pub(crate) const fn at(self, paths: &'static [&'static str]) -> Self {
        Self { paths, ..self }
    }

    /// With these parameters.
    pub(crate) const fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// Keeping these fields.
    pub(crate) const fn keep(self, keep: &'static [&'static str]) -> Self {
        Self { keep, ..self }
    }

    /// Of a single thing.
    pub(crate) const fn one(self) -> Self {
        Self { shape: Shape::One, ..self }
    }

    /// Told from the other reads that take its permission: a gap of one leaves nothing open about the others.
    pub(crate) const fn part(self, part: &'static str) -> Self {
        Self { read: DeclaredRead { part: Some(part), ..self.read }, ..self }
    }

    /// Made only where this is asked for.
    pub(crate) const fn needed_for(self, need: Need) -> Self {
        Self { read: DeclaredRead { need, ..self.read }, ..self }
    }

    /// The relative address of one of the paths, with these segments in it.
    pub(crate) fn target(&self, path: usize, segments: &[&str]) -> String {
        self.target_with(path, segments, "")
    }

    /// The same with one parameter more.
    pub(crate) fn target_with(&self, path: usize, segments: &[&str], parameter: &str) -> String {
        let mut target = fill(self.paths.get(path).copied().unwrap_or_default(), segments);
        let version = self.version.map(|version| format!("api-version={version}")).unwrap_or_default();
        let parameters = [version.as_str(), self.query, parameter];
        for (position, parameter) in parameters.iter().filter(|one| !one.is_empty()).enumerate() {
            target.push(if position == 0 { '?' } else { '&' });
            target.push_str(parameter);
        }
        target
    }

    /// Whether it asks for such a path.
    pub(crate) fn asks_for(&self, path: &str) -> bool {
        self.paths.iter().any(|pattern| matches(pattern, path))
    }
}

/// Puts segments into a pattern, escaped so that none can be more than a segment.
fn fill(pattern: &str, segments: &[&str]) -> String {
    let mut segments = segments.iter();
    let parts = pattern.split('/').map(|part| match part {
        "{}" => escape(segments.next().copied().unwrap_or_default()),
        literal => literal.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Everything but unreserved characters, `(` and `)`, which management groups may have in their names.
fn escape(segment: &str) -> String {
    let mut escaped = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'(' | b')') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Whether a path is of a pattern. Azure compares names without case.
fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    pattern.split('/').all(|part| match segments.next() {
        None => false,
        Some(segment) if part == "{}" => is_segment(segment),
        Some(segment) => segment.eq_ignore_ascii_case(part),
    }) && segments.next().is_none()
}

/// Whether a text stays one segment, wherever it is decoded.
fn is_segment(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !matches!(lower.as_str(), "" | "." | "..")
        && !["%2f", "%5c", "%2e", "\\"].iter().any(|bad| lower.contains(bad))
}

/// The declared read that a request is, if it is one: by the guard, and by the paths beside the declaration.
pub(super) fn declared(
    calls: &[&'static Call],
    guard: &Guard,
    plane: Plane,
    path: &str,
) -> Option<&'static Call> {
    let call = calls.iter().copied().find(|call| call.plane == plane && call.asks_for(path))?;
    guard.permit(call.read.service, call.read.operation).is_ok().then_some(call)
}

/// Whether a link leads on within a listing: to the same host and to the path where it began, or below.
pub(super) fn leads_on(first: &Url, next: &Url) -> bool {
    let (from, to) = (first.path().trim_end_matches('/'), next.path());
    let below = to.get(from.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let same = to.get(..from.len()).is_some_and(|start| start.eq_ignore_ascii_case(from));
    first.scheme() == next.scheme()
        && first.host_str() == next.host_str()
        && first.port_or_known_default() == next.port_or_known_default()
        && next.username().is_empty()
        && next.password().is_none()
        && same
        && below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one() {
        assert_eq!(fill("/a/{}/b/{}", &["x", "y z"]), "/a/x/b/y%20z");
        assert_eq!(fill("/a/{}", &["../../x"]), "/a/..%2F..%2Fx");
        assert!(!matches("/a/{}", &fill("/a/{}", &["../../x"])));
        for (pattern, path, fits) in [
            ("/keys", "/keys", true),
            ("/keys", "/keys/", false),
            ("/keys", "/keys/a", false),
            ("/keys/{}/rotationpolicy", "/keys/a/rotationpolicy", true),
            ("/keys/{}/rotationpolicy", "/keys/a/b/rotationpolicy", false),
            ("/subscriptions/{}/resourceGroups", "/SUBSCRIPTIONS/1/resourcegroups", true),
            ("/groups/{}", "/groups/", false),
            ("/groups/{}", "/groups/..", false),
            ("/groups/{}", "/groups/a%2fmembers", false),
            ("/groups/{}", "/groups/%2E%2e", false),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
    }

    #[test]
    fn links_lead_on_only_in_place() {
        let first = Url::parse("https://a.vault.azure.net/keys?api-version=7.6").unwrap();
        for (next, fits) in [
            ("https://a.vault.azure.net:443/keys?api-version=7.6&$skiptoken=x", true),
            ("https://a.vault.azure.net/Keys?x", true),
            ("https://b.vault.azure.net/keys?x", false),
            ("http://a.vault.azure.net/keys?x", false),
            ("https://a.vault.azure.net:8443/keys", false),
            ("https://u:p@a.vault.azure.net/keys", false),
            ("https://a.vault.azure.net/keysets", false),
            ("https://a.vault.azure.net/secrets", false),
            ("https://a.vault.azure.net/", false),
        ] {
            assert_eq!(leads_on(&first, &Url::parse(next).unwrap()), fits, "{next}");
        }
    }
}
