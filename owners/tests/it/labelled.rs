//! The labelled set: identities whose owner people looked up, with what they found, in `labelled/`. Prints precision and
//! recall; `cargo nextest run -p census-owners labelled --no-capture` shows them.

use std::{collections::BTreeMap, io::Cursor};

use census_fixtures as fx;
use census_model::{
    Condition, ConditionLanguage, Creation, Estate, EstateBuilder, Identity, Index, Mechanism, OwnerRecord,
    PrincipalSet, Trust,
};
use census_owners::{
    BackstageConfig, Codeowners, DirectoryConfig, OwnersConfig, Records, RepositoryConfig, ServicenowConfig,
    TerraformState, correlate,
};
use serde::Deserialize;
use serde_json::json;

use crate::estate::{GapSpec, IdentitySpec, WorkloadSpec};

/// The account whose identities' tags could not be read.
const HIDDEN: &str = "444444444444";

/// An identity and what is right of it. Empty cells are what is ordinary.
#[derive(Debug, Deserialize)]
struct Row {
    why: String,
    kind: String,
    name: String,
    account: String,
    immutable_id: String,
    created_days_ago: Option<i64>,
    tags: String,
    workload_owner: String,
    subject: String,
    /// Role and name of the session that made it.
    creator: String,
    /// The unique id of what that session made, where it is not this identity's.
    creator_of: String,
    nature: String,
    managed_by: String,
    status: String,
    owner: String,
    source: String,
}

impl Row {
    fn account(&self) -> &str {
        if self.account.is_empty() { fx::ACCOUNT } else { &self.account }
    }

    fn identity(&self) -> Identity {
        let tags: BTreeMap<&str, &str> = self.tags.split(';').filter_map(|tag| tag.split_once('=')).collect();
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut spec = json!({
            "account": self.account(), "tags": tags, "managed_by": some(&self.managed_by),
            "immutable_id": some(&self.immutable_id), "created_days_ago": self.created_days_ago,
            "nature": some(&self.nature), "without_immutable_id": self.account() == HIDDEN,
        });
        spec[&self.kind] = json!(self.name);
        serde_json::from_value::<IdentitySpec>(spec).unwrap().build()
    }

    /// What an answer has in common with the right one.
    fn answer(&self) -> Answer<'_> {
        Answer { status: &self.status, owner: &self.owner, source: &self.source }
    }
}

#[derive(Debug, PartialEq)]
struct Answer<'a> {
    status: &'a str,
    owner: &'a str,
    source: &'a str,
}

impl Answer<'_> {
    fn names_owner(&self) -> bool {
        matches!(self.status, "registered" | "inferred" | "departed")
    }
}

fn answer(record: &OwnerRecord) -> Answer<'_> {
    let owner = record.business_owner.as_deref().unwrap_or_default();
    let mut answer = Answer { status: record.status.as_str(), owner, source: "" };
    if answer.names_owner() {
        let winner = record.claims.iter().find(|claim| claim.business_owner.is_some());
        answer.source = winner.map_or("", |claim| claim.source.as_str());
    }
    answer
}

