//! Microsoft's own client beside Census: Census signs in by it, and both say the same of the same tenant.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use census_fake_azure::{Fake, HostKind, Settings, Tenant};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    azure::{CLIENT, SECRET, TENANT, behind, fake, scan, small, text},
    azure_clouds::tenant_in,
    support::census::{Census, Run},
};

/// What a session of `az` would otherwise tell Microsoft or ask its package index for.
const QUIET: [(&str, &str); 4] = [
    ("AZURE_CORE_COLLECT_TELEMETRY", "false"),
    ("AZURE_CORE_NO_COLOR", "true"),
    ("AZURE_CORE_LOGIN_EXPERIENCE_V2", "false"),
    ("AZURE_CORE_SURVEY_MESSAGE", "false"),
];

/// Where `az` looks for newer releases of itself; it does without.
const UPDATES: &str = "azcliprod.blob.core.windows.net:443";

/// The folder of the environment with Microsoft's clients.
fn environment() -> PathBuf {
    let folder = std::env::var_os("CENSUS_AZURE_TEST_ENV")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/azure-test-env"), PathBuf::from);
    let folder = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    assert!(
        folder.join("az").is_file(),
        "`{}` has no az: run `cargo xtask test`, or point CENSUS_AZURE_TEST_ENV at an environment with \
         tests/azure-requirements.txt",
        folder.display()
    );
    folder
}

/// The Azure CLI with a configuration of its own, behind the fake.
struct Az {
    settings: TempDir,
    variables: Vec<(String, String)>,
}

