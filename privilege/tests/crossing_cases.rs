//! The literate cases of `cases/crossing`: an AWS account and a tenant of Entra ID that let each other's principals in.
//!
//! The account has the roles `bridge`, which is whom a trust policy lets in, and `sender`, which may do what a case says; the
//! tenant has the applications `app`, which owns the subscription unless a case says `powerless`, and `other`, the managed
//! identity `worker` and the person `ada`. `{app}` and its like stand for object ids, `{tenant}` for the tenant's.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stops says why")]

mod literate;

use std::collections::{BTreeMap, BTreeSet};

use census_fixtures::{ACCOUNT, account, azure as fake, finish, role};
use census_model::{
    Attachment, DirectoryObject, DirectoryOwner, Effect, Estate, EstateBuilder, Grant, Identity, Issuer,
    IssuerId, IssuerKind, Policy, PolicyKind, Provider, Reach, Reaches, Via,
};
use census_privilege::{
    aws::{document::Document, trust::trusts},
    reach,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::literate::{Run, Told};

/// The least number of cases; fewer means that some were lost.
const LEAST: usize = 92;

const GITHUB: &str = "token.actions.githubusercontent.com";
const CLUSTER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
const SAML: &str = "arn:aws:iam::111122223333:saml-provider/entra";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    source: Option<String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    source: Option<String>,
    /// Statements of the trust policy of `bridge`.
    #[serde(default)]
    trust: Vec<String>,
    /// The entity of the SAML provider; empty where that was not read.
    saml: Option<String>,
    /// Whether the account has no identity provider for the tenant.
    #[serde(default)]
    unregistered: bool,
    /// For whom the identity providers take tokens; for anybody unless a case says so.
    #[serde(default)]
    audiences: Vec<String>,
    /// Reads of the account that are missing.
    #[serde(default)]
    gaps: Vec<String>,
    /// Statements of `bridge`; it administers the account unless a case says so.
    bridge: Option<Vec<String>>,
    /// Statements of `sender`.
    #[serde(default)]
    sender: Vec<String>,
    /// Federated credentials, and whose.
    #[serde(default)]
    federated: Vec<Federated>,
    /// Who holds which operations in the whole directory.
    #[serde(default)]
    directory: BTreeMap<String, Vec<String>>,
    /// Who holds which operations on the managed identity.
    #[serde(default)]
    on_worker: BTreeMap<String, Vec<String>>,
    /// Who owns which application.
    #[serde(default)]
    owners: BTreeMap<String, String>,
    /// Who owns the service principal of which application, as its enterprise application.
    #[serde(default)]
    enterprise_owners: BTreeMap<String, String>,
    /// Identifiers of applications, beside those that all have.
    #[serde(default)]
    identifiers: BTreeMap<String, String>,
    #[serde(default)]
    disabled: Vec<String>,
    /// Whether `app` holds nothing.
    #[serde(default)]
    powerless: bool,
    /// Levels, with `conditional` behind those that nothing else gives.
    #[serde(default)]
    expect: BTreeMap<String, String>,
    /// How sure levels are.
    #[serde(default)]
    bound: BTreeMap<String, String>,
    /// The techniques of the shortest path.
    #[serde(default)]
    steps: BTreeMap<String, Vec<String>>,
    /// Levels of those outside, by subject; `absent` of whom no trust takes.
    #[serde(default)]
    outside: BTreeMap<String, String>,
    /// How many statements and credentials the cut of their shortest path takes away.
    #[serde(default)]
    outside_cuts: BTreeMap<String, usize>,
    /// Levels of those outside, by issuer.
    #[serde(default)]
    outside_at: BTreeMap<String, String>,
    /// How many scopes they come to administer.
    #[serde(default)]
    outside_scopes: BTreeMap<String, usize>,
    /// The techniques of their shortest paths.
    #[serde(default)]
    outside_steps: BTreeMap<String, Vec<String>>,
    /// What the cut of the shortest path takes.
    #[serde(default)]
    cut: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Federated {
    on: String,
    issuer: String,
    #[serde(default)]
    subject: String,
    /// An expression in place of a subject.
    matching: Option<String>,
    audience: Option<String>,
}

fn identity(name: &str) -> Identity {
    match name {
        "bridge" | "sender" => role(name),
        "worker" => fake::user_assigned(name),
        "ada" => fake::person(name),
        _ => fake::service_principal(name),
    }
}

fn filled(text: &str) -> String {
    let mut text = text.replace("{tenant}", fake::TENANT);
    for name in ["app", "other", "worker", "ada"] {
        text = text.replace(&format!("{{{name}}}"), &identity(name).native_id);
    }
    text
}

fn statements(texts: &[String]) -> String {
    let read = |text: &String| serde_json::from_str::<Value>(&filled(text)).unwrap();
    let all: Vec<Value> = texts.iter().map(read).collect();
    let text = json!({ "Version": "2012-10-17", "Statement": all }).to_string();
    Document::parse_canonical(&text).unwrap().1
}

fn inline(estate: &mut EstateBuilder, to: Attachment, name: &str, text: &str) {
    let policy = estate.policy(Policy::new(PolicyKind::AwsDocument, text));
    estate.grant(Grant {
        policy: Some(policy),
        effect: Effect::Allow,
        ..fake::grant(to, Via::Inline { name: name.into() }, census_fixtures::account_scope(ACCOUNT))
    });
}

fn estate(case: &Case) -> Estate {
    let mut estate = account();
    fake::tenant(&mut estate);
    let nobody = vec![
        r#"{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}"#
            .to_owned(),
    ];
    let all = vec![r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#.to_owned()];
    for (name, trust, may) in
        [("bridge", &case.trust, case.bridge.as_ref().unwrap_or(&all)), ("sender", &Vec::new(), &case.sender)]
    {
        let role = identity(name);
        let text = statements(if trust.is_empty() { &nobody } else { trust });
        for trust in trusts(&role.id, &Document::parse(&text).unwrap()) {
            estate.trust(trust);
        }
        inline(&mut estate, Attachment::Resource(role.native_id.clone()), "AssumeRolePolicyDocument", &text);
        if !may.is_empty() {
            inline(&mut estate, Attachment::Identity(role.id.clone()), "own", &statements(may));
        }
        estate.identity(role);
    }
    let issuer = |arn: &str, kind, issuer: Option<&String>| Issuer {
        id: IssuerId::new(format!("aws:{arn}")),
        native_id: arn.into(),
        provider: Provider::Aws,
        kind,
        scope: census_fixtures::account_scope(ACCOUNT),
        issuer: issuer.filter(|one| !one.is_empty()).map(|one| filled(one).into()),
        audiences: case.audiences.iter().map(|one| one.as_str().into()).collect(),
        created: None,
        expires: None,
        tags: BTreeMap::new(),
    };
    if let Some(entity) = &case.saml {
        estate.issuer(issuer(SAML, IssuerKind::Saml, Some(entity)));
    }
    for host in ["sts.windows.net/{tenant}/", "login.microsoftonline.com/{tenant}/v2.0", GITHUB, CLUSTER] {
        if !case.unregistered {
            let arn = filled(&format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"));
            estate.issuer(issuer(&arn, IssuerKind::Oidc, None));
        }
    }
    for read in &case.gaps {
        estate.gap(census_fixtures::denied(read));
    }
    for name in ["app", "other", "worker", "ada"] {
        let mut identity =
            Identity { disabled: case.disabled.iter().any(|one| one == name), ..identity(name) };
        identity.aliases.extend(case.identifiers.get(name).map(|one| one.as_str().into()));
        identity.aliases.sort_unstable();
        estate.identity(identity);
    }
    if !case.powerless {
        let owner = fake::role_assignment(&identity("app").id, fake::subscription_scope(), "Owner");
        let text = r#"[{"actions":["*"]}]"#;
        let policy = Some(estate.policy(Policy::new(PolicyKind::AzurePermissions, text)));
        estate.grant(Grant { policy, ..owner });
    }
    for (who, operations) in &case.on_worker {
        let text = json!([{ "actions": operations }]).to_string();
        let policy = Some(estate.policy(Policy::new(PolicyKind::AzurePermissions, text)));
        let grant = fake::role_assignment(&identity(who).id, fake::resource_group_scope(), "custom");
        estate.grant(Grant { policy, ..grant });
    }
    for (who, operations) in &case.directory {
        let text = json!([{ "allowedResourceActions": operations }]).to_string();
        let policy = Some(estate.policy(Policy::new(PolicyKind::EntraRolePermissions, text)));
        let via = Via::DirectoryRole {
            native_id: fake::object_id(who).into(),
            role: fake::object_id("custom role").into(),
            name: "custom".into(),
            directory_scope: "/".into(),
        };
        let grant = fake::grant(Attachment::Identity(identity(who).id), via, fake::tenant_scope());
        estate.grant(Grant { policy, ..grant });
    }
    for (who, of) in &case.owners {
        let owner: DirectoryOwner = fake::owner(&identity(of), &identity(who).id);
        estate.directory_owner(owner);
    }
    for (who, of) in &case.enterprise_owners {
        let owner = fake::owner(&identity(of), &identity(who).id);
        estate.directory_owner(DirectoryOwner { object: DirectoryObject::ServicePrincipal, ..owner });
    }
    for one in &case.federated {
        let audience = one.audience.as_deref().unwrap_or("api://AzureADTokenExchange");
        let (issuer, subject) = (filled(&one.issuer), filled(&one.subject));
        let asks = match &one.matching {
            Some(matching) => {
                ("claimsMatchingExpression", json!({ "value": matching, "languageVersion": 1 }))
            }
            None => ("subject", json!(subject)),
        };
        let text = json!({ "audiences": [audience], "issuer": issuer, asks.0: asks.1 }).to_string();
        estate.trust(fake::federated_if(&identity(&one.on), &issuer, &text));
    }
    finish(estate)
}

#[test]
fn every_case_comes_out_as_it_says() {
    let mut all = Run::new("https://");
    for (shown, text) in literate::chapters("crossing") {
        let chapter: Chapter = literate::read(&shown, &text);
        for case in &chapter.case {
            let source = case.source.as_ref().or(chapter.source.as_ref());
            let told = Told { name: &case.name, why: &case.why, source };
            all.case(&shown, &told, |_| check(case));
        }
    }
    all.end(LEAST);
}

fn check(case: &Case) -> Result<(), String> {
    let estate = estate(case);
    let index = census_model::Index::new(&estate);
    let aws = census_privilege::aws::access::Access::new(&index);
    let azure = census_privilege::azure::access::Access::new(&index);
    let reaches = reach::of_estate(&aws, &azure);
    for (who, expected) in &case.expect {
        let reach = reaches.get(&identity(who).id).ok_or_else(|| format!("nothing of {who}"))?;
        let got = level(reach);
        if got != *expected {
            return Err(format!("expected {who} to be {expected}, got {got}: {:#?}", reach.paths));
        }
        for step in reach.paths.iter().flat_map(|path| &path.steps) {
            if !reaches.techniques.contains_key(&step.technique) {
                return Err(format!("technique {} is not described", step.technique));
            }
        }
    }
    for (who, expected) in &case.bound {
        let reach = reaches.get(&identity(who).id).ok_or_else(|| format!("nothing of {who}"))?;
        let got = reach.bound.as_str();
        if got != expected {
            return Err(format!("expected the bound of {who} to be {expected}, got {got}: {:?}", reach.gaps));
        }
    }
    for (who, expected) in &case.steps {
        let reach = reaches.get(&identity(who).id).ok_or_else(|| format!("nothing of {who}"))?;
        let path = reach.paths.first().ok_or_else(|| format!("{who} has no path"))?;
        let got: Vec<&str> = path.steps.iter().map(|step| step.technique.as_str()).collect();
        if got != *expected {
            return Err(format!("expected {who} to go by {expected:?}, got {got:?}"));
        }
    }
    outsiders(case, &reaches)?;
    for (who, expected) in &case.cut {
        let reach = reaches.get(&identity(who).id).ok_or_else(|| format!("nothing of {who}"))?;
        let cut = reach.paths.first().and_then(|path| path.cut.as_ref());
        let got = cut.map(|cut| &*cut.action);
        if got != Some(expected) {
            return Err(format!("expected the cut of {who} to take {expected}, got {got:?}"));
        }
    }
    Ok(())
}

fn outsiders(case: &Case, reaches: &Reaches) -> Result<(), String> {
    let of = |subject: &str| {
        let mut all = reaches.outside.iter();
        all.find(|one| *one.who.subject == *filled(subject)).map(|one| &one.reach)
    };
    for (who, expected) in &case.outside {
        let got = of(who).map_or("absent".to_owned(), level);
        if got != *expected {
            let known: Vec<_> = reaches.outside.iter().map(|one| (&one.who, &one.entries)).collect();
            return Err(format!("expected {who} to be {expected}, got {got}; outside are {known:#?}"));
        }
    }
    for (issuer, expected) in &case.outside_at {
        let mut all = reaches.outside.iter();
        let got = all.find(|one| *one.who.issuer == **issuer).map(|one| level(&one.reach));
        if got.as_ref() != Some(expected) {
            return Err(format!("expected whoever is of {issuer} to be {expected}, got {got:?}"));
        }
    }
    for (who, expected) in &case.outside_cuts {
        let cut = of(who).and_then(|reach| reach.paths.first()?.cut.as_ref());
        let got = cut.map_or(0, |cut| cut.grants.len());
        if got != *expected {
            return Err(format!("expected the cut of {who} to take {expected} away, got {cut:?}"));
        }
    }
    for (who, expected) in &case.outside_scopes {
        let paths = of(who).map_or(&[][..], |reach| &reach.paths);
        let got: BTreeSet<_> = paths.iter().filter_map(|path| path.scope.as_ref()).collect();
        if got.len() != *expected {
            return Err(format!("expected {who} to come to {expected} scopes, got {got:?}"));
        }
    }
    for (who, expected) in &case.outside_steps {
        let path = of(who).and_then(|reach| reach.paths.first());
        let got: Vec<&str> =
            path.iter().flat_map(|path| &path.steps).map(|step| step.technique.as_str()).collect();
        if got != *expected {
            return Err(format!("expected {who} to go by {expected:?}, got {got:?}"));
        }
    }
    let steps = reaches.outside.iter().flat_map(|one| &one.reach.paths).flat_map(|path| &path.steps);
    match steps.map(|step| &step.technique).find(|id| !reaches.techniques.contains_key(*id)) {
        Some(id) => Err(format!("technique {id} is not described")),
        None => Ok(()),
    }
}

fn level(reach: &Reach) -> String {
    format!("{}{}", reach.level, if reach.conditional { " conditional" } else { "" })
}