fn estate(rows: &[Row]) -> Estate {
    let mut estate = EstateBuilder::new();
    for row in rows {
        estate.scope(fx::scope(row.account()));
        let identity = row.identity();
        if !row.workload_owner.is_empty() {
            let workload = json!({
                "arn": format!("arn:aws:lambda:eu-west-1:{}:function:{}", row.account(), row.name),
                "runs_as": [row.name], "tags": {"owner": row.workload_owner},
            });
            estate.workload(serde_json::from_value::<WorkloadSpec>(workload).unwrap().build());
        }
        if !row.subject.is_empty() {
            let issuer = "token.actions.githubusercontent.com";
            let text = json!({"StringLike": {format!("{issuer}:sub"): row.subject}}).to_string();
            estate.trust(Trust {
                becomes: identity.id.clone(),
                who: PrincipalSet::External(issuer.into()),
                except: Vec::new(),
                mechanism: Mechanism::WebIdentity,
                statement: "1".into(),
                condition: Some(Condition {
                    language: ConditionLanguage::AwsJson,
                    text: text.as_str().into(),
                }),
            });
        }
        if let Some((role, session)) = row.creator.split_once('/') {
            let own = identity.immutable_id.clone().unwrap_or_default();
            let account = row.account();
            estate.creation(Creation {
                made: if row.creator_of.is_empty() { own } else { row.creator_of.as_str().into() },
                at: fx::days_ago(300),
                by: format!("arn:aws:sts::{account}:assumed-role/{role}/{session}").into(),
                role: Some(format!("arn:aws:iam::{account}:role/{role}").into()),
            });
        }
        estate.identity(identity);
    }
    let gap = json!({"read": "iam:GetAccountAuthorizationDetails", "reason": "denied", "account": HIDDEN});
    estate.gap(serde_json::from_value::<GapSpec>(gap).unwrap().build());
    fx::finish(estate)
}

fn records() -> Records {
    let people: DirectoryConfig = serde_json::from_value(json!({
        "file": "people.csv",
        "columns": {
            "id": "id", "mail": "mail", "upn": "login", "name": "name", "aliases": "former", "status": "status",
            "termination_date": "last day", "manager": "manager", "team": "team",
        },
    }))
    .unwrap();
    let servicenow: ServicenowConfig = serde_json::from_value(json!({
        "identity": ["object_id"], "technical_steward": [], "environment": [],
    }))
    .unwrap();
    let mut records = Records::default();
    records.add_registry("registry.yaml", include_bytes!("labelled/registry.yaml")).unwrap();
    let mut cmdb = Cursor::new(include_str!("labelled/cmdb_ci.csv"));
    records.add_servicenow("cmdb_ci.csv", &mut cmdb, &servicenow).unwrap();
    records
        .add_directory("people.csv", &mut Cursor::new(include_str!("labelled/people.csv")), &people)
        .unwrap();
    let catalog = include_bytes!("labelled/catalog-info.yaml");
    records.add_backstage("catalog-info.yaml", catalog, &BackstageConfig::default()).unwrap();
    let codeowners = Codeowners::parse("CODEOWNERS", include_bytes!("labelled/CODEOWNERS")).unwrap();
    let repository = RepositoryConfig { name: "example/payments".into(), ..RepositoryConfig::default() };
    records.add_repository(&repository, &codeowners);
    let infra = TerraformState { folder: "infra".into(), ..TerraformState::default() };
    let state = include_bytes!("labelled/terraform.tfstate");
    records.add_terraform("terraform.tfstate", state, &infra, &codeowners).unwrap();
    records
}

#[test]
fn the_labelled_set_is_answered_as_labelled() {
    let rows: Vec<Row> = csv::Reader::from_reader(include_bytes!("labelled/identities.csv").as_slice())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(rows.len() >= 300, "{}", rows.len());
    let config: OwnersConfig = serde_saphyr::from_str(include_str!("labelled/owners.yaml")).unwrap();
    let estate = estate(&rows);
    let found = correlate(&Index::new(&estate), &records(), &config, estate.as_of);

    let (mut named, mut right, mut expected, mut wrong) = (0, 0, 0, Vec::new());
    for row in &rows {
        let label = row.answer();
        let record = &found.records[&row.identity().id];
        let answer = answer(record);
        named += usize::from(answer.names_owner());
        expected += usize::from(label.names_owner());
        right += usize::from(answer.names_owner() && answer == label);
        if answer != label {
            wrong.push(format!(
                "{} ({}): {answer:?} instead of {label:?}: {}",
                row.name, row.why, record.because
            ));
        }
    }
    let (precision, recall) = (right as f64 / named as f64, right as f64 / expected as f64);
    let answered = rows.len() - wrong.len();
    #[allow(clippy::print_stdout, reason = "the figures are what this set is for")]
    {
        println!(
            "{} identities, {answered} as labelled; owners: precision {precision:.3}, recall {recall:.3}",
            rows.len()
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
