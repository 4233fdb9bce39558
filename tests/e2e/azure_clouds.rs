//! The four clouds: each has hosts of its own, and nothing of one goes to another.

use std::{collections::BTreeSet, fs, path::Path};

use census_fake_azure::{Fake, HostKind, Settings, Tenant};
use tempfile::TempDir;

use crate::azure::{CLIENT, SECRET, behind, copy, gaps, scan, small};

/// A cloud: its word, the fake's word, its authority, its Graph, its Resource Manager, and the suffixes of vaults and HSMs.
/// <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>,
/// <https://learn.microsoft.com/graph/deployments>
const CLOUDS: [[&str; 7]; 4] = [
    [
        "public",
        "public",
        "login.microsoftonline.com",
        "graph.microsoft.com",
        "management.azure.com",
        "vault.azure.net",
        "managedhsm.azure.net",
    ],
    [
        "us-government",
        "us_government",
        "login.microsoftonline.us",
        "graph.microsoft.us",
        "management.usgovcloudapi.net",
        "vault.usgovcloudapi.net",
        "managedhsm.usgovcloudapi.net",
    ],
    [
        "us-government-dod",
        "us_government",
        "login.microsoftonline.us",
        "dod-graph.microsoft.us",
        "management.usgovcloudapi.net",
        "vault.usgovcloudapi.net",
        "managedhsm.usgovcloudapi.net",
    ],
    [
        "china",
        "china",
        "login.partner.microsoftonline.cn",
        "microsoftgraph.chinacloudapi.cn",
        "management.chinacloudapi.cn",
        "vault.azure.cn",
        "managedhsm.azure.cn",
    ],
];

/// The small tenant in another cloud.
pub(crate) fn tenant_in(cloud: &str, vaults: &str, hsms: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&small(), folder.path());
    for name in ["vaults", "managedHsms", "deletedVaults", "deletedManagedHsms", "vaultObjects"] {
        let file = folder.path().join(format!("arm/{name}.json"));
        let Ok(text) = fs::read_to_string(&file) else { continue };
        fs::write(file, text.replace("vault.azure.net", vaults).replace("managedhsm.azure.net", hsms))
            .unwrap();
    }
    set_cloud(&folder.path().join("fake.json"), cloud);
    folder
}

fn set_cloud(file: &Path, cloud: &str) {
    let mut extras: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    extras["cloud"] = cloud.into();
    fs::write(file, extras.to_string()).unwrap();
}

#[test]
fn each_cloud_is_read_at_its_own_hosts_and_at_no_others() {
    for [word, cloud, login, graph, arm, vaults, hsms] in CLOUDS {
        let folder = tenant_in(cloud, vaults, hsms);
        let fake = Fake::start(vec![Tenant::open(folder.path()).unwrap()], Settings::default()).unwrap();
        let census = behind(&fake).with("AZURE_CLIENT_ID", CLIENT).with("AZURE_CLIENT_SECRET", SECRET);
        let (code, run) = scan(&census, &["--azure-cloud", word]);
        assert_eq!(code, 0, "{word}: {run}");
        assert_eq!(gaps(&run.json()), [], "{word}");
        assert!(fake.refused_hosts().is_empty(), "{word}: {:?}", fake.refused_hosts());
        let hosts = |kind: HostKind| -> BTreeSet<String> {
            let calls = fake.calls().into_iter().filter(|call| call.kind == kind);
            calls.map(|call| call.host).collect()
        };
        let only = |host: &str| BTreeSet::from([host.to_owned()]);
        assert_eq!(hosts(HostKind::Login), only(login), "{word}");
        assert_eq!(hosts(HostKind::Graph), only(graph), "{word}");
        assert_eq!(hosts(HostKind::Arm), only(arm), "{word}");
        for (kind, suffix) in [(HostKind::Vault, vaults), (HostKind::Hsm, hsms)] {
            let below = format!(".{suffix}");
            assert!(!hosts(kind).is_empty(), "{word}: no {kind:?}");
            assert!(hosts(kind).iter().all(|host| host.ends_with(&below)), "{word}: {:?}", hosts(kind));
        }
    }
}

/// The word of the configuration decides, not what a tenant's documents say.
#[test]
fn a_tenant_of_another_cloud_is_not_found_and_its_vaults_are_not_asked() {
    let folder = tenant_in("china", "vault.azure.cn", "managedhsm.azure.cn");
    let fake = Fake::start(vec![Tenant::open(folder.path()).unwrap()], Settings::default()).unwrap();
    let census = behind(&fake).with("AZURE_CLIENT_ID", CLIENT).with("AZURE_CLIENT_SECRET", SECRET);
    let (code, run) = scan(&census, &["--azure-cloud", "public", "--sign-in", "client-secret"]);
    assert_eq!(code, 1, "{run}");
    assert!(run.stderr.contains("nobody could sign in to tenant"), "{run}");
    // Vaults that say they lie in another cloud are left alone.
    let folder = tenant_in("public", "vault.azure.cn", "managedhsm.azure.cn");
    let fake = Fake::start(vec![Tenant::open(folder.path()).unwrap()], Settings::default()).unwrap();
    let census = behind(&fake).with("AZURE_CLIENT_ID", CLIENT).with("AZURE_CLIENT_SECRET", SECRET);
    let (code, run) = scan(&census, &[]);
    assert_eq!(code, 3, "{run}");
    assert!(fake.calls().iter().all(|call| call.kind != HostKind::Vault && call.kind != HostKind::Hsm));
    assert!(fake.refused_hosts().is_empty(), "{:?}", fake.refused_hosts());
}
