//! Tokens of one tenant, for each API.

use std::sync::Arc;

use azure_core::credentials::{Secret, TokenCredential};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use tokio::sync::RwLock;

use super::credentials::{SignIn, first_token, said};
use crate::options::{CredentialKind, is_guid};

/// A token, and which sign-in it is of.
pub(super) struct Bearer {
    /// The token.
    pub(super) token: Secret,
    generation: u64,
}

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The tenant's id.
    pub(crate) tenant: String,
    /// The object id of the principal, where the token names it.
    pub(crate) object: Option<String>,
}

/// Gives out tokens. Each credential keeps its tokens until they are about to end.
pub(crate) struct Tokens {
    sign_in: SignIn,
    chosen: RwLock<Option<Chosen>>,
}

#[derive(Clone)]
struct Chosen {
    kind: CredentialKind,
    credential: Arc<dyn TokenCredential>,
    generation: u64,
}

impl Tokens {
    /// Tokens by a sign-in.
    pub(crate) fn new(sign_in: SignIn) -> Self {
        Self { sign_in, chosen: RwLock::new(None) }
    }

    /// Who the credentials are, by their token for a scope.
    ///
    /// # Errors
    /// When nobody can sign in, or the token does not name a tenant and no tenant was named.
    pub(crate) async fn caller(&self, scope: &str) -> Result<Caller, String> {
        let bearer = self.bearer(scope).await?;
        let claims = claims(bearer.token.secret()).unwrap_or_default();
        // A tenant may be named by a domain; the token knows its id.
        let tenant = claims.tid.or_else(|| self.sign_in.tenant().map(str::to_owned));
        let tenant = tenant.ok_or("the token does not name its tenant, and no tenant is named")?;
        Ok(Caller { tenant: tenant.to_ascii_lowercase(), object: claims.oid })
    }

    /// A token for a scope.
    ///
    /// # Errors
    /// With what the credentials said.
    pub(super) async fn bearer(&self, scope: &str) -> Result<Bearer, String> {
        let chosen = self.chosen.read().await.clone();
        if let Some(Chosen { credential, generation, .. }) = chosen {
            return token(&*credential, scope).await.map(|token| Bearer { token, generation });
        }
        let mut chosen = self.chosen.write().await;
        if let Some(Chosen { credential, generation, .. }) = &*chosen {
            let token = token(&**credential, scope).await?;
            return Ok(Bearer { token, generation: *generation });
        }
        let (kind, credential, token) = first_token(&self.sign_in, scope).await?;
        *chosen = Some(Chosen { kind, credential, generation: 0 });
        Ok(Bearer { token: token.token, generation: 0 })
    }

    /// Forgets the tokens of the sign-in that a refused token is of, unless somebody else did already.
    ///
    /// # Errors
    /// When signing in again is not possible.
    pub(super) async fn renew(&self, refused: &Bearer) -> Result<(), String> {
        let mut chosen = self.chosen.write().await;
        if let Some(chosen) = chosen.as_mut().filter(|chosen| chosen.generation == refused.generation) {
            chosen.credential = self.sign_in.credential(chosen.kind)?;
            chosen.generation += 1;
        }
        Ok(())
    }
}

async fn token(credential: &dyn TokenCredential, scope: &str) -> Result<Secret, String> {
    credential.get_token(&[scope], None).await.map(|token| token.token).map_err(|error| said(&error))
}

/// <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>
#[derive(Default, Deserialize)]
struct Claims {
    tid: Option<String>,
    oid: Option<String>,
}

/// What a token says of whom it is for. Whether that is true is for the API to check; Census only names it.
fn claims(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&bytes).ok()?;
    let id = |text: Option<String>| text.filter(|text| is_guid(text));
    Some(Claims { tid: id(claims.tid), oid: id(claims.oid) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_tenant_and_principal_or_nothing() {
        let token = |claims: &str| format!("h.{}.s", URL_SAFE_NO_PAD.encode(claims));
        let id = "0a1b2c3d-0000-4000-8000-00000000000F";
        let found = claims(&token(&format!(r#"{{"tid":"{id}","oid":"=cmd()","roles":["x"]}}"#))).unwrap();
        assert_eq!((found.tid.as_deref(), found.oid), (Some(id), None));
        for odd in ["", "opaque", "a.!.c", "a.e30.c"] {
            assert!(claims(odd).unwrap_or_default().tid.is_none(), "{odd}");
        }
    }
}