impl Az {
    fn new(fake: &Fake) -> Self {
        let settings = TempDir::new().unwrap();
        let bin = environment();
        let shown = |path: &Path| path.display().to_string();
        let mut variables = vec![
            ("AZURE_CONFIG_DIR".to_owned(), shown(settings.path())),
            ("PATH".to_owned(), format!("{}:/usr/bin:/bin", bin.display())),
            // Compiled once for all runs.
            ("PYTHONPYCACHEPREFIX".to_owned(), shown(&bin.with_file_name("pycache"))),
        ];
        variables.extend(QUIET.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        variables.extend(fake.environment().into_iter().map(|(name, value)| (name.to_owned(), value)));
        Self { settings, variables }
    }

    /// Runs a command and gives what it prints.
    fn run(&self, words: &[&str]) -> Value {
        let done = Command::new(environment().join("az"))
            .args(words)
            .args(["--output", "json"])
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("HOME", self.settings.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "az {}: {}", words.join(" "), String::from_utf8_lossy(&done.stderr));
        if done.stdout.is_empty() { Value::Null } else { serde_json::from_slice(&done.stdout).unwrap() }
    }

    fn sign_in(&self) {
        let words = ["login", "--service-principal", "--username", CLIENT, "--password", SECRET];
        self.run(&words.into_iter().chain(["--tenant", TENANT]).collect::<Vec<_>>());
    }

    /// Census with this session, and no secret of its own.
    fn census(&self, fake: &Fake) -> Census {
        let census = behind(fake);
        self.variables.iter().fold(census, |census, (name, value)| census.with(name, value))
    }
}

fn only_microsoft(fake: &Fake) {
    let foreign: Vec<_> = fake.refused_hosts().into_iter().filter(|host| host != UPDATES).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

fn words(run: &Run) -> Value {
    run.json()["identities"].clone()
}

#[test]
fn whoever_signed_in_with_the_azure_cli_scans() {
    let fake = fake(Settings::default());
    let az = Az::new(&fake);
    // Nobody signed in yet; then there is no program.
    let (code, run) = scan(&az.census(&fake), &["--sign-in", "azure-cli"]);
    assert_eq!(code, 1, "{run}");
    assert!(run.stderr.contains("`az account get-access-token` gave no token"), "{run}");
    let census = az.census(&fake).with("PATH", "/nowhere");
    let (code, run) = scan(&census, &["--sign-in", "azure-cli"]);
    assert_eq!(code, 1, "{run}");
    assert!(run.stderr.contains("the `az` program was not found"), "{run}");

    az.sign_in();
    fake.clear_calls();
    let (code, by_cli) = scan(&az.census(&fake), &["--sign-in", "azure-cli"]);
    assert_eq!(code, 0, "{by_cli}");
    let apis: BTreeSet<_> = fake.calls().iter().map(|call| format!("{:?}", call.kind)).collect();
    for kind in [HostKind::Arm, HostKind::Graph, HostKind::Vault, HostKind::Hsm] {
        assert!(apis.contains(&format!("{kind:?}")), "{kind:?} was not read: {apis:?}");
    }
    // As somebody who signed in with the application's secret sees it.
    let with_secret = behind(&fake).with("AZURE_CLIENT_ID", CLIENT).with("AZURE_CLIENT_SECRET", SECRET);
    let (_, by_secret) = scan(&with_secret, &["--sign-in", "client-secret"]);
    assert_eq!(words(&by_cli), words(&by_secret));
    assert!(!by_cli.to_string().contains("eyJ"), "a token in the output");
    only_microsoft(&fake);
}

/// The CLI goes to China's authority by its older name; Census takes its tokens all the same.
#[test]
fn the_azure_cli_of_another_cloud_signs_in_too() {
    let folder = tenant_in("china", "vault.azure.cn", "managedhsm.azure.cn");
    let fake = Fake::start(vec![Tenant::open(folder.path()).unwrap()], Settings::default()).unwrap();
    let az = Az::new(&fake);
    az.run(&["cloud", "set", "--name", "AzureChinaCloud"]);
    az.sign_in();
    let (code, run) = scan(&az.census(&fake), &["--sign-in", "azure-cli", "--azure-cloud", "china"]);
    assert_eq!(code, 0, "{run}");
    only_microsoft(&fake);
}

/// What both say of the small tenant.
struct Both {
    az: Az,
    census: Census,
    fake: Fake,
    report: Value,
}

impl Both {
    fn new() -> Self {
        let fake = fake(Settings::default());
        let az = Az::new(&fake);
        az.sign_in();
        let census = Census::offline();
        let report = scan(&census, &["--from", small().to_str().unwrap()]).1.json();
        Self { az, census, fake, report }
    }

    /// What `az` lists in every subscription, each once.
    fn everywhere(&self, words: &[&str]) -> Vec<Value> {
        let mut found = BTreeMap::new();
        for subscription in self.az.run(&["account", "list"]).as_array().unwrap() {
            let id = text(&subscription["id"]);
            let words: Vec<&str> = words.iter().copied().chain(["--subscription", &id]).collect();
            for item in self.az.run(&words).as_array().unwrap() {
                found.insert(text(&item["id"]).to_ascii_lowercase(), item.clone());
            }
        }
        found.into_values().collect()
    }

    /// The role assignments that Census says an identity holds: id in lower case and role.
    fn held(&self, identity: &str) -> BTreeSet<(String, String)> {
        let words =
            ["explain", identity, "--from", small().to_str().unwrap(), "--format", "json"].map(str::to_owned);
        let explained = self.census.run(&words).json();
        let policies = explained["identity"]["policies"].as_array().unwrap().clone();
        // What somebody may switch on is in no list of `az`.
        let standing = |one: &&Value| text(&one["native_id"]).contains("/roleAssignments/");
        let of_roles = policies.iter().filter(|one| one["how"] == "role-assignment").filter(standing);
        of_roles.map(|one| (text(&one["native_id"]).to_ascii_lowercase(), text(&one["name"]))).collect()
    }

    fn identities(&self) -> impl Iterator<Item = &Value> {
        self.report["identities"].as_array().unwrap().iter()
    }
}

/// Roles by the last part of their ids, which is the same at every scope.
struct Roles(BTreeMap<String, Value>);

impl Roles {
    fn of(both: &Both) -> Self {
        let all = both.everywhere(&["role", "definition", "list"]);
        Self(all.into_iter().map(|role| (text(&role["name"]), role)).collect())
    }

    fn of_assignment(&self, assignment: &Value) -> &Value {
        let id = text(&assignment["roleDefinitionId"]);
        &self.0[id.rsplit('/').next().unwrap()]
    }

    fn shown(&self, assignment: &Value) -> (String, String) {
        (text(&assignment["id"]).to_ascii_lowercase(), text(&self.of_assignment(assignment)["roleName"]))
    }
}

#[test]
fn the_azure_cli_and_census_list_the_same() {
    let both = Both::new();
    let ids = |items: &[Value]| -> BTreeSet<String> {
        items.iter().map(|item| text(&item["id"]).to_ascii_lowercase()).collect()
    };
    let principals = ids(both.az.run(&["ad", "sp", "list", "--all"]).as_array().unwrap());
    let known: BTreeSet<String> = both
        .identities()
        .filter(|one| one["kind"] != "entra-user" && one["kind"] != "entra-application")
        .filter(|one| one["deleted"].is_null())
        .map(|one| text(&one["native_id"]))
        .collect();
    assert_eq!(principals, known, "service principals");
    let vaults = ids(&both.everywhere(&["keyvault", "list"]));
    let known: BTreeSet<String> = both.report["vaults"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["deleted"].is_null())
        .map(|one| text(&one["native_id"]).to_ascii_lowercase())
        .collect();
    assert_eq!(vaults, known, "vaults and managed HSMs");
    only_microsoft(&both.fake);
}

/// Every assignment that `az` shows for a principal is in Census's answer, and none more.
#[test]
fn the_azure_cli_and_census_agree_about_who_holds_which_role() {
    let both = Both::new();
    let all = both.everywhere(&["role", "assignment", "list", "--all"]);
    let roles = Roles::of(&both);
    let mut direct: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for one in &all {
        direct.entry(text(&one["principalId"])).or_default().insert(roles.shown(one));
    }
    let (mut compared, mut by_groups) = (0, 0);
    for identity in both.identities() {
        let id = text(&identity["native_id"]);
        let held = both.held(&id);
        let own = direct.remove(&id).unwrap_or_default();
        compared += own.len();
        if held == own {
            continue;
        }
        // What they hold beside that, they hold as members of groups, which `az` looks up when asked to.
        let words = ["role", "assignment", "list", "--all", "--include-groups", "--assignee-object-id", &id];
        let whole: BTreeSet<_> = both.everywhere(&words).iter().map(|one| roles.shown(one)).collect();
        assert_eq!(held, whole, "{}", identity["name"]);
        by_groups += whole.len() - own.len();
    }
    assert!(compared >= 5 && by_groups >= 1, "{compared} {by_groups}");
    // What is left is held by groups, and by whoever no longer exists.
    for (principal, held) in direct {
        let kinds: BTreeSet<String> = all
            .iter()
            .filter(|one| text(&one["principalId"]) == principal)
            .map(|one| text(&one["principalType"]))
            .collect();
        let gone = both.report["findings"].as_array().unwrap().iter().any(|finding| {
            finding["rule"] == "assignment-of-deleted-principal" && finding.to_string().contains(&principal)
        });
        assert!(kinds.contains("Group") || gone, "{principal}: {held:?}");
    }
    only_microsoft(&both.fake);
}

/// Whether a pattern of a role covers an action: `*` is any text, case does not count.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let mut rest = action.as_str();
    let parts: Vec<&str> = pattern.split('*').collect();
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        let found = match (at, last) {
            (0, true) => return rest == *part,
            (0, false) => rest.starts_with(part).then_some(0),
            (_, true) => return rest.ends_with(part),
            _ => rest.find(part),
        };
        let Some(found) = found else { return false };
        rest = &rest[found + part.len()..];
    }
    true
}

