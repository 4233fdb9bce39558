//! The issuers that the account trusts: OpenID Connect and SAML providers, one call each.

use census_model::Text;
use census_provider_api::{DeclaredRead, Need};

use super::{
    account::{Account, time},
    account_summary::{Summary, none},
    authorization_details::tags,
};
use crate::{
    client::Failure,
    documents::{AccountFile, OidcProvider, SamlMetadata, SamlProvider, Str},
};

pub(super) const LIST_OIDC_PROVIDERS: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListOpenIDConnectProviders",
    permissions: &["iam:ListOpenIDConnectProviders"],
    part: None,
    need: Need::Scope,
    why: "which OpenID Connect issuers are registered",
};

pub(super) const GET_OIDC_PROVIDER: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GetOpenIDConnectProvider",
    permissions: &["iam:GetOpenIDConnectProvider"],
    part: None,
    need: Need::Scope,
    why: "an issuer's URL, audiences and tags",
};

pub(super) const LIST_SAML_PROVIDERS: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "ListSAMLProviders",
    permissions: &["iam:ListSAMLProviders"],
    part: None,
    need: Need::Scope,
    why: "which SAML issuers are registered",
};

pub(super) const GET_SAML_PROVIDER: DeclaredRead = DeclaredRead {
    service: "iam",
    operation: "GetSAMLProvider",
    permissions: &["iam:GetSAMLProvider"],
    part: None,
    need: Need::Scope,
    why: "an issuer's entity id, dates and tags; its metadata is not kept",
};

/// Lists both kinds, unless the summary says that there are none, and asks for each.
pub(super) async fn read(account: &mut Account<'_>, summary: Option<&Summary>) {
    if none(summary, "Providers") {
        account.write(AccountFile::OidcProviders, &[(); 0], 0, None);
        account.write(AccountFile::SamlProviders, &[(); 0], 0, None);
        return;
    }
    account.step("identity providers");
    oidc(account).await;
    saml(account).await;
}

async fn oidc(account: &mut Account<'_>) {
    let request = account.api.iam.list_open_id_connect_providers();
    let listed = match account.api.call(&LIST_OIDC_PROVIDERS, request.send()).await {
        Ok(answer) => answer.open_id_connect_provider_list.unwrap_or_default(),
        Err(failure) => return account.gap(&LIST_OIDC_PROVIDERS, failure, Vec::new()),
    };
    let all = listed.len();
    let mut arns: Vec<String> = listed.into_iter().filter_map(|provider| provider.arn).collect();
    arns.sort_unstable();
    let mut providers = Vec::new();
    let mut failures = Vec::new();
    for arn in &arns {
        let mut provider = OidcProvider {
            arn: arn.clone().into(),
            url: None,
            client_id_list: None,
            create_date: None,
            tags: Vec::new(),
        };
        match get_oidc(account, arn, &mut provider).await {
            Ok(()) => {}
            Err(failure) => failures.push((Text::from(arn.as_str()), failure)),
        }
        providers.push(provider);
    }
    account.write(AccountFile::OidcProviders, &providers, providers.len(), None);
    account.incomplete_entries(&LIST_OIDC_PROVIDERS, all - arns.len());
    account.gaps(&GET_OIDC_PROVIDER, failures);
}

async fn get_oidc(
    account: &Account<'_>,
    arn: &str,
    provider: &mut OidcProvider<'static>,
) -> Result<(), Failure> {
    let request = account.api.iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn);
    let answer = account.api.call(&GET_OIDC_PROVIDER, request.send()).await?;
    provider.url = answer.url.map(Str::from);
    let audiences = answer.client_id_list.unwrap_or_default();
    provider.client_id_list = Some(audiences.into_iter().map(Str::from).collect());
    provider.create_date = answer.create_date.as_ref().and_then(time);
    provider.tags = tags(answer.tags);
    Ok(())
}

async fn saml(account: &mut Account<'_>) {
    let request = account.api.iam.list_saml_providers();
    let listed = match account.api.call(&LIST_SAML_PROVIDERS, request.send()).await {
        Ok(answer) => answer.saml_provider_list.unwrap_or_default(),
        Err(failure) => return account.gap(&LIST_SAML_PROVIDERS, failure, Vec::new()),
    };
    let all = listed.len();
    let mut providers: Vec<SamlProvider<'static>> = listed
        .into_iter()
        .filter_map(|provider| {
            Some(SamlProvider {
                arn: provider.arn?.into(),
                entity_id: None,
                metadata: SamlMetadata::default(),
                create_date: provider.create_date.as_ref().and_then(time),
                valid_until: provider.valid_until.as_ref().and_then(time),
                tags: Vec::new(),
            })
        })
        .collect();
    providers.sort_by(|a, b| a.arn.cmp(&b.arn));
    let mut failures = Vec::new();
    for provider in &mut providers {
        if let Err(failure) = get_saml(account, provider).await {
            failures.push((Text::from(provider.arn.as_str()), failure));
        }
    }
    account.write(AccountFile::SamlProviders, &providers, providers.len(), None);
    account.incomplete_entries(&LIST_SAML_PROVIDERS, all - providers.len());
    account.gaps(&GET_SAML_PROVIDER, failures);
}

async fn get_saml(account: &Account<'_>, provider: &mut SamlProvider<'static>) -> Result<(), Failure> {
    let request = account.api.iam.get_saml_provider().saml_provider_arn(provider.arn.as_str());
    let answer = account.api.call(&GET_SAML_PROVIDER, request.send()).await?;
    let metadata = answer.saml_metadata_document.as_deref().map(SamlMetadata::of).unwrap_or_default();
    provider.entity_id = metadata.entity_id.map(Str::from);
    provider.tags = tags(answer.tags);
    Ok(())
}
