//! Where tokens come from: a chain of the kinds of credentials, of which the first that gives a token is taken.

use std::{fmt, sync::Arc};

use azure_core::{
    cloud::{CloudConfiguration, CustomConfiguration},
    credentials::{AccessToken, Secret, TokenCredential},
    error::{Error, ErrorKind},
    http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport},
};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};

use super::{
    cached::Cached,
    certificate::Certificate,
    gate::{EgressError, Gate},
};
use crate::options::{AzureOptions, CredentialKind};

/// What the environment says of credentials, read once.
#[derive(Default)]
pub(crate) struct Environment {
    /// `AZURE_TENANT_ID`.
    pub(crate) tenant: Option<String>,
    client: Option<String>,
    secret: Option<Secret>,
    certificate: Option<String>,
    token_file: Option<String>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

impl Environment {
    /// The variables that every tool of Azure takes its credentials from.
    pub(crate) fn read() -> Self {
        let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            tenant: get("AZURE_TENANT_ID"),
            client: get("AZURE_CLIENT_ID"),
            secret: get("AZURE_CLIENT_SECRET").map(Secret::new),
            certificate: get("AZURE_CLIENT_CERTIFICATE_PATH"),
            token_file: get("AZURE_FEDERATED_TOKEN_FILE"),
        }
    }

    /// An environment with a secret.
    #[cfg(test)]
    pub(crate) fn of_secret(client: &str, secret: &'static str) -> Self {
        Self { client: Some(client.to_owned()), secret: Some(Secret::new(secret)), ..Self::default() }
    }

    /// An environment with a token of another issuer.
    #[cfg(test)]
    pub(crate) fn of_token_file(client: &str, file: &std::path::Path) -> Self {
        let file = file.to_str().map(str::to_owned);
        Self { client: Some(client.to_owned()), token_file: file, ..Self::default() }
    }
}

/// What is needed to sign in to a tenant.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    options: AzureOptions,
    environment: Arc<Environment>,
    tenant: Option<String>,
    gate: Gate,
}

impl SignIn {
    /// Signing in to a tenant, or to the one that the credentials are of.
    pub(crate) fn new(
        options: AzureOptions,
        environment: Arc<Environment>,
        tenant: Option<String>,
        gate: Gate,
    ) -> Self {
        Self { options, environment, tenant, gate }
    }

    /// The kinds that are tried, in order.
    pub(super) fn kinds(&self) -> &[CredentialKind] {
        let chosen = self.options.credentials.as_slice();
        if chosen.is_empty() { &CredentialKind::ALL } else { chosen }
    }

    /// The tenant, where it is known.
    pub(crate) fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// A credential of a kind, fresh: it has no token yet.
    ///
    /// # Errors
    /// When what it needs is not there.
    pub(super) fn credential(&self, kind: CredentialKind) -> Result<Arc<dyn TokenCredential>, String> {
        let known = |error: Error| said(&error);
        Ok(match kind {
            CredentialKind::ClientSecret => {
                let (tenant, client) = self.tenant_and_client()?;
                let secret = self.environment.secret.clone().ok_or("AZURE_CLIENT_SECRET is not set")?;
                let options = ClientSecretCredentialOptions { client_options: self.client_options() };
                ClientSecretCredential::new(&tenant, client, secret, Some(options)).map_err(known)?
            }
            CredentialKind::ClientCertificate => {
                let (tenant, client) = self.tenant_and_client()?;
                let path = self.options.certificate_path.clone();
                let path = path
                    .or_else(|| self.environment.certificate.as_ref().map(Into::into))
                    .ok_or("AZURE_CLIENT_CERTIFICATE_PATH is not set")?;
                let authority = self.options.cloud.endpoints().authority;
                let audience = format!("https://{authority}/{tenant}/oauth2/v2.0/token");
                let certificate = Certificate::read(&path, &client, audience)?;
                let options = ClientAssertionCredentialOptions { client_options: self.client_options() };
                ClientAssertionCredential::new(tenant, client, certificate, Some(options)).map_err(known)?
            }
            CredentialKind::WorkloadIdentity => {
                let (tenant, client) = self.tenant_and_client()?;
                let file =
                    self.environment.token_file.clone().ok_or("AZURE_FEDERATED_TOKEN_FILE is not set")?;
                let options = WorkloadIdentityCredentialOptions {
                    credential_options: ClientAssertionCredentialOptions {
                        client_options: self.client_options(),
                    },
                    client_id: Some(client),
                    tenant_id: Some(tenant),
                    token_file_path: Some(file.into()),
                };
                WorkloadIdentityCredential::new(Some(options)).map_err(known)?
            }
            CredentialKind::ManagedIdentity => {
                let client = self.options.client_id.clone().or_else(|| self.environment.client.clone());
                let options = ManagedIdentityCredentialOptions {
                    user_assigned_id: client.map(UserAssignedId::ClientId),
                    client_options: self.client_options(),
                };
                ManagedIdentityCredential::new(Some(options)).map_err(known)?
            }
            CredentialKind::AzureCli => {
                let options =
                    AzureCliCredentialOptions { tenant_id: self.tenant.clone(), ..Default::default() };
                Arc::new(Cached::new(AzureCliCredential::new(Some(options)).map_err(known)?))
            }
        })
    }

