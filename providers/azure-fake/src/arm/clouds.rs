//! `GET /metadata/endpoints`: the hosts of each cloud.

use serde_json::{Value, json};

use crate::{
    cloud::{CLOUDS, Names},
    http::Answer,
};

pub(super) fn endpoints() -> Answer {
    let all: Vec<Value> = CLOUDS.iter().map(cloud).collect();
    Answer::json(200, Value::from(all).to_string())
}

fn cloud(names: &Names) -> Value {
    let login = names.login.first().copied().unwrap_or_default();
    let graph = names.graph.first().copied().unwrap_or_default();
    json!({
        "portal": format!("https://portal.{}", names.vault_suffix.trim_start_matches("vault.")),
        "authentication": {
            "loginEndpoint": format!("https://{login}"),
            "audiences": names.arm_audiences.iter().map(|name| format!("{name}/")).collect::<Vec<_>>(),
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "name": names.title,
        "suffixes": {
            "keyVaultDns": names.vault_suffix,
            "mhsmDns": names.hsm_suffix,
        },
        "resourceManager": format!("https://{}/", names.arm),
        "microsoftGraphResourceId": format!("https://{graph}/"),
    })
}
