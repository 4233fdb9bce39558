//! What goes wrong on purpose, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{cloud::HostKind, http::Request};

/// How the fake behaves. The default is an API without faults and with pages of the published sizes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Items of a page, by the name of the document that the collection comes from, without folder
    /// (`servicePrincipals`, `owners`); the client's own `$top` or `maxresults` may make it smaller.
    pub page_sizes: BTreeMap<String, usize>,
    /// Items of a page of every collection that `page_sizes` does not name; without it, the published one.
    pub page_size: Option<usize>,
    /// How long a token holds, in seconds.
    pub token_lifetime: u64,
    /// What goes wrong; the first rule that fits a request applies.
    pub faults: Vec<Rule>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { page_sizes: BTreeMap::new(), page_size: None, token_lifetime: 3599, faults: Vec::new() }
    }
}

/// A fault and the requests that it befalls.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The method; any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The API; any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostKind>,
    /// The path, in which `*` is any one segment and `**` any rest (`/v1.0/servicePrincipals/*/owners`).
    /// Inner requests of a batch have the path that they would have outside.
    pub path: String,
    /// A text that the query holds after decoding; any query if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Which requests.
    #[serde(default)]
    pub requests: Requests,
    /// How often, counted from the first request that fits; always if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// What happens.
    pub fault: Fault,
}

/// Requests on the wire, or those inside a batch.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requests {
    /// Both.
    #[default]
    All,
    /// Only those on the wire.
    Outer,
    /// Only those inside a batch.
    Inner,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// 403 with the body that the API has for it.
    Denied,
    /// 401 as for a token that is no longer valid.
    InvalidToken,
    /// 404 with the API's own body.
    NotFound,
    /// 429 with `Retry-After`.
    Throttled {
        /// Seconds of `Retry-After`.
        retry_after: u32,
    },
    /// A failure of the server, 500 or 503 and the like, with the API's own body.
    Status {
        /// The status.
        status: u16,
    },
    /// The connection ends without an answer. Inside a batch the inner answer is missing.
    Reset,
    /// The answer ends in the middle of its body. Inside a batch as without the fault.
    CutBody,
    /// An answer of 200 that is no JSON.
    BrokenJson,
    /// A page of HTML, as a gateway in between sends it.
    Html {
        /// The status.
        status: u16,
    },
    /// A link to the next page that names this address.
    ForeignNextLink {
        /// The address.
        link: String,
    },
    /// A link to the next page without end.
    EndlessNextLink {
        /// What the next link leads to.
        next: Endless,
    },
    /// The challenge of a vault names this resource and this authority.
    Challenge {
        /// The resource that the token shall be for.
        resource: String,
        /// The authority that shall give it; the real one if absent.
        #[serde(default)]
        authority: Option<String>,
    },
}

/// How a list never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endless {
    /// The page that was just read.
    Same,
    /// A page with a new token that holds the same items.
    New,
}

impl Rule {
    /// A rule for every request to paths of one API.
    #[must_use]
    pub fn new(host: HostKind, path: &str, fault: Fault) -> Self {
        Self {
            method: None,
            host: Some(host),
            path: path.to_owned(),
            query: None,
            requests: Requests::All,
            times: None,
            fault,
        }
    }

    /// The same for the first `times` requests only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    pub(crate) fn fits(&self, request: &Request) -> bool {
        self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self.host.is_none_or(|host| host == request.host.kind)
            && match self.requests {
                Requests::All => true,
                Requests::Outer => !request.is_inner(),
                Requests::Inner => request.is_inner(),
            }
            && path_fits(&self.path, &request.segments)
            && self.query.as_ref().is_none_or(|part| request.query.decoded().contains(part.as_str()))
    }
}

fn path_fits(pattern: &str, segments: &[String]) -> bool {
    let mut left = segments.iter();
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if part == "**" {
            return true;
        }
        match left.next() {
            Some(segment) if part == "*" || part.eq_ignore_ascii_case(segment) => {}
            _ => return false,
        }
    }
    left.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment_and_two_are_the_rest() {
        let fits = |pattern: &str, path: &str| {
            let segments: Vec<_> =
                path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
            path_fits(pattern, &segments)
        };
        assert!(fits("/v1.0/servicePrincipals/*/owners", "/v1.0/serviceprincipals/1/owners"));
        assert!(fits("/subscriptions/**", "/subscriptions/1/providers/x"));
        assert!(fits("/**", "/"));
        assert!(!fits("/v1.0/servicePrincipals", "/v1.0/servicePrincipals/1"));
        assert!(!fits("/v1.0/*/1", "/v1.0/servicePrincipals/2"));
        assert!(!fits("/v1.0/*/1/owners", "/v1.0/servicePrincipals/1"));
    }

    #[test]
    fn settings_are_data() {
        let text = r#"{"page_sizes":{"owners":1},"token_lifetime":5,"faults":[
            {"host":"graph","path":"/v1.0/users","times":2,"fault":{"kind":"throttled","retry_after":1}},
            {"path":"/**","requests":"inner","fault":{"kind":"denied"}}]}"#;
        let settings: Settings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.faults[0].fault, Fault::Throttled { retry_after: 1 });
        assert_eq!(settings.faults[1].requests, Requests::Inner);
        assert!(serde_json::from_str::<Settings>(r#"{"page_sises":{}}"#).is_err());
    }
}