/// Who may do something, by what `az` lists at a scope and above it, and by `census who-can`.
#[test]
fn the_azure_cli_and_census_agree_about_who_can() {
    let both = Both::new();
    let roles = Roles::of(&both);
    let shop = "/subscriptions/b41d1e00-0007-4000-8000-000000000002";
    let vault = format!("{shop}/resourceGroups/rg-orders/providers/Microsoft.KeyVault/vaults/kv-orders");
    for (action, list, scope) in [
        ("Microsoft.Authorization/roleAssignments/write", "actions", shop.to_owned()),
        ("Microsoft.Storage/storageAccounts/listKeys/action", "actions", shop.to_owned()),
        ("Microsoft.KeyVault/vaults/read", "actions", vault.clone()),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action", "dataActions", vault),
    ] {
        let except = if list == "actions" { "notActions" } else { "notDataActions" };
        let gives = |assignment: &Value| {
            let role = roles.of_assignment(assignment);
            let named = |permission: &Value, list: &str| {
                permission[list].as_array().unwrap().iter().any(|one| covers(&text(one), action))
            };
            let permissions = role["permissions"].as_array().unwrap();
            permissions.iter().any(|one| named(one, list) && !named(one, except))
        };
        let mut shown = 0;
        let who = both.census.run(&[
            "who-can",
            action,
            &scope,
            "--format",
            "json",
            "--from",
            small().to_str().unwrap(),
        ]);
        for identity in who.json()["identities"].as_array().unwrap() {
            let (id, decision) = (text(&identity["native_id"]), text(&identity["decision"]));
            // `az` is asked of all that Census says may, and of some that it says may not.
            if decision == "denied" && shown >= 4 {
                continue;
            }
            shown += usize::from(decision == "denied");
            let words =
                ["role", "assignment", "list", "--include-inherited", "--include-groups", "--scope", &scope];
            let listed =
                both.az.run(&words.into_iter().chain(["--assignee-object-id", &id]).collect::<Vec<_>>());
            let giving: Vec<&Value> = listed.as_array().unwrap().iter().filter(|one| gives(one)).collect();
            let certain = giving.iter().any(|one| one["condition"].is_null());
            let decides = |one: &&Value| {
                let named = identity["because"][0]["native_id"].as_str().unwrap_or_default();
                text(&one["id"]).eq_ignore_ascii_case(named)
            };
            let agrees = match decision.as_str() {
                "allowed" => certain && giving.iter().any(decides),
                // What somebody may switch on is in no list of `az`.
                "conditional" => !giving.is_empty() || identity["residual"]["atoms"][0] == "activation",
                _ => giving.is_empty() || identity["denied_by"] == "explicit",
            };
            assert!(agrees, "{action}: {} is {decision}, az lists {giving:?}", identity["name"]);
        }
    }
    only_microsoft(&both.fake);
}
