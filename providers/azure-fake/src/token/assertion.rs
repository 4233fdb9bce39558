//! Client assertions: signed with a certificate of the client, or by another issuer.

use base64::{
    Engine,
    engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use webpki::{
    EndEntityCert,
    aws_lc_rs::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY},
};

use crate::{
    http::Request,
    tenant::{Client, Tenant},
};

/// `client_assertion_type` of RFC 7523.
pub(super) const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a token of another issuer must be for, by cloud-independent default.
const EXCHANGE: [&str; 3] =
    ["api://AzureADTokenExchange", "api://AzureADTokenExchangeUSGov", "api://AzureADTokenExchangeChina"];

#[derive(Deserialize)]
struct Head {
    alg: String,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn has(&self, wanted: &str) -> bool {
        match self {
            Self::One(one) => one == wanted,
            Self::Many(many) => many.iter().any(|one| one == wanted),
        }
    }
}

/// Whether the assertion proves that the bearer is the client; otherwise what the token endpoint says.
pub(super) fn check(request: &Request, tenant: &Tenant, client: &Client, text: &str) -> Result<(), String> {
    let malformed = || "AADSTS50027: JWT token is invalid or malformed.".to_owned();
    let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
    let (head, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let head: Head = part(head).ok_or_else(malformed)?;
    let claims: Claims = part(claims).ok_or_else(malformed)?;
    let now = Timestamp::now().as_second();
    if claims.exp <= now || claims.nbf.is_some_and(|from| from > now.saturating_add(300)) {
        return Err("AADSTS700024: Client assertion is not within its valid time range.".to_owned());
    }
    if claims.iss != client.client_id {
        return federated(client, &claims);
    }
    let login = request.host.name.as_str();
    let audiences = [tenant.id.as_str()].into_iter().chain(tenant.domains.iter().map(String::as_str));
    let is_ours = audiences.into_iter().any(|name| {
        claims.aud.has(&format!("https://{login}/{name}/oauth2/v2.0/token"))
            || claims.aud.has(&format!("https://{login}/{name}/v2.0"))
    });
    if claims.sub != client.client_id || !is_ours {
        return Err("AADSTS50012: Invalid client assertion: its audience or subject is wrong.".to_owned());
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    let pem = client.certificate.as_deref().unwrap_or_default();
    signed_by(pem, &head, signed.as_bytes(), &signature).map_err(|why| {
        format!(
            "AADSTS700027: The certificate with identifier used to sign the client assertion is not \
                 registered on application. [Reason - {why}]"
        )
    })
}

fn part<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?).ok()
}

fn federated(client: &Client, claims: &Claims) -> Result<(), String> {
    let known = client.assertion.as_ref();
    if !known.is_some_and(|known| known.issuer == claims.iss && known.subject == claims.sub) {
        return Err(format!(
            "AADSTS700213: No matching federated identity record found for presented assertion subject '{}'.",
            claims.sub
        ));
    }
    if EXCHANGE.iter().any(|audience| claims.aud.has(audience)) {
        return Ok(());
    }
    Err("AADSTS700212: No matching federated identity record found for presented assertion audience."
        .to_owned())
}

fn signed_by(pem: &str, head: &Head, message: &[u8], signature: &[u8]) -> Result<(), &'static str> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| "The key was not found.")?;
    if !names(head, certificate.as_ref()) {
        return Err("The key was not found.");
    }
    let algorithm = match head.alg.as_str() {
        "RS256" => RSA_PKCS1_2048_8192_SHA256,
        "PS256" => RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        _ => return Err("The algorithm is not supported."),
    };
    EndEntityCert::try_from(&certificate)
        .and_then(|certificate| certificate.verify_signature(algorithm, message, signature))
        .map_err(|_| "The key used is not the one that signed.")
}

/// Whether the head names the certificate by one of its thumbprints, and by no wrong one.
fn names(head: &Head, certificate: &[u8]) -> bool {
    let says = |said: &Option<String>, digest: &[u8]| {
        said.as_ref().map(|said| {
            said.trim_end_matches('=') == URL_SAFE_NO_PAD.encode(digest) || *said == URL_SAFE.encode(digest)
        })
    };
    let sha1 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate);
    let answers = [says(&head.x5t, sha1.as_ref()), says(&head.x5t_s256, &Sha256::digest(certificate))];
    answers.iter().any(Option::is_some) && answers.iter().flatten().all(|same| *same)
}
