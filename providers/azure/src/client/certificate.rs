//! Signing in with a certificate: an assertion of our own, signed with the certificate's key.
//!
//! The SDK's own credential for certificates needs OpenSSL.

use std::{fmt, path::Path};

use aws_lc_rs::{
    digest,
    rand::{SecureRandom, SystemRandom},
    rsa::KeyPair,
    signature::RSA_PSS_SHA256,
};
use azure_core::{Error, error::ErrorKind, http::ClientMethodOptions};
use azure_identity::ClientAssertion;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::Serialize;

/// For how long an assertion holds, in seconds, and how far clocks may differ.
const LIFETIME: i64 = 600;
const SKEW: i64 = 30;

/// A certificate with its key.
pub(super) struct Certificate {
    key: KeyPair,
    thumbprint: String,
    client: String,
    audience: String,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a PEM file that holds the certificate and its RSA key.
    ///
    /// # Errors
    /// When it cannot be read or does not hold both.
    pub(super) fn read(path: &Path, client: &str, audience: String) -> Result<Self, String> {
        let shown = path.display().to_string();
        let shown = shown.escape_debug();
        let pem = std::fs::read(path).map_err(|error| format!("cannot read `{shown}`: {}", error.kind()))?;
        let certificate = CertificateDer::from_pem_slice(&pem)
            .map_err(|_| format!("`{shown}` holds no certificate in PEM"))?;
        let key = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|_| format!("`{shown}` holds no private key in PEM that is not encrypted"))?;
        let key = match &key {
            PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(format!("the key in `{shown}` is not RSA, which Entra ID asks for")),
        }
        .map_err(|_| {
            format!("the key in `{shown}` is not RSA of 2048 bits or more, which Entra ID asks for")
        })?;
        let thumbprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &certificate));
        Ok(Self { key, thumbprint, client: client.to_owned(), audience })
    }

    /// The assertion at a time, in seconds since 1970.
    /// <https://learn.microsoft.com/entra/identity-platform/certificate-credentials#assertion-format>
    fn assertion(&self, now: i64) -> Result<String, &'static str> {
        let random = SystemRandom::new();
        let mut id = [0; 16];
        random.fill(&mut id).map_err(|_| "no random numbers")?;
        let header = Header { alg: "PS256", typ: "JWT", thumbprint: &self.thumbprint };
        let claims = Claims {
            aud: &self.audience,
            iss: &self.client,
            sub: &self.client,
            jti: URL_SAFE_NO_PAD.encode(id),
            iat: now,
            nbf: now - SKEW,
            exp: now + LIFETIME,
        };
        let mut token = format!("{}.{}", encoded(&header)?, encoded(&claims)?);
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &random, token.as_bytes(), &mut signature)
            .map_err(|_| "the assertion could not be signed")?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(rename = "x5t#S256")]
    thumbprint: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

fn encoded(part: &impl Serialize) -> Result<String, &'static str> {
    let json = serde_json::to_vec(part).map_err(|_| "the assertion could not be written")?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

#[async_trait::async_trait]
impl ClientAssertion for Certificate {
    async fn secret(&self, _options: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.assertion(jiff::Timestamp::now().as_second())
            .map_err(|what| Error::with_message(ErrorKind::Credential, what))
    }
}
