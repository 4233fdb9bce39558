//! Every way to sign in, and several tenants.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};

use super::*;

const OTHER: &str = "10000000-0000-4000-8000-000000000002";

async fn signed_in(
    fake: &Fake,
    options: &AzureOptions,
    environment: Environment,
) -> Result<Caller, FetchError> {
    let environment = Arc::new(environment);
    sign_in(options, &gate_to(fake), &environment, Some(TENANT), None).await.map(|(_, caller)| caller)
}

fn with(kind: CredentialKind) -> AzureOptions {
    AzureOptions { credentials: vec![kind], client_id: Some(CLIENT.to_owned()), ..options() }
}

fn caller() -> Caller {
    Caller { tenant: TENANT.to_owned(), object: Some(object(1)) }
}

#[tokio::test]
async fn a_certificate_signs_in_and_another_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str| {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        let path = folder.path().join(name);
        fs::write(&path, format!("{}{}", certificate.pem(), key.serialize_pem())).unwrap();
        (path, certificate.pem())
    };
    let ((path, pem), (stranger, _)) = (made("own.pem"), made("other.pem"));
    let extras = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "certificate": pem}]});
    let fake = start_with(vec![documents()], &extras, Settings::default());
    let options = AzureOptions { certificate_path: Some(path), ..with(CredentialKind::ClientCertificate) };
    assert_eq!(signed_in(&fake, &options, Environment::default()).await.unwrap(), caller());

    let options = AzureOptions { certificate_path: Some(stranger), ..options };
    let error = signed_in(&fake, &options, Environment::default()).await.unwrap_err().to_string();
    assert!(error.contains("client certificate: HTTP 401 AADSTS700027"), "{error}");

    let nothing = folder.path().join("nothing.pem");
    fs::write(&nothing, "-----BEGIN NOTHING-----").unwrap();
    for (path, what) in [(nothing, "holds no certificate"), (folder.path().join("gone.pem"), "cannot read")] {
        let options = AzureOptions { certificate_path: Some(path), ..options.clone() };
        let error = signed_in(&fake, &options, Environment::default()).await.unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_signs_in() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    let claims = json!({"iss": "https://oidc.example", "sub": "system:serviceaccount:a:b",
        "aud": "api://AzureADTokenExchange", "exp": 4_000_000_000_u64});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, format!("{}.{}.c2ln", part(&json!({"alg": "RS256"})), part(&claims))).unwrap();
    let assertion = json!({"issuer": "https://oidc.example", "subject": "system:serviceaccount:a:b"});
    let extras = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "assertion": assertion}]});
    let fake = start_with(vec![documents()], &extras, Settings::default());
    let environment = Environment::of_token_file(CLIENT, &file);
    let options = with(CredentialKind::WorkloadIdentity);
    assert_eq!(signed_in(&fake, &options, environment).await.unwrap(), caller());
}

#[tokio::test]
async fn a_managed_identity_signs_in_where_the_chain_comes_to_it() {
    let extras = json!({"managed_identity": {"client_id": CLIENT, "object_id": object(1)}});
    let fake = start_with(vec![documents()], &extras, Settings::default());
    let options = AzureOptions { credentials: Vec::new(), ..with(CredentialKind::ManagedIdentity) };
    assert_eq!(signed_in(&fake, &options, Environment::default()).await.unwrap(), caller());
}

/// The same tenant with another id.
fn other() -> Vec<(&'static str, Value)> {
    let renamed = |value: Value| {
        let text = value.to_string();
        serde_json::from_str(&text.replace(TENANT, OTHER).replace("kv-", "kw-").replace("hsm-", "hsn-"))
            .unwrap()
    };
    documents().into_iter().map(|(name, value)| (name, renamed(value))).collect()
}

#[tokio::test]
async fn several_tenants_lie_side_by_side_and_one_that_refuses_is_a_gap() {
    let extras = json!({"clients": [{"client_id": CLIENT, "object_id": object(1), "secret": SECRET}]});
    let fake = start_with(vec![documents(), other()], &extras, Settings::default());
    let nobody = "10000000-0000-4000-8000-000000000009";
    let tenants = [TENANT, OTHER, nobody].map(str::to_owned).to_vec();
    let (store, _) = scan_with(&fake, &AzureOptions { tenants, ..options() }, None).await;
    for tenant in [TENANT, OTHER] {
        assert_eq!(ids(&store, &format!("tenants/{tenant}/graph/servicePrincipals.json")).len(), 5);
        assert_eq!(ids(&store, &format!("tenants/{tenant}/arm/vaultObjects.json")).len(), 3, "{tenant}");
    }
    let manifest = store.manifest().unwrap();
    assert_eq!(manifest.scopes_done, [TENANT, OTHER]);
    let gaps: Vec<_> =
        manifest.gaps.iter().map(|gap| (gap.scope.as_ref().unwrap().as_str(), gap.reason)).collect();
    assert_eq!(gaps, [(&*format!("azure:tenant/{nobody}"), GapReason::Denied)]);
}
