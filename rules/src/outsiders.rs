//! Who, of those whom an identity trusts, does not belong to the company.

pub(crate) mod entra;

use census_model::{Confidence, Evidence, Gap, Identity, Mechanism, PrincipalSet, ScopeId, Severity, Trust};
use census_privilege::aws::document::Test;

use crate::{
    View,
    conditions::{self, Hold},
    federation,
    policies::Shown,
    principals::{account_of, distinguisher},
};

/// Somebody outside who can become an identity.
pub(crate) struct Way<'a> {
    /// What tells the outsider from others in a fingerprint.
    pub(crate) distinguisher: String,
    /// Who, in words.
    pub(crate) who: String,
    /// How bad that is where the identity is an administrator for certain.
    pub(crate) severity: Severity,
    pub(crate) trusts: Vec<&'a Trust>,
    /// What there is to say beside the trusts.
    pub(crate) facts: Vec<Evidence>,
    pub(crate) doubt: Option<Doubt<'a>>,
}

/// Why it may be nobody outside.
pub(crate) struct Doubt<'a> {
    pub(crate) why: &'static str,
    pub(crate) confidence: Confidence,
    /// What was not read, where that is why.
    pub(crate) gaps: Vec<&'a Gap>,
}

impl Doubt<'_> {
    pub(crate) fn of(why: &'static str) -> Self {
        Self { why, confidence: Confidence::Low, gaps: Vec::new() }
    }

    pub(crate) fn unreadable() -> Self {
        Self::of("a condition cannot be read")
    }

    /// No tree says which tenants, or which accounts outside of an organization, are one company's.
    pub(crate) fn maybe_ours() -> Self {
        let why = "whether that is the company's own, too, cannot be told: it was not scanned";
        Self { confidence: Confidence::Medium, ..Self::of(why) }
    }
}

/// Programs of a tenant of Entra ID, where it is not scanned.
pub(crate) fn other_tenant<'a>(
    view: &View<'a>,
    issuer: &str,
    tenant: &str,
    trusts: Vec<&'a Trust>,
) -> Option<Way<'a>> {
    let known = view.estate().scopes.get(&ScopeId::of_tenant(tenant));
    let is_ours = known.is_some_and(|scope| scope.scanned);
    (!is_ours && !trusts.is_empty()).then(|| Way {
        distinguisher: format!("external:{issuer}"),
        who: format!("an identity of tenant {}", Shown(tenant)),
        severity: Severity::High,
        trusts,
        facts: Vec::new(),
        doubt: Some(Doubt::maybe_ours()),
    })
}

/// An account or organization that is trusted, as the principal or a condition names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    Account(String),
    Organization(String),
}

/// Whether a party is of the role's organization.
pub(crate) enum Membership<'a> {
    Inside,
    Outside,
    /// The gaps are why, where there are any.
    Unknown(Vec<&'a Gap>),
}

impl Party {
    pub(crate) fn membership<'a>(&self, view: &View<'a>, role: &Identity) -> Membership<'a> {
        match self {
            Self::Account(account) => membership(view, role, account),
            Self::Organization(id) => match view.organization(&role.scope) {
                Some(ours) if *ours.native_id == **id => Membership::Inside,
                Some(_) => Membership::Outside,
                None => Membership::Unknown(organization_gaps(view, role, None)),
            },
        }
    }

    /// Where a condition names the party, several may hide behind one principal.
    pub(crate) fn distinguisher(&self, who: &PrincipalSet) -> String {
        match (who, self) {
            (PrincipalSet::Everyone, Self::Account(id)) => format!("{}account:{id}", distinguisher(who)),
            (PrincipalSet::Everyone, Self::Organization(id)) => {
                format!("{}organization:{id}", distinguisher(who))
            }
            _ => distinguisher(who),
        }
    }
}

