//! Who outside the company can become an identity of Entra ID: by a federated credential, or as the publisher of an
//! application.

use std::collections::BTreeMap;

use census_model::{CloudIssuer, Evidence, Identity, Mechanism, Severity, Trust};

use super::{Doubt, Way, other_tenant};
use crate::{
    View,
    entra::{SERVICE_PRINCIPALS, foreign_tenant},
    federation::{
        SharedIssuer, Tenancy,
        entra::{Breadth, Wanted, wanted},
        tenancy,
    },
    policies::Shown,
};

/// Everybody outside who can become an identity, each once.
pub(crate) fn ways<'a>(view: &View<'a>, identity: &Identity) -> Vec<Way<'a>> {
    let mut by_issuer: BTreeMap<String, Vec<(&'a Trust, Wanted)>> = BTreeMap::new();
    let trusts = view.index.trusts(&identity.id).iter().copied();
    for trust in trusts.filter(|trust| trust.mechanism == Mechanism::FederatedCredential) {
        if let Some(wanted) = wanted(trust) {
            by_issuer.entry(wanted.issuer.clone()).or_default().push((trust, wanted));
        }
    }
    let mut found: Vec<Way<'_>> = publisher(view, identity).into_iter().collect();
    for (issuer, mut credentials) in by_issuer {
        credentials.sort_by_key(|(trust, _)| *trust);
        match (CloudIssuer::of(&issuer), tenancy(&issuer)) {
            (_, Tenancy::Shared(shared)) => found.extend(tenants(shared, &issuer, &credentials)),
            (Some(CloudIssuer::Tenant(id)), _) => {
                let trusts = credentials.iter().map(|(trust, _)| *trust).collect();
                found.extend(other_tenant(view, &issuer, id, trusts));
            }
            (Some(CloudIssuer::Account), _) => found.extend(accounts(view, &issuer, &credentials)),
            (None, _) => {}
        }
    }
    found
}

/// Whoever publishes an application in another tenant holds its credentials.
fn publisher<'a>(view: &View<'a>, identity: &Identity) -> Option<Way<'a>> {
    let tenant = foreign_tenant(view, identity)?;
    let fact =
        Evidence::new("application of", format!("tenant {}, which holds its credentials", Shown(tenant)));
    Some(Way {
        distinguisher: format!("publisher:{}", tenant.to_ascii_lowercase()),
        who: format!("whoever publishes it in tenant {}", Shown(tenant)),
        severity: Severity::High,
        trusts: Vec::new(),
        facts: vec![fact.from_source(SERVICE_PRINCIPALS)],
        doubt: Some(Doubt::maybe_ours()),
    })
}

/// Tokens of an issuer that anybody can be a tenant of. Where only those in a cluster can, the issuer is one's own.
fn tenants<'a>(shared: &SharedIssuer, issuer: &str, credentials: &[(&'a Trust, Wanted)]) -> Option<Way<'a>> {
    if shared.severity < Severity::Critical {
        return None;
    }
    let judged = credentials.iter().map(|(trust, wanted)| {
        let breadth = wanted.claims.as_ref().map(|claims| shared.breadth(claims));
        (*trust, breadth)
    });
    // A subject that can never be met lets nobody in.
    let open: Vec<(&Trust, Option<Breadth>)> =
        judged.filter(|(_, breadth)| *breadth != Some(Breadth::Nobody)).collect();
    if open.is_empty() {
        return None;
    }
    let is_unbound = open.iter().any(|(_, breadth)| matches!(breadth, None | Some(Breadth::Anybody)));
    let is_certain = !is_unbound || open.iter().any(|(_, breadth)| *breadth == Some(Breadth::Anybody));
    let (tenant, severity) = match is_unbound {
        true => ("any tenant", Severity::Critical),
        false => ("a tenant", Severity::High),
    };
    let widest = open.iter().filter_map(|(_, breadth)| *breadth).max();
    Some(Way {
        distinguisher: format!("external:{issuer}"),
        who: format!("{tenant} of {} (`{}`)", shared.name, Shown(issuer)),
        severity,
        facts: widest.map(|breadth| Evidence::new("lets in", breadth.lets_in())).into_iter().collect(),
        trusts: open.into_iter().map(|(trust, _)| trust).collect(),
        doubt: (!is_certain).then(Doubt::unreadable),
    })
}

/// Identities of accounts of AWS that neither were scanned nor belong to an organization that was read.
fn accounts<'a>(view: &View<'a>, issuer: &str, credentials: &[(&'a Trust, Wanted)]) -> Option<Way<'a>> {
    let account = |wanted: &Wanted| {
        let subject = wanted.claims.iter().flatten().find(|test| test.claim == "sub")?;
        subject.value.split(':').nth(4).filter(|id| !id.is_empty()).map(str::to_owned)
    };
    let is_ours = |id: &str| view.estate().scopes.contains_key(format!("aws:account/{id}").as_str());
    let others: Vec<(&Trust, Option<String>)> = credentials
        .iter()
        .map(|(trust, wanted)| (*trust, account(wanted)))
        .filter(|(_, id)| !id.as_deref().is_some_and(is_ours))
        .collect();
    let (_, first) = others.first()?;
    let (who, doubt) = match first {
        Some(id) => (format!("an identity of AWS account {}", Shown(id)), Doubt::maybe_ours()),
        None => (
            format!("AWS (`{}`)", Shown(issuer)),
            Doubt::of("which account's identity is trusted is not said"),
        ),
    };
    Some(Way {
        distinguisher: format!("external:{issuer}"),
        who,
        severity: Severity::High,
        trusts: others.iter().map(|(trust, _)| *trust).collect(),
        facts: Vec::new(),
        doubt: Some(doubt),
    })
}
