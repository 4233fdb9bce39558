//! OpenID Connect issuers that many tenants share, and whether a trust binds one of them.
//!
//! At such an issuer anybody can get a token, so a trust must name its own tenant by a claim. Which claims do is
//! data: `data/oidc-issuers.json`. An issuer that is not listed is taken for the company's own.

use std::{collections::BTreeMap, sync::OnceLock};

use census_model::Severity;
use census_privilege::aws::{
    document::Test,
    operator::{Comparison, Operator},
    trust::matches,
};
use serde::Deserialize;

use census_privilege::federation::claim_of;
pub(crate) use census_privilege::federation::issuer_of;

pub use crate::conditions::Hold;
use crate::conditions::{Wildcards, loosest, undemanding, wildcards};

const DATA: &str = include_str!("../data/oidc-issuers.json");

/// The embedded table.
#[derive(Debug, Default, Deserialize)]
pub struct Issuers {
    /// Pages that the entries were read from, by short name.
    pub sources: BTreeMap<String, String>,
    /// Issuers whose tokens anybody, or anybody in a cluster, can get.
    pub shared: Vec<SharedIssuer>,
    /// Issuers whose address already names one tenant.
    pub per_tenant: Vec<PerTenantIssuer>,
}

/// An issuer that tenants share.
#[derive(Debug, Deserialize)]
pub struct SharedIssuer {
    /// Host and path without scheme; `*` stands for any text.
    pub issuer: String,
    /// The service.
    pub name: String,
    /// How bad a trust is that binds no tenant.
    pub severity: Severity,
    /// Keys of [`Issuers::sources`].
    pub sources: Vec<String>,
    /// The claims that name a tenant; where `aws-controls` is a source, the one that AWS itself demands comes first.
    pub claims: Vec<Claim>,
    /// Other condition keys that name a tenant here.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// An issuer of one tenant.
#[derive(Debug, Deserialize)]
pub struct PerTenantIssuer {
    /// Host and path without scheme; `*` stands for any text.
    pub issuer: String,
    /// The service.
    pub name: String,
    /// Keys of [`Issuers::sources`].
    pub sources: Vec<String>,
}

/// A claim that names a tenant.
#[derive(Debug, Deserialize)]
pub struct Claim {
    /// Its name.
    pub claim: String,
    /// How a value begins that names a tenant. Empty: the whole value is the tenant.
    #[serde(default)]
    pub begins: Vec<Beginning>,
    /// Whether AWS hands it to conditions. A test of a claim that AWS leaves out is never met: it lets nobody in, so
    /// it counts as binding, but no remedy names it.
    #[serde(default = "yes")]
    pub evaluated: bool,
}

fn yes() -> bool {
    true
}

/// How a claim's value begins where it names a tenant: a fixed text, then the tenant's name up to a delimiter.
#[derive(Debug, Deserialize)]
pub struct Beginning {
    /// The fixed text.
    pub text: String,
    /// Any of these characters ends the name. A wildcard before it leaves the name open: `repo:acme*` matches
    /// `repo:acme-evil/…` too.
    pub until: String,
    /// How many delimited parts the name has.
    #[serde(default = "one")]
    pub segments: usize,
}

fn one() -> usize {
    1
}

/// Who can get tokens of an issuer.
#[derive(Clone, Copy, Debug)]
pub enum Tenancy {
    /// Many tenants.
    Shared(&'static SharedIssuer),
    /// One tenant; the address says which.
    PerTenant(&'static PerTenantIssuer),
    /// Not in the table.
    Unknown,
}

/// What a condition makes of a shared issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// How firmly one tenant is bound.
    pub hold: Hold,
    /// Why, one sentence a test.
    pub notes: Vec<String>,
}

fn parse() -> Result<Issuers, serde_json::Error> {
    serde_json::from_str(DATA)
}

/// The table. Empty when the embedded file is broken, which a test of this crate rules out.
pub fn issuers() -> &'static Issuers {
    static TABLE: OnceLock<Issuers> = OnceLock::new();
    TABLE.get_or_init(|| parse().unwrap_or_default())
}

/// Whether a test of an issuer's claims can never be met: it demands a value with a wildcard that it takes literally.
pub(crate) fn is_never_met(issuer: &str, tests: &[Test]) -> bool {
    tests.iter().any(|test| {
        claim_of(issuer, &test.key).is_some()
            && undemanding(test, tests).is_none()
            && test.values.iter().all(|value| wildcards(test.operator, value) == Wildcards::Literal)
    })
}

/// Looks an issuer up.
pub fn tenancy(issuer: &str) -> Tenancy {
    let issuer = issuer.trim_end_matches('/');
    let table = issuers();
    if let Some(shared) = table.shared.iter().find(|one| matches(&one.issuer, issuer)) {
        return Tenancy::Shared(shared);
    }
    table
        .per_tenant
        .iter()
        .find(|one| matches(&one.issuer, issuer))
        .map_or(Tenancy::Unknown, Tenancy::PerTenant)
}

impl SharedIssuer {
    /// Judges a condition: whether one of its tests names a tenant.
    pub fn judge(&self, issuer: &str, tests: &[Test]) -> Judgement {
        let mut hold = None;
        let mut notes = Vec::new();
        for test in tests {
            let Some((found, note)) = self.judge_test(issuer, test, tests) else { continue };
            hold = hold.max(Some(found));
            notes.push(note);
        }
        if hold.is_none() {
            notes.push(format!("no condition on {}", self.wanted()));
        }
        Judgement { hold: hold.unwrap_or(Hold::Open), notes }
    }