/// The other accounts and organizations that a statement trusts, unless it demands the role's own organization.
/// Everyone under a condition that names accounts or organizations is trust of those.
pub(crate) fn parties(view: &View<'_>, role: &Identity, trust: &Trust) -> Vec<Party> {
    let tests = conditions::tests(trust);
    if tests.as_ref().is_some_and(|tests| demands_own_organization(view, role, tests)) {
        return Vec::new();
    }
    let own = view.account(role);
    let other = |account: &&str| own.is_some_and(|own| own != *account);
    let account = |account: &str| Party::Account(account.to_owned());
    match (&trust.who, tests) {
        (PrincipalSet::Everyone, Some(tests)) if trust.mechanism == Mechanism::AssumeRole => {
            let organizations = || conditions::caller_organizations(&tests).unwrap_or_default();
            match conditions::caller_accounts(&tests) {
                Some(accounts) => accounts.into_iter().filter(other).map(account).collect(),
                None => organizations().into_iter().map(|id| Party::Organization(id.to_owned())).collect(),
            }
        }
        (PrincipalSet::Organization(id), _) => vec![Party::Organization(id.to_string())],
        (who, _) => account_of(who).filter(other).map(account).into_iter().collect(),
    }
}

fn membership<'a>(view: &View<'a>, role: &Identity, account: &str) -> Membership<'a> {
    let ours = view.organization(&role.scope);
    let theirs = view.account_scope(account, role).and_then(|scope| view.organization(&scope.id));
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours.id == theirs.id => Membership::Inside,
        (Some(_), Some(_)) => Membership::Outside,
        (Some(ours), None) => match organization_gaps(view, role, Some(ours.id.as_str())) {
            gaps if gaps.is_empty() => Membership::Outside,
            gaps => Membership::Unknown(gaps),
        },
        (None, _) => Membership::Unknown(organization_gaps(view, role, None)),
    }
}

/// The reads of the tree that are missing.
fn organization_gaps<'a>(view: &View<'a>, role: &Identity, organization: Option<&str>) -> Vec<&'a Gap> {
    let tree = |gap: &&Gap| {
        gap.read.starts_with("organizations:") && gap.provider == role.provider && !gap.read.contains("Polic")
    };
    let here = |gap: &&Gap| match (&gap.scope, organization) {
        (None, _) | (_, None) => true,
        (Some(scope), Some(organization)) => {
            scope.as_str() == organization
                || view.organization(scope).is_some_and(|found| found.id.as_str() == organization)
        }
    };
    view.estate().gaps.iter().filter(tree).filter(here).collect()
}

/// Whether a condition demands an organization that is the role's own as far as that is known.
fn demands_own_organization(view: &View<'_>, role: &Identity, tests: &[Test]) -> bool {
    let ours = view.organization(&role.scope).map(|scope| &*scope.native_id);
    let is_ours = |value: &str| {
        let id = value.split('/').next().unwrap_or_default();
        id.eq_ignore_ascii_case("${aws:ResourceOrgID}")
            || (!id.contains(['*', '?', '$']) && ours.is_none_or(|ours| ours == id))
    };
    tests.iter().any(|test| {
        (test.is_about("aws:PrincipalOrgID") || test.is_about("aws:PrincipalOrgPaths"))
            && conditions::undemanding(test, tests).is_none()
            && test.values.iter().all(|value| is_ours(value))
    })
}

/// How far a trust of everyone is open, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Openness {
    /// To whoever knows the ExternalId.
    ExternalIdOnly,
    /// The condition cannot be read.
    Unreadable,
    /// To anyone.
    Wide,
}

/// How open a statement that trusts everyone is; `None` when it is not.
pub(crate) fn openness(trust: &Trust) -> Option<Openness> {
    let Some(tests) = conditions::tests(trust) else { return Some(Openness::Unreadable) };
    if conditions::bound_by_global_keys(&tests) != Hold::Open {
        return None;
    }
    let federated = match trust.mechanism {
        Mechanism::WebIdentity => federation::names_tenant(&tests),
        Mechanism::Saml => conditions::bound_by_assertion(&tests) != Hold::Open,
        Mechanism::AssumeRole | Mechanism::FederatedCredential | Mechanism::Other => false,
    };
    if federated {
        return None;
    }
    match conditions::bound_by_external_id(&tests) {
        Hold::Open => Some(Openness::Wide),
        Hold::Binds => Some(Openness::ExternalIdOnly),
        Hold::Dead => None,
    }
}
