//! What is said to end a path ends it: the statements that a cut names are taken away, and the path is gone.

use std::{fs, path::PathBuf};

use census_model::{Attachment, Cut, Estate, Index, Path, Policy, PolicyKind, Reaches};
use census_privilege::aws::{access::Access, document::Document};

use super::{estate::estate, format};

/// The least number of cuts that are tried; fewer means that some were lost.
const LEAST: usize = 150;

#[test]
fn what_a_cut_names_ends_its_path() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/reach");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let (mut tried, mut wrong) = (0, Vec::new());
    for file in files {
        let shown = file.file_name().unwrap().to_string_lossy().into_owned();
        for case in format::read(&shown, &fs::read_to_string(&file).unwrap()) {
            let place = format!("{shown}: {}", case.name);
            let before = estate(&place, &case);
            for (id, reach) in &reaches(&before).of {
                // One path of each identity: the shortest.
                let Some((path, cut)) = reach.paths.first().and_then(|p| Some((p, p.cut.as_ref()?))) else {
                    continue;
                };
                tried += 1;
                let after = reaches(&without(&before, cut));
                let is_left = after.of[id].paths.iter().any(|other| steps(other) == steps(path));
                if is_left {
                    wrong.push(format!("{place}: {id}: {} on {}", cut.action, cut.resource));
                }
            }
        }
    }
    assert!(tried >= LEAST, "{tried} cuts");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

fn reaches(estate: &Estate) -> Reaches {
    let index = Index::new(estate);
    let azure = census_privilege::azure::access::Access::new(&index);
    census_privilege::reach::of_estate(&Access::new(&index), &azure)
}

/// What tells paths apart.
fn steps(path: &Path) -> Vec<(String, String, String, String)> {
    let step = |step: &census_model::Step| {
        let through = step.through.as_deref().unwrap_or_default().to_owned();
        (step.technique.to_string(), step.from.to_string(), step.to.to_string(), through)
    };
    path.steps.iter().map(step).collect()
}

/// The estate without the statements that a cut names.
fn without(estate: &Estate, cut: &Cut) -> Estate {
    let mut estate = estate.clone();
    let mut policies = Vec::new();
    for grant in &mut estate.grants {
        let labels: Vec<&str> = cut
            .grants
            .iter()
            .filter(|one| one.attached_to == grant.attached_to && one.via == grant.via)
            .map(|one| &*one.statement)
            .collect();
        if let (false, Some(policy)) = (labels.is_empty(), &grant.policy) {
            let policy = Policy::new(PolicyKind::AwsDocument, kept(&estate.policies[policy].text, &labels));
            grant.policy = Some(policy.id.clone());
            policies.push(policy);
        }
    }
    estate.policies.extend(policies.into_iter().map(|policy| (policy.id.clone(), policy)));
    estate.trusts.retain(|trust| !is_taken(cut, trust));
    estate
}

/// A policy without some of its statements; what is left of none denies nothing that anybody asks for.
fn kept(text: &str, labels: &[&str]) -> String {
    let document = Document::parse(text).unwrap();
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let statements = match &value["Statement"] {
        serde_json::Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let names = document.statements.iter().map(|statement| statement.label.as_str());
    let mut left: Vec<serde_json::Value> = statements
        .into_iter()
        .zip(names)
        .filter(|(_, name)| !labels.contains(name))
        .map(|(statement, _)| statement)
        .collect();
    if left.is_empty() {
        let principal = text.contains("\"Principal\"").then(|| serde_json::json!("*"));
        let mut statement = serde_json::json!({"Effect": "Deny", "Action": "sqs:AddPermission"});
        match principal {
            Some(principal) => statement["Principal"] = principal,
            None => statement["Resource"] = serde_json::json!("*"),
        }
        left.push(statement);
    }
    serde_json::json!({"Version": "2012-10-17", "Statement": left}).to_string()
}

/// Whether a trust is one of a statement that was taken.
fn is_taken(cut: &Cut, trust: &census_model::Trust) -> bool {
    cut.grants.iter().any(|one| match &one.attached_to {
        Attachment::Resource(arn) => {
            trust.becomes.as_str().ends_with(&**arn) && one.statement == trust.statement
        }
        _ => false,
    })
}