    /// The keys that would name a tenant, in words.
    pub fn wanted(&self) -> String {
        let names: Vec<&str> = self
            .claims
            .iter()
            .filter(|c| c.evaluated)
            .map(|c| c.claim.as_str())
            .chain(self.keys.iter().map(String::as_str))
            .collect();
        names.join(", ")
    }

    /// The key without which IAM refuses to write a trust policy of this issuer, where it has one.
    pub fn insisted(&self) -> Option<&str> {
        let controlled = self.sources.iter().any(|source| source == "aws-controls");
        let first = self.claims.first().map(|c| c.claim.as_str()).or(self.keys.first().map(String::as_str));
        first.filter(|_| controlled)
    }

    /// `None` for a test of a key that names no tenant.
    fn judge_test(&self, issuer: &str, test: &Test, all: &[Test]) -> Option<(Hold, String)> {
        let claim = claim_of(issuer, &test.key);
        let beginnings: &[Beginning] =
            match claim.and_then(|name| self.claims.iter().find(|c| c.claim.eq_ignore_ascii_case(name))) {
                Some(known) => &known.begins,
                None if self.keys.iter().any(|key| test.is_about(key)) => &[],
                None => return None,
            };
        let about = format!("{} {}", test.operator, test.key);
        if let Some(why) = undemanding(test, all) {
            return Some((Hold::Open, format!("{about}: {why}")));
        }
        let hold = loosest(&test.values, |value| Some(value_hold(beginnings, test.operator, value)))?;
        let worst = test.values.iter().find(|v| value_hold(beginnings, test.operator, v) == hold);
        let value = worst.map_or("", String::as_str);
        let note = match hold {
            Hold::Binds => format!("{about}: `{value}` names a tenant"),
            Hold::Open => format!("{about}: `{value}` leaves the tenant open"),
            Hold::Dead => {
                format!("{about}: `{value}` can never match, because this operator takes wildcards literally")
            }
        };
        Some((hold, note))
    }
}

/// Whether a condition of a trust that names no issuer lets in one tenant at most: by a claim that names one at a
/// shared issuer, or by any claim of an issuer of its own.
pub(crate) fn names_tenant(tests: &[Test]) -> bool {
    tests.iter().filter(|test| undemanding(test, tests).is_none()).any(|test| {
        match test.key.rsplit_once(':').map(|(issuer, _)| (issuer, tenancy(issuer))) {
            Some((issuer, Tenancy::Shared(shared))) => shared.judge(issuer, tests).hold != Hold::Open,
            Some((_, Tenancy::PerTenant(_))) => true,
            Some((issuer, Tenancy::Unknown)) => issuer.contains('.'),
            None => false,
        }
    })
}

fn value_hold(beginnings: &[Beginning], operator: Operator, value: &str) -> Hold {
    match wildcards(operator, value) {
        Wildcards::Literal => return Hold::Dead,
        // What a policy variable stands for is the caller's to choose.
        _ if value.contains("${") => return Hold::Open,
        _ if value.is_empty() => return Hold::Dead,
        Wildcards::Expanded if beginnings.is_empty() => return Hold::Open,
        Wildcards::None if beginnings.is_empty() => return Hold::Binds,
        Wildcards::None | Wildcards::Expanded => {}
    }
    let ignore_case = operator.comparison == Comparison::StringEqualsIgnoreCase;
    let binds = beginnings.iter().any(|beginning| beginning.is_named(value, ignore_case));
    if binds { Hold::Binds } else { Hold::Open }
}

impl Claim {
    /// How firmly a value names a tenant, where wildcards are expanded or taken literally.
    fn hold(&self, value: &str, expands: bool) -> Hold {
        let wild = value.contains(['*', '?']);
        match (wild, expands) {
            (true, false) => Hold::Dead,
            _ if value.is_empty() => Hold::Dead,
            (true, true) if self.begins.is_empty() => Hold::Open,
            (false, _) if self.begins.is_empty() => Hold::Binds,
            _ if self.begins.iter().any(|beginning| beginning.is_named(value, false)) => Hold::Binds,
            _ => Hold::Open,
        }
    }

    /// A value from where it names the tenant.
    fn named_from<'v>(&self, value: &'v str) -> &'v str {
        let named = self.begins.iter().filter(|beginning| beginning.is_named(value, false));
        named
            .filter_map(|beginning| value.strip_prefix(&beginning.text))
            .min_by_key(|rest| rest.len())
            .unwrap_or(value)
    }
}

impl Beginning {
    /// Whether the tenant's name stands complete before the first wildcard.
    fn is_named(&self, value: &str, ignore_case: bool) -> bool {
        let Some((start, rest)) = value.split_at_checked(self.text.len()) else { return false };
        if start != self.text && !(ignore_case && start.eq_ignore_ascii_case(&self.text)) {
            return false;
        }
        let literal = rest.split(['*', '?']).next().unwrap_or_default();
        let whole = literal.len() == rest.len();
        let mut parts: Vec<&str> = literal.split(|c| self.until.contains(c)).collect();
        if !whole {
            // The last part goes on behind the wildcard.
            parts.pop();
        }
        parts.len() >= self.segments && parts.iter().take(self.segments).all(|part| !part.is_empty())
    }
}

pub(crate) mod entra;

#[cfg(test)]
mod tests;