    fn tenant_and_client(&self) -> Result<(String, String), String> {
        let tenant = self.tenant.clone().ok_or("no tenant is named, and AZURE_TENANT_ID is not set")?;
        let client = self.options.client_id.clone().or_else(|| self.environment.client.clone());
        Ok((tenant, client.ok_or("AZURE_CLIENT_ID is not set")?))
    }

    /// The gate, the cloud and the retries of a credential.
    fn client_options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = format!("https://{}", self.options.cloud.endpoints().authority);
        let retries = ExponentialRetryOptions {
            max_retries: self.options.max_attempts.saturating_sub(1),
            ..ExponentialRetryOptions::default()
        };
        ClientOptions {
            transport: Some(Transport::new(Arc::new(self.gate.clone()))),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            retry: RetryOptions::exponential(retries),
            ..ClientOptions::default()
        }
    }
}

/// Asks one credential after the other.
///
/// # Errors
/// When none gives a token: what each said.
pub(super) async fn first_token(
    sign_in: &SignIn,
    scope: &str,
) -> Result<(CredentialKind, Arc<dyn TokenCredential>, AccessToken), String> {
    let mut said_by = Vec::new();
    for &kind in sign_in.kinds() {
        let tried = match sign_in.credential(kind) {
            Ok(credential) => match credential.get_token(&[scope], None).await {
                Ok(token) => return Ok((kind, credential, token)),
                Err(error) => said(&error),
            },
            Err(missing) => missing,
        };
        tracing::debug!(kind = kind.as_str(), tried, "no token");
        said_by.push(format!("{}: {tried}", kind.as_str()));
    }
    Err(said_by.join("; "))
}

/// What a credential's failure comes to, without the texts of an answer or of a program: they may hold anything.
pub(super) fn said(error: &Error) -> String {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(egress) = cause.downcast_ref::<EgressError>() {
            return egress.to_string();
        }
        if let Some(error) = cause.downcast_ref::<Error>()
            && let ErrorKind::HttpResponse { status, error_code, .. } = error.kind()
        {
            let codes: Vec<&str> =
                error_code.as_deref().unwrap_or_default().split(',').filter(|code| is_number(code)).collect();
            return answered(u16::from(*status), &codes);
        }
        next = cause.source();
    }
    let text = error.to_string();
    if text.contains("az not found on PATH") {
        return "the `az` program was not found".to_owned();
    }
    if text.contains("AzureCliCredential") {
        return "`az account get-access-token` gave no token".to_owned();
    }
    if text.contains("Multiple") || text.contains("isn't supported") {
        return "this machine's kind of managed identity is not supported".to_owned();
    }
    "it gave no token".to_owned()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// What the authority's code says, in our words.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
fn answered(status: u16, codes: &[&str]) -> String {
    let meaning = codes.iter().find_map(|code| {
        Some(match *code {
            "7000215" => "the client secret is not the application's",
            "7000222" => "the client secret has expired",
            "700016" => "the tenant has no such application",
            "90002" => "there is no such tenant",
            "700027" => "the application does not have this certificate",
            "700211" | "700212" | "700213" => "no federated credential of the application fits the token",
            "700024" => "the assertion's time is not now; is the clock right?",
            "7000112" => "the application is disabled",
            "53003" => "conditional access forbids it",
            _ => return None,
        })
    });
    let code = codes.first().map(|code| format!(" AADSTS{code}")).unwrap_or_default();
    let meaning = meaning.map(|meaning| format!(" ({meaning})")).unwrap_or_default();
    format!("HTTP {status}{code}{meaning}")
}
