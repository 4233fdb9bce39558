//! Registered issuers and server certificates: what an account holds beside principals.

use census_model::{
    Credential, CredentialId, CredentialKind, CredentialStatus, EstateBuilder, Gap, GapReason, Holder,
    Issuer, IssuerId, IssuerKind, Observed, Provider, Text,
};
use census_privilege::aws::trust::is_of_identity_center;

use super::{
    account::Account,
    files::{Files, items},
    person::tags,
};
use crate::documents::OidcProvider;

/// Adds OIDC and SAML issuers and server certificates.
pub(super) fn read(account: &Account<'_>, files: &Files<'_>, estate: &mut EstateBuilder) {
    let mut undetailed: Vec<Text> = Vec::new();
    let oidc = files.oidc.as_ref().map_or(&[][..], |list| &list.items);
    for one in account.each(oidc, |one| one.arn.as_str(), estate) {
        let id = IssuerId::new(Account::id(&one.arn));
        if one.client_id_list.is_none() {
            undetailed.push(id.as_str().into());
        }
        estate.issuer(oidc_issuer(account, one, id));
    }
    // A fetch that could not read the details has said so.
    if !undetailed.is_empty() && account.open.oidc.is_complete() {
        estate.gap(Gap::new(
            Provider::Aws,
            Some(account.scope.clone()),
            "iam:GetOpenIDConnectProvider",
            GapReason::NotProvided,
            "the document lacks the audiences of these issuers",
            undetailed,
        ));
    }
    read_saml(account, files, estate);
    server_certificates(account, files, estate);
}

fn read_saml(account: &Account<'_>, files: &Files<'_>, estate: &mut EstateBuilder) {
    let mut undetailed: Vec<Text> = Vec::new();
    let saml = files.saml.as_ref().map_or(&[][..], |list| &list.items);
    for one in account.each(saml, |one| one.arn.as_str(), estate) {
        let id = IssuerId::new(Account::id(&one.arn));
        // Whose assertions those of IAM Identity Center are is known.
        if one.entity_id().is_none() && !is_of_identity_center(&one.arn) {
            undetailed.push(id.as_str().into());
        }
        estate.issuer(Issuer {
            id,
            native_id: one.arn.as_str().into(),
            provider: Provider::Aws,
            kind: IssuerKind::Saml,
            scope: account.scope.clone(),
            issuer: one.entity_id().map(Text::from),
            audiences: Vec::new(),
            created: one.create_date.map(|at| at.0),
            expires: one.valid_until.map(|at| at.0),
            tags: tags(&one.tags),
        });
    }
    // A fetch that could not read the details has said so.
    if !undetailed.is_empty() && account.open.saml.is_complete() {
        estate.gap(Gap::new(
            Provider::Aws,
            Some(account.scope.clone()),
            "iam:GetSAMLProvider",
            GapReason::NotProvided,
            "the document lacks the entity ids of these issuers",
            undetailed,
        ));
    }
}

fn oidc_issuer(account: &Account<'_>, one: &OidcProvider<'_>, id: IssuerId) -> Issuer {
    let by_arn = || one.arn.split_once(":oidc-provider/").map(|(_, host)| host);
    let issuer = one.url.as_deref().or_else(by_arn).map(|url| url.strip_prefix("https://").unwrap_or(url));
    let mut audiences: Vec<Text> =
        one.client_id_list.iter().flatten().map(|audience| audience.as_str().into()).collect();
    audiences.sort_unstable();
    audiences.dedup();
    Issuer {
        id,
        native_id: one.arn.as_str().into(),
        provider: Provider::Aws,
        kind: IssuerKind::Oidc,
        scope: account.scope.clone(),
        issuer: issuer.map(Text::from),
        audiences,
        created: one.create_date.map(|at| at.0),
        expires: None,
        tags: tags(&one.tags),
    }
}

fn server_certificates(account: &Account<'_>, files: &Files<'_>, estate: &mut EstateBuilder) {
    if items(&files.server).next().is_none() {
        return;
    }
    let detail = "which listeners use a server certificate is not asked for";
    let gap = account.not_requested("elasticloadbalancing:DescribeListeners", detail, estate);
    let list = files.server.as_ref().map_or(&[][..], |list| &list.items);
    for one in account.each(list, |one| one.arn.as_str(), estate) {
        let kind = CredentialKind::ServerCertificate;
        let expires = one.expiration.map(|at| at.0);
        let expired = expires.is_some_and(|at| at < account.clock);
        estate.credential(Credential {
            id: CredentialId::new(format!("{}#{kind}/{}", account.scope, one.server_certificate_id)),
            holder: Holder::Scope(account.scope.clone()),
            kind,
            key_id: Some(one.server_certificate_id.as_str().into()),
            label: Some(one.server_certificate_name.as_str().into()),
            created: one.upload_date.map(|at| at.0),
            expires,
            status: if expired { CredentialStatus::Expired } else { CredentialStatus::Active },
            last_used: Observed::NotVisible(gap.clone()),
            kept_on: None,
        });
    }
}
