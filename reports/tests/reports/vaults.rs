//! `census vaults`: what its forms show, and that names in it are harmless.

use std::collections::BTreeMap;

use census_fixtures::azure;
use census_model::{
    AccessModel, Because, Decision, Estate, EstateBuilder, Exposure, GapReason, Identity, IdentityId,
    OwnerStatus, Ownership, Part, Reaches, Severity, StatementEffect, TechniqueConfidence, TechniqueId, Text,
    Vault, VaultAccess, VaultAccesses, VaultCell, VaultGain, VaultHold, VaultId, VaultNeed, VaultObjectKind,
    VaultPower, VaultRoute, VaultWay, Via,
};
use census_reports::{
    Format, Input, Options, VaultsOf, explain, vaults_schema, vaults_text, write_vaults_csv,
    write_vaults_json,
};

use crate::files::files;

struct Tenant {
    estate: Estate,
    ownership: Ownership,
    vaults: VaultAccesses,
}

impl Tenant {
    fn look<R>(&self, look: impl FnOnce(&Input<'_>) -> R) -> R {
        look(&Input {
            tool_version: "0.0.0-test",
            estate: &self.estate,
            ownership: &self.ownership,
            reaches: &Reaches::default(),
            uses: &census_model::PrivilegeUses::new(),
            vaults: &self.vaults,
            findings: &[],
        })
    }

    fn vault(&self, name: &str) -> &Vault {
        self.estate.vaults.iter().find(|vault| &*vault.name == name).unwrap()
    }

    fn identity(&self, name: &str) -> &Identity {
        self.estate.identities.iter().find(|one| &*one.name == name).unwrap()
    }
}

fn because(to: &Identity, role: &str, says: &str) -> Vec<Because> {
    let grant = azure::role_assignment(&to.id, azure::subscription_scope(), role);
    vec![Because {
        part: Part::Decides,
        effect: StatementEffect::Allow,
        attached_to: grant.attached_to,
        via: grant.via,
        statement: "*".into(),
        says: says.into(),
    }]
}

fn hold(power: VaultPower, decision: Decision, object: Option<&str>, because: Vec<Because>) -> VaultHold {
    VaultHold {
        power,
        object: object.map(Into::into),
        absent: false,
        except: Vec::new(),
        decision,
        action: "Microsoft.KeyVault/vaults/secrets/getSecret/action".into(),
        open: (decision == Decision::Conditional).then(|| Text::from("a person switches it on")),
        because: because.into(),
        gaps: Vec::new(),
    }
}

fn route(id: &str, gives: VaultGain, confidence: TechniqueConfidence) -> (TechniqueId, VaultRoute) {
    let id = TechniqueId::new(id);
    let route = VaultRoute {
        id: id.clone(),
        name: "an access policy for itself".into(),
        says: "adds an access policy for itself".into(),
        gives,
        severity: Severity::Critical,
        confidence,
        doubt: (confidence != TechniqueConfidence::Documented).then(|| "pages contradict each other".into()),
        sources: vec!["https://learn.microsoft.com/azure/key-vault/general/rbac-guide".into()],
    };
    (id, route)
}

fn way(id: &str, decision: Decision, because: Vec<Because>) -> VaultWay {
    let need = VaultNeed {
        action: "Microsoft.KeyVault/vaults/write".into(),
        assigning: None,
        decision,
        open: None,
        because: because.into(),
        gaps: Vec::new(),
    };
    VaultWay { route: TechniqueId::new(id), object: None, decision, needs: vec![need] }
}

/// Two vaults, one of them exposed; one program that reads, one that could, one that perhaps could, one person who reads one
/// secret. `hostile` goes into every name.
fn tenant(hostile: &str) -> Tenant {
    let mut estate = EstateBuilder::new();
    azure::tenant(&mut estate);
    let name = |name: &str| format!("{hostile}{name}");
    let reader = azure::service_principal(&name("billing"));
    let could = azure::user_assigned(&name("deployer"));
    let perhaps = azure::service_principal(&name("pipeline"));
    let person = azure::person(&name("ana@brindlemoor.example"));
    for identity in [&reader, &could, &perhaps, &person] {
        estate.identity(identity.clone());
    }
    let open = Vault {
        access: Some(AccessModel::AccessPolicies),
        exposure: Some(Exposure::Public),
        ..azure::vault(&name("payments"))
    };
    let closed = azure::vault(&name("signing"));
    for (kind, object) in [
        (VaultObjectKind::Secret, "api"),
        (VaultObjectKind::Secret, "smtp"),
        (VaultObjectKind::Key, "tokens"),
    ] {
        estate.vault_object(azure::vault_object(&open, kind, object));
    }
    estate.vault(open.clone());
    estate.vault(closed.clone());
    let read = "Microsoft.Authorization/roleAssignments/read";
    let gap = azure::unread(read, GapReason::Denied, &[]);
    estate.gap(gap.clone());
    let mut ownership = Ownership::default();
    for (identity, status) in [(&reader, OwnerStatus::Registered), (&could, OwnerStatus::Unowned)] {
        let record = census_model::OwnerRecord {
            status,
            business_owner: (status == OwnerStatus::Registered).then(|| name("Ada").into()),
            technical_steward: None,
            claims: Vec::new(),
            gaps: Vec::new(),
            parties: Vec::new(),
            departed: Vec::new(),
            successors: Vec::new(),
            registration: None,
            life: None,
            because: "for the test".into(),
        };
        ownership.records.insert(identity.id.clone(), record);
    }
    let says = "allows it in subscription 5b5c0000-0000-4000-8000-000000000003";
    let policy = |to: &Identity| {
        let mut because = because(to, "", "allows it on all that the vault holds");
        because[0].via = Via::AccessPolicy { vault: open.id.clone(), application: None, tenant: None };
        because[0].statement = "secrets get".into();
        because
    };
    let accesses = vec![
        VaultAccess {
            holds: vec![
                hold(VaultPower::SecretsRead, Decision::Allowed, None, policy(&reader)),
                hold(VaultPower::KeysUse, Decision::Allowed, None, policy(&reader)),
            ],
            ways: Vec::new(),
        },
        VaultAccess {
            holds: vec![hold(
                VaultPower::VaultWrite,
                Decision::Allowed,
                None,
                because(&could, &name("Contributor"), says),
            )],
            ways: vec![way(
                "az-kv-accesspolicy-self-grant",
                Decision::Allowed,
                because(&could, &name("Contributor"), says),
            )],
        },
        VaultAccess {
            holds: Vec::new(),
            ways: vec![way(
                "az-kv-permission-model-flip",
                Decision::Allowed,
                because(&perhaps, &name("Writer"), says),
            )],
        },
        VaultAccess {
            holds: vec![hold(
                VaultPower::SecretsRead,
                Decision::Conditional,
                Some("/secrets/api"),
                because(&person, &name("Reader of one"), says),
            )],
            ways: Vec::new(),
        },
    ];
    let cells = vec![(0, 0, 0), (1, 0, 1), (2, 1, 2), (3, 0, 3)];
    let cell = |(actors, places, access)| VaultCell { actors, places, access };
    let actors: Vec<Vec<IdentityId>> =
        [&reader, &could, &perhaps, &person].map(|one| vec![one.id.clone()]).into();
    let places: Vec<Vec<VaultId>> = vec![vec![open.id.clone()], vec![closed.id.clone()]];
    let vaults = VaultAccesses {
        routes: BTreeMap::from([
            route("az-kv-accesspolicy-self-grant", VaultGain::Everything, TechniqueConfidence::Documented),
            route("az-kv-permission-model-flip", VaultGain::Everything, TechniqueConfidence::Disputed),
        ]),
        actor_of: actors.iter().enumerate().map(|(at, ids)| (ids[0].clone(), at)).collect(),
        place_of: places.iter().enumerate().map(|(at, ids)| (ids[0].clone(), at)).collect(),
        actors,
        places,
        unread: vec![Vec::new(), vec![gap.id]],
        accesses,
        cells: cells.into_iter().map(cell).collect(),
        cells_at: vec![vec![0, 1, 3], vec![2]],
    };
    Tenant { estate: census_fixtures::finish(estate), ownership, vaults }
}

fn csv(tenant: &Tenant, of: VaultsOf<'_>) -> String {
    let mut bytes = Vec::new();
    tenant.look(|input| write_vaults_csv(input, of, &mut bytes)).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn json(tenant: &Tenant, of: VaultsOf<'_>) -> serde_json::Value {
    let mut bytes = Vec::new();
    tenant.look(|input| write_vaults_json(input, of, &mut bytes)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn text_csv_and_the_files_of_a_scan() {
    let tenant = tenant("");
    let options = Options::default();
    let text = |of| tenant.look(|input| vaults_text(input, of, &options));
    insta::assert_snapshot!("vaults.txt", text(VaultsOf::All));
    insta::assert_snapshot!("vaults.vault.txt", text(VaultsOf::Vault(tenant.vault("payments"))));
    insta::assert_snapshot!("vaults.unread.txt", text(VaultsOf::Vault(tenant.vault("signing"))));
    insta::assert_snapshot!("vaults.identity.txt", text(VaultsOf::Identity(tenant.identity("deployer"))));
    insta::assert_snapshot!("vault-access.csv", csv(&tenant, VaultsOf::All));
    let of = |format| tenant.look(|input| String::from_utf8(files(format, input).remove(0).1).unwrap());
    insta::assert_snapshot!("vault-readers.csv", of(Format::VaultReaders));
    assert_eq!(of(Format::VaultAccess), csv(&tenant, VaultsOf::All));
}

#[test]
fn the_json_is_as_its_schema_says_and_its_numbers_as_the_text_s() {
    let schema: serde_json::Value = serde_json::from_str(&vaults_schema().unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let tenant = tenant("");
    for of in [
        VaultsOf::All,
        VaultsOf::Vault(tenant.vault("payments")),
        VaultsOf::Identity(tenant.identity("pipeline")),
    ] {
        let report = json(&tenant, of);
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let summary = &report["summary"];
        let numbers =
            ["readers", "could", "could_unowned", "possible", "secrets", "secrets_read", "access_unread"];
        assert_eq!(numbers.map(|name| summary[name].as_u64().unwrap()), [1, 1, 1, 1, 2, 2, 1]);
    }
    assert_eq!(
        json(&tenant, VaultsOf::Identity(tenant.identity("pipeline")))["vaults"].as_array().unwrap().len(),
        1
    );
}

#[test]
fn an_identity_is_explained_with_its_vaults() {
    let tenant = tenant("");
    let said = tenant.look(|input| explain(input, tenant.identity("deployer"), &[], &Options::default()));
    assert!(said.contains("reads the secrets of 0, could of 1 more"), "{said}");
    assert!(said.contains("az-kv-accesspolicy-self-grant"), "{said}");
}

#[test]
fn names_are_harmless_in_every_form() {
    for hostile in ["=cmd|'/C calc'!A0", "\u{1b}[31m", "a\nb", "<script>", "\u{202e}"] {
        let tenant = tenant(hostile);
        for line in csv(&tenant, VaultsOf::All).lines() {
            assert!(
                !line.starts_with(['=', '+', '-', '@']) && !line.contains(",=") && !line.contains("\u{1b}"),
                "{line}"
            );
        }
        let reader = csv::Reader::from_reader(csv(&tenant, VaultsOf::All).as_bytes()).into_records().count();
        assert_eq!(reader, csv(&tenant, VaultsOf::All).lines().count() - 1);
        let text = tenant.look(|input| vaults_text(input, VaultsOf::All, &Options::default()));
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
        json(&tenant, VaultsOf::All);
    }
}
