//! Federated credentials: whose tokens an application or managed identity takes for its own credential.

use std::collections::{BTreeMap, BTreeSet};

use census_model::{
    Condition, ConditionLanguage, EstateBuilder, IdentityId, Issuer, IssuerId, IssuerKind, Mechanism,
    PrincipalSet, Provider, Text, Trust,
};
use serde::Serialize;

use super::{
    arm_id,
    files::Files,
    holders::{Holders, identity_id},
    managed::Managed,
    tenant::Tenant,
};
use crate::{
    client::issues,
    documents::{Collection, graph::FederatedCredential, is_guid, value::Str},
};

/// What a federated credential asks of a token, with sorted keys.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'c> {
    audiences: BTreeSet<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claims_matching_expression: Option<Expression<'c>>,
    issuer: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'c str>,
}

/// An expression over the claims of a token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Expression<'c> {
    #[serde(skip_serializing_if = "Option::is_none")]
    language_version: Option<i64>,
    value: &'c str,
}

/// Adds trusts, and the issuers whom they name.
pub(super) fn read(
    tenant: &Tenant,
    files: &Files<'_>,
    holders: &Holders<'_>,
    managed: &Managed<'_>,
    estate: &mut EstateBuilder,
) {
    let mut issuers: BTreeMap<String, BTreeSet<Text>> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for one in &files.application_federation {
        let application = holders.application(&one.id.lower());
        let becomes =
            application.map_or_else(|| identity_id(&one.id), |application| holders.identity_of(application));
        for credential in one.federated_identity_credentials.iter().flatten() {
            if application.is_none() {
                unknown.insert(one.id.lower());
            }
            trust(tenant, &becomes, credential, None, &mut issuers, estate);
        }
    }
    let detail = "these have federated credentials and are in no other document";
    tenant.inconsistent(Collection::ApplicationFederation, detail, &unknown, estate);
    for one in &files.managed_federation {
        let parent = arm_id::parent(&arm_id::normal(&one.id));
        let becomes = identity_id(managed.principal(&parent).unwrap_or(&parent));
        trust(tenant, &becomes, &one.properties, Some(arm_id::name(&one.id)), &mut issuers, estate);
    }
    for (url, audiences) in issuers {
        estate.issuer(issuer(tenant, &url, audiences));
    }
}

fn trust(
    tenant: &Tenant,
    becomes: &IdentityId,
    one: &FederatedCredential<'_>,
    name: Option<&str>,
    issuers: &mut BTreeMap<String, BTreeSet<Text>>,
    estate: &mut EstateBuilder,
) {
    let texts = |texts: &Option<Vec<Str<'_>>>| {
        texts.iter().flatten().map(|text| Text::from(text.as_str())).collect::<Vec<_>>()
    };
    let url = one.issuer.as_deref().unwrap_or_default();
    let who = match insider(tenant, url, one.subject.as_deref()) {
        Some(object_id) => PrincipalSet::Identity(object_id.into()),
        None => {
            issuers.entry(url.to_owned()).or_default().extend(texts(&one.audiences));
            PrincipalSet::External(url.into())
        }
    };
    let named = one.name.as_deref().or(name).or(one.id.as_deref()).unwrap_or_default();
    estate.trust(Trust {
        becomes: becomes.clone(),
        who,
        except: Vec::new(),
        mechanism: Mechanism::FederatedCredential,
        statement: named.into(),
        condition: Some(Condition { language: ConditionLanguage::EntraFederation, text: asked(one).into() }),
    });
}

fn asked(one: &FederatedCredential<'_>) -> String {
    let asked = Asked {
        audiences: one.audiences.iter().flatten().map(Str::as_str).collect(),
        claims_matching_expression: one.claims_matching_expression.as_ref().and_then(|found| {
            Some(Expression { language_version: found.language_version, value: found.value.as_deref()? })
        }),
        issuer: one.issuer.as_deref(),
        subject: one.subject.as_deref(),
    };
    serde_json::to_string(&asked).unwrap_or_default()
}

/// The object id of the identity of this tenant whose token is asked for: Entra issues it, and names the identity as the
/// subject. <https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity>
fn insider(tenant: &Tenant, issuer: &str, subject: Option<&str>) -> Option<String> {
    let (host, path) = issuer.strip_prefix("https://")?.split_once('/')?;
    let of_tenant = path.split('/').next()?.eq_ignore_ascii_case(&tenant.id);
    let is_own = issues(host) && of_tenant;
    subject.filter(|subject| is_own && is_guid(subject)).map(str::to_ascii_lowercase)
}

fn issuer(tenant: &Tenant, url: &str, audiences: BTreeSet<Text>) -> Issuer {
    Issuer {
        id: IssuerId::new(format!("{}/issuer/{url}", tenant.scope)),
        native_id: url.into(),
        provider: Provider::Azure,
        kind: IssuerKind::Oidc,
        scope: tenant.scope.clone(),
        issuer: Some(url.strip_prefix("https://").unwrap_or(url).into()),
        audiences: audiences.into_iter().collect(),
        created: None,
        expires: None,
        tags: BTreeMap::new(),
    }
}
