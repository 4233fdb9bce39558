//! A running fake with a client that knows nothing but its proxy and its authority.

use std::{
    fs,
    path::{Path, PathBuf},
};

use census_fake_azure::{Call, Fake, Settings, Tenant};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const TENANT: &str = "b41d1e00-0000-4000-8000-000000000001";
pub(crate) const CLIENT: &str = "b41d1e00-0003-4000-8000-00000000000d";
pub(crate) const SECRET: &str = "the-scanner-of-brindlemoor";
pub(crate) const PLATFORM: &str = "b41d1e00-0007-4000-8000-000000000001";
pub(crate) const SHOP: &str = "b41d1e00-0007-4000-8000-000000000002";

pub(crate) const GRAPH: &str = "https://graph.microsoft.com/.default";
pub(crate) const ARM: &str = "https://management.azure.com/.default";
pub(crate) const VAULT: &str = "https://vault.azure.net/.default";
pub(crate) const HSM: &str = "https://managedhsm.azure.net/.default";

/// The folder of the small tenant.
pub(crate) fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants/small")
}

/// A copy of the small tenant with one of its files edited.
pub(crate) fn edited(file: &str, edit: impl FnOnce(&mut Value)) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&small(), copy.path());
    let path = copy.path().join(format!("{file}.json"));
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut value);
    fs::write(&path, value.to_string()).unwrap();
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &copy);
        } else {
            fs::copy(&path, &copy).unwrap();
        }
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// The ids of a list's items.
    pub(crate) fn ids(&self) -> Vec<&str> {
        let items = self.body["value"].as_array().unwrap_or_else(|| panic!("no list: {self:?}"));
        items.iter().map(|item| item["id"].as_str().or(item["kid"].as_str()).unwrap()).collect()
    }
}

/// A fake, and a client of it.
pub(crate) struct World {
    pub(crate) fake: Fake,
    pub(crate) client: reqwest::Client,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&small(), Settings::default())
    }

    /// The small tenant with other settings, as JSON.
    pub(crate) fn set(settings: Value) -> Self {
        Self::with(&small(), serde_json::from_value(settings).unwrap())
    }

    pub(crate) fn with(folder: &Path, settings: Settings) -> Self {
        let fake = Fake::start(Tenant::open_all(folder).unwrap(), settings).unwrap();
        let authority = fs::read(fake.ca_pem_path()).unwrap();
        let client = reqwest::Client::builder()
            .proxy(reqwest::Proxy::all(fake.proxy_url()).unwrap())
            .tls_certs_merge([reqwest::Certificate::from_pem(&authority).unwrap()])
            .build()
            .unwrap();
        Self { fake, client }
    }

    /// A token for a scope, by the client's secret.
    pub(crate) async fn token(&self, scope: &str) -> String {
        let answer = self.ask_token(TENANT, &[("client_secret", SECRET), ("scope", scope)]).await;
        answer.body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer:?}")).to_owned()
    }

    pub(crate) async fn ask_token(&self, tenant: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = vec![("grant_type", "client_credentials"), ("client_id", CLIENT)];
        form.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        form.extend(fields);
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let body: Vec<_> =
            form.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let url = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token");
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        read(request.body(body.join("&")).send().await.unwrap()).await
    }

    /// A GET without a token.
    pub(crate) async fn bare(&self, url: &str) -> Answer {
        read(self.client.get(url).send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, token: &str, url: &str) -> Answer {
        read(self.client.get(url).bearer_auth(token).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, token: &str, url: &str, body: &Value) -> Answer {
        read(self.client.post(url).bearer_auth(token).body(body.to_string()).send().await.unwrap()).await
    }

    pub(crate) async fn graph(&self, path: &str) -> Answer {
        let token = self.token(GRAPH).await;
        self.get(&token, &format!("https://graph.microsoft.com/v1.0/{path}")).await
    }

    /// A GET of ARM, with the api-version in its query.
    pub(crate) async fn arm(&self, path: &str) -> Answer {
        let token = self.token(ARM).await;
        self.get(&token, &format!("https://management.azure.com/{path}")).await
    }

    pub(crate) fn last_call(&self) -> Call {
        self.fake.calls().pop().unwrap()
    }
}

pub(crate) async fn read(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
