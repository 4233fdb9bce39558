//! What keeps an identity as it is, and would make it anew.

use std::collections::BTreeSet;

use census_model::{ClaimSource, Evidence, Keeper, KeeperKind, RetirementTask, Text, Undo};

use super::{
    Subject,
    commands::{Call, STACK},
    task,
};

/// The tags that CloudFormation sets on what a stack made.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html>
const STACK_NAME: &str = "aws:cloudformation:stack-name";
const STACK_ID: &str = "aws:cloudformation:stack-id";

/// Programs that make what code describes, as people write them into tags.
const TOOLS: [&str; 5] = ["terraform", "opentofu", "pulumi", "crossplane", "cdk"];

/// Keys of tags that name such a program, letters only.
const MARKS: [&str; 7] =
    ["managedby", "provisionedby", "createdby", "deployedby", "provisioner", "iac", "tool"];

/// What keeps an identity, sorted.
pub(super) fn of(subject: &Subject<'_>) -> Vec<Keeper> {
    let mut keepers = BTreeSet::new();
    keepers.extend(by_provider(subject));
    keepers.extend(stack(subject));
    let claims = subject.owner.into_iter().flat_map(|owner| &owner.claims);
    for claim in claims.filter(|claim| claim.source == ClaimSource::InfrastructureCode) {
        let named = claim
            .evidence
            .iter()
            .find(|fact| &*fact.label == "terraform resource")
            .or(claim.evidence.first());
        let name = named.map_or_else(|| "infrastructure as code".into(), |fact| fact.value.clone());
        keepers.insert(Keeper { kind: KeeperKind::Code, name, evidence: claim.evidence.clone() });
    }
    keepers.extend(subject.identity.tags.iter().filter_map(|(key, value)| marked(key, value)));
    keepers.into_iter().collect()
}

fn by_provider(subject: &Subject<'_>) -> Option<Keeper> {
    let manager = subject.identity.managed_by.as_ref()?;
    let evidence = vec![Evidence::new("path", manager.evidence.clone())];
    let set = subject.index.permission_set(&subject.identity.id);
    let path = subject.identity.path.as_deref().unwrap_or_default();
    let (kind, name) = if &*manager.name == "aws-identity-center" {
        (KeeperKind::PermissionSet, set.map_or_else(|| manager.name.clone(), |set| set.name.clone()))
    } else {
        let service = path.strip_prefix("/aws-service-role/").and_then(|rest| rest.split('/').next());
        (KeeperKind::Service, service.map_or_else(|| manager.name.clone(), Text::from))
    };
    Some(Keeper { kind, name, evidence })
}

fn stack(subject: &Subject<'_>) -> Option<Keeper> {
    let tags = &subject.identity.tags;
    let name = tags.get(STACK_NAME)?.clone();
    let evidence = [STACK_NAME, STACK_ID, "aws:cloudformation:logical-id"]
        .iter()
        .filter_map(|key| Some(Evidence::new(format!("tag {key}"), tags.get(*key)?.clone())))
        .collect();
    Some(Keeper { kind: KeeperKind::Stack, name, evidence })
}

/// `terraform = true`, `managed-by = Terraform`.
fn marked(key: &Text, value: &Text) -> Option<Keeper> {
    let letters =
        |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    let (key_letters, lower) = (letters(key), value.to_ascii_lowercase());
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let is_mark = MARKS.contains(&key_letters.as_str());
    let tool = if is_mark {
        words.find_map(|word| TOOLS.iter().find(|tool| **tool == word))
    } else {
        TOOLS.iter().find(|tool| key_letters == **tool && !["false", "no", "0"].contains(&lower.as_str()))
    }?;
    let evidence = vec![Evidence::new(format!("tag {key}"), value.clone())];
    Some(Keeper { kind: KeeperKind::Code, name: (*tool).into(), evidence })
}

/// The tasks that come before everything else is deleted: what keeps it makes it anew, or fails over what it misses.
pub(super) fn first(keepers: &[Keeper]) -> Vec<RetirementTask> {
    keepers.iter().filter_map(first_of).collect()
}

fn first_of(keeper: &Keeper) -> Option<RetirementTask> {
    let undo = Undo::ByHand("put it back there".into());
    let mut found = match keeper.kind {
        KeeperKind::Service | KeeperKind::PermissionSet => return None,
        KeeperKind::Stack => {
            let id =
                keeper.evidence.iter().find(|fact| fact.label.ends_with("stack-id")).map(|fact| &*fact.value);
            let look = Call::new("cloudformation", "describe-stack-resources", &[(STACK, &*keeper.name)])
                .beside(id.unwrap_or_default());
            task(
                format!(
                    "take it out of the template of the stack `{}` and update the stack, or it comes back; CloudFormation \
                     then deletes it, and what follows is for what is left",
                    keeper.name
                ),
                [look.command()],
                undo,
            )
        }
        KeeperKind::Code => task(
            format!(
                "take it out of the code that makes it (`{}`) and apply that, or it comes back; what follows is for what \
                 is left",
                keeper.name
            ),
            [],
            undo,
        ),
    };
    found.evidence.clone_from(&keeper.evidence);
    Some(found)
}
