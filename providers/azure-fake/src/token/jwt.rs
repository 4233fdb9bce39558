//! Tokens that only the fake itself can read and check.

use aws_lc_rs::{hmac, rand::SystemRandom};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{calls::UNKNOWN_AUDIENCE, server::StartError};

/// What a bearer token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bearer {
    /// The position of the tenant that it was issued by.
    #[serde(rename = "xms_census_tenant")]
    pub(crate) tenant: usize,
    /// What it is for.
    #[serde(rename = "aud")]
    pub(crate) audience: String,
    #[serde(rename = "appid")]
    pub(crate) client_id: String,
    #[serde(rename = "oid")]
    pub(crate) object_id: String,
    /// In seconds since 1970.
    #[serde(rename = "exp")]
    pub(crate) expires: i64,
}

/// A token's claims as they travel.
#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    bearer: Bearer,
    tid: String,
    iss: String,
    sub: String,
    iat: i64,
    nbf: i64,
    idtyp: String,
    ver: String,
}

/// Issues tokens and checks them.
#[derive(Debug)]
pub(crate) struct Tokens {
    key: hmac::Key,
}

impl Tokens {
    pub(crate) fn new() -> Result<Self, StartError> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|error| StartError::new("cannot make a key for tokens", error))?;
        Ok(Self { key })
    }

    pub(crate) fn issue(&self, bearer: &Bearer, tenant: &str) -> String {
        let now = Timestamp::now().as_second();
        let claims = Claims {
            tid: tenant.to_owned(),
            iss: format!("https://sts.windows.net/{tenant}/"),
            sub: bearer.object_id.clone(),
            iat: now,
            nbf: now,
            idtyp: "app".to_owned(),
            ver: "1.0".to_owned(),
            bearer: bearer.clone(),
        };
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
        // Text and numbers always become JSON.
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap_or_default());
        let signed = format!("{head}.{body}");
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// The token of an `Authorization` header, if the fake issued it.
    pub(crate) fn bearer(&self, header: Option<&str>) -> Option<Bearer> {
        let token = token_of(header?)?;
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &signature).ok()?;
        let (_, body) = signed.split_once('.')?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        Some(claims.bearer)
    }
}

fn token_of(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What a call's record says of the token that came with it.
pub(crate) fn audience_shown(header: Option<&str>, bearer: Option<&Bearer>) -> Option<String> {
    token_of(header?)?;
    Some(bearer.map_or_else(|| UNKNOWN_AUDIENCE.to_owned(), |bearer| bearer.audience.clone()))
}

impl Bearer {
    pub(crate) fn is_expired(&self) -> bool {
        self.expires <= Timestamp::now().as_second()
    }

    pub(crate) fn is_for(&self, audiences: &[String]) -> bool {
        audiences.iter().any(|audience| audience == self.audience.trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_tokens_are_read() {
        let (tokens, others) = (Tokens::new().unwrap(), Tokens::new().unwrap());
        let bearer = Bearer {
            tenant: 0,
            audience: "https://graph.microsoft.com".to_owned(),
            client_id: "c".to_owned(),
            object_id: "o".to_owned(),
            expires: i64::MAX,
        };
        let header = format!("Bearer {}", tokens.issue(&bearer, "t"));
        assert_eq!(tokens.bearer(Some(&header)), Some(bearer));
        assert_eq!(others.bearer(Some(&header)), None);
        assert_eq!(audience_shown(Some(&header), None).as_deref(), Some(UNKNOWN_AUDIENCE));
        assert_eq!(audience_shown(Some("Basic x"), None), None);
    }
}
