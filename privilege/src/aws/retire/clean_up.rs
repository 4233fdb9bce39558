//! What still speaks of an identity that is gone.

use census_model::{
    Attachment, Command, Evidence, Keeper, KeeperKind, RetirementTask, Undo, Via, WorkloadKind,
};

use super::{
    Subject,
    commands::{BUCKET, Call, FUNCTION, GRANT, KEY, PATH, POLICY_NAME, PROFILE, ROLE, SECRET, TOPIC},
    dependents,
    names::{self, Manner, Place},
    task,
};

/// Deleting a principal leaves its unique id in the policies that named it: harmless, and a riddle for whoever reads them.
/// A name in a condition or a `Resource` stays a name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles>
pub(super) fn tasks(subject: &Subject<'_>, kept_by: &[Keeper]) -> Vec<RetirementTask> {
    let mut tasks = Vec::new();
    for (grant, mentions) in names::mentions(subject) {
        let labels: Vec<&str> = mentions.iter().map(|one| &*one.statement).collect();
        let evidence = vec![Evidence::new("statements", labels.join(", "))];
        let undo = Undo::ByHand("keep what the command shows, and put that back".into());
        let by_name = mentions.iter().any(|one| one.place != Place::Principal);
        let exempted = mentions.iter().any(|one| one.manner == Manner::Exempted);
        let why = if exempted {
            "which denies or allows everybody but those whom it names: it has to go on naming whoever is meant to be exempt"
        } else if by_name {
            "where its name stays and a new one of that name inherits it"
        } else {
            "where its unique id stays"
        };
        let mut found = match (&grant.attached_to, &grant.via) {
            (Attachment::Resource(key), Via::KeyGrant { native_id }) => task(
                format!("revoke the grant `{native_id}` on {key}"),
                [Call::new("kms", "revoke-grant", &[(KEY, key), (GRANT, native_id)]).beside(key).command()],
                Undo::Impossible("a grant is made anew, with another id".into()),
            ),
            (Attachment::Resource(arn), Via::ResourcePolicy) => {
                task(format!("take it out of the policy of {arn}, {why}"), look(arn), undo)
            }
            (Attachment::Resource(arn), Via::Inline { .. }) => {
                let role = subject.index.native(arn);
                let look = role.map(|role| {
                    Call::iam("get-role", &[(ROLE, &*role.name)])
                        .showing("Role.AssumeRolePolicyDocument")
                        .command()
                });
                let says = format!(
                    "take it out of the trust policy of {arn}, {why}, with `aws iam update-assume-role-policy`"
                );
                task(says, look, undo)
            }
            (holder, via) => {
                let (holder, _) = dependents::holder(subject, holder);
                let policy = policy(via).unwrap_or_default();
                task(format!("take it out of the policy `{policy}` of {holder}, {why}"), [], undo)
            }
        };
        found.evidence = evidence;
        tasks.push(found);
    }
    tasks.extend(profiles(subject));
    tasks.extend(registry(subject));
    if kept_by.iter().any(|one| matches!(one.kind, KeeperKind::Stack | KeeperKind::Code)) {
        tasks.push(task(
            "see that the code which made it makes it no more: plan or detect drift once",
            [],
            Undo::Nothing,
        ));
    }
    tasks.push(task("scan again: it is gone, and no finding names it", [], Undo::Nothing));
    tasks
}

fn policy(via: &Via) -> Option<&str> {
    match via {
        Via::Inline { name } => Some(name),
        Via::Managed { native_id, .. }
        | Via::Boundary { native_id }
        | Via::ServiceControlPolicy { native_id, .. }
        | Via::ResourceControlPolicy { native_id, .. } => Some(native_id),
        // A resource's own, and what no policy of AWS is attached by.
        _ => None,
    }
}

/// The command that shows a resource's policy, for the services whose API takes the ARN or its last part.
fn look(arn: &str) -> Option<Command> {
    let (service, resource) = (arn.split(':').nth(2)?, arn.splitn(6, ':').nth(5)?);
    let call = match service {
        "s3" => Call::new("s3api", "get-bucket-policy", &[(BUCKET, resource)]),
        "kms" => Call::new("kms", "get-key-policy", &[(KEY, arn), (POLICY_NAME, "default")]),
        "secretsmanager" => Call::new("secretsmanager", "get-resource-policy", &[(SECRET, arn)]),
        "sns" => Call::new("sns", "get-topic-attributes", &[(TOPIC, arn)]),
        "lambda" => Call::new("lambda", "get-policy", &[(FUNCTION, arn)]),
        _ => return None,
    };
    Some(call.beside(arn).command())
}

/// Instance profiles that hold nothing any more.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html>
fn profiles(subject: &Subject<'_>) -> Vec<RetirementTask> {
    let workloads = subject.index.workloads(&subject.identity.id).iter();
    let of_it =
        workloads.filter(|one| one.kind == WorkloadKind::AwsInstanceProfile && one.runs_as.len() == 1);
    of_it
        .map(|profile| {
            let name = (PROFILE, &*profile.name);
            let path = profile
                .native_id
                .split_once(":instance-profile/")
                .and_then(|(_, rest)| rest.strip_suffix(name.1));
            let path = format!("/{}", path.unwrap_or_default());
            let again = Call::iam("create-instance-profile", &[name, (PATH, &path)]).command();
            task(
                format!("delete the instance profile `{}`, which holds no role any more", profile.name),
                [Call::iam("delete-instance-profile", &[name]).command()],
                Undo::By(vec![again]),
            )
        })
        .collect()
}

fn registry(subject: &Subject<'_>) -> Option<RetirementTask> {
    let entry = &subject.owner?.registration.as_ref()?.entry;
    let mut found = task(
        "take its entry out of the registry, or mark it retired; a pattern that names others too stays",
        [],
        Undo::ByHand("put the entry back".into()),
    );
    found.evidence.push(entry.evidence("entry"));
    Some(found)
}
