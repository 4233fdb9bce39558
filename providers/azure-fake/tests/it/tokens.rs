//! Signing in, by every way that an application has, and what tokens are good for.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, PublicKeyData};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{ARM, CLIENT, GRAPH, TENANT, World, edited};

const KIND: (&str, &str) =
    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

fn later() -> i64 {
    jiff::Timestamp::now().as_second() + 300
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A certificate with its key.
struct Signer {
    key: RsaKeyPair,
    pem: String,
    thumbprint: String,
}

impl Signer {
    fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        assert!(!key.der_bytes().is_empty());
        let certificate = CertificateParams::new(vec![]).unwrap().self_signed(&key).unwrap();
        Self {
            key: RsaKeyPair::from_pkcs8(&key.serialize_der()).unwrap(),
            pem: certificate.pem(),
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(certificate.der())),
        }
    }

    fn sign(&self, algorithm: &str, claims: &Value) -> String {
        let encoding: &'static dyn RsaEncoding =
            if algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
        let head = json!({ "alg": algorithm, "typ": "JWT", "x5t#S256": self.thumbprint });
        let signed = format!("{}.{}", part(&head), part(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn claims() -> Value {
    let audience = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    json!({ "iss": CLIENT, "sub": CLIENT, "aud": audience, "exp": later(), "jti": "1" })
}

#[tokio::test]
async fn a_certificate_signs_in_and_another_does_not() {
    let (signer, stranger) = (Signer::new(), Signer::new());
    let folder = edited("fake", |extras| extras["clients"][0]["certificate"] = signer.pem.clone().into());
    let world = World::with(folder.path(), Default::default());
    let ask = async |assertion: String| {
        let fields = [KIND, ("client_assertion", assertion.as_str()), ("scope", GRAPH)];
        world.ask_token(TENANT, &fields).await
    };
    for algorithm in ["RS256", "PS256"] {
        assert_eq!(ask(signer.sign(algorithm, &claims())).await.status, 200, "{algorithm}");
    }
    let mut stale = claims();
    stale["exp"] = (later() - 301).into();
    let mut elsewhere = claims();
    elsewhere["aud"] = "https://login.microsoftonline.com/common".into();
    let forged = Signer { thumbprint: signer.thumbprint.clone(), ..stranger };
    for (why, assertion) in [
        ("AADSTS700027", forged.sign("PS256", &claims())),
        ("AADSTS700027", signer.sign("none", &claims())),
        ("AADSTS700024", signer.sign("PS256", &stale)),
        ("AADSTS50012", signer.sign("PS256", &elsewhere)),
        ("AADSTS50027", "no.token".to_owned()),
    ] {
        let answer = ask(assertion).await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (401, Some("invalid_client")), "{why}");
        assert!(answer.body["error_description"].as_str().unwrap().starts_with(why), "{answer:?}");
    }
}

#[tokio::test]
async fn a_token_of_the_known_issuer_signs_in() {
    let world = World::new();
    let subject = "repo:brindlemoor/census:ref:refs/heads/main";
    for (subject, audience, status) in [
        (subject, "api://AzureADTokenExchange", 200),
        (subject, "something else", 401),
        ("repo:brindlemoor/census:pull_request", "api://AzureADTokenExchange", 401),
    ] {
        let claims = json!({ "iss": "https://token.actions.githubusercontent.com", "sub": subject,
                             "aud": audience, "exp": later() });
        let text = format!("{}.{}.AA", part(&json!({ "alg": "RS256" })), part(&claims));
        let fields = [KIND, ("client_assertion", text.as_str()), ("scope", GRAPH)];
        assert_eq!(world.ask_token(TENANT, &fields).await.status, status, "{subject} {audience}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_as_entra_says_it() {
    let world = World::new();
    let secret = ("client_secret", "the-scanner-of-brindlemoor");
    let scope = ("scope", GRAPH);
    for (tenant, fields, status, error, number) in [
        (TENANT, vec![("client_secret", "wrong"), scope], 401, "invalid_client", 7_000_215),
        (TENANT, vec![scope], 401, "invalid_client", 7_000_218),
        (TENANT, vec![("client_id", "nobody"), secret, scope], 400, "unauthorized_client", 700_016),
        ("nowhere.example", vec![secret, scope], 400, "invalid_request", 90_002),
        (TENANT, vec![secret, ("scope", "https://example.com/.default")], 400, "invalid_resource", 500_011),
        (TENANT, vec![secret, ("scope", "User.Read")], 400, "invalid_scope", 1_002_012),
        (TENANT, vec![("grant_type", "password"), secret], 400, "unsupported_grant_type", 70_003),
    ] {
        let answer = world.ask_token(tenant, &fields).await;
        assert_eq!((answer.status, answer.body["error"].as_str()), (status, Some(error)), "{fields:?}");
        assert_eq!(answer.body["error_codes"], json!([number]));
    }
    let by_domain = world.ask_token("brindlemoor.onmicrosoft.com", &[secret, scope]).await;
    assert_eq!(by_domain.status, 200);
}

#[tokio::test]
async fn a_token_is_good_for_its_audience_until_it_expires() {
    let world = World::set(json!({ "token_lifetime": 0 }));
    let users = "https://graph.microsoft.com/v1.0/users";
    let subscriptions = "https://management.azure.com/subscriptions?api-version=2022-12-01";
    let (graph, arm) = (world.token(GRAPH).await, world.token(ARM).await);
    let expired = world.get(&graph, users).await;
    assert_eq!((expired.status, expired.code()), (401, "InvalidAuthenticationToken"));
    assert_eq!(world.get(&arm, subscriptions).await.code(), "ExpiredAuthenticationToken");

    let world = World::new();
    let (graph, arm) = (world.token(GRAPH).await, world.token(ARM).await);
    assert_eq!(world.get(&graph, users).await.status, 200);
    assert_eq!(world.get(&arm, subscriptions).await.status, 200);
    assert_eq!(world.get(&arm, users).await.status, 401);
    let wrong = world.get(&graph, subscriptions).await;
    assert_eq!((wrong.status, wrong.code()), (401, "InvalidAuthenticationTokenAudience"));
    assert!(wrong.header("www-authenticate").starts_with("Bearer authorization_uri="), "{wrong:?}");
    let missing = world.bare(subscriptions).await;
    assert_eq!((missing.status, missing.code()), (401, "AuthenticationFailed"));
    assert_eq!(world.bare(users).await.status, 401);
}

#[tokio::test]
async fn the_machine_s_identity_gets_a_token() {
    let world = World::new();
    let url = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com";
    let answer = world.client.get(url).header("Metadata", "true").send().await.unwrap();
    let answer = crate::support::read(answer).await;
    assert_eq!((answer.status, answer.body["token_type"].as_str()), (200, Some("Bearer")));
    let token = answer.body["access_token"].as_str().unwrap();
    assert_eq!(world.get(token, "https://graph.microsoft.com/v1.0/users").await.status, 200);
    assert_eq!(world.bare(url).await.status, 400, "without the header that keeps others from asking");
    let other = format!("{url}&client_id=nobody");
    let other = world.client.get(other).header("Metadata", "true").send().await.unwrap();
    assert_eq!(other.status().as_u16(), 400);
}
