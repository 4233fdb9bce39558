//! What comes before and between disabling and deleting.

use census_model::{
    Command, CredentialKind, DependentKind, Dependents, Evidence, IdentityKind, OwnerStatus, RetirementTask,
    Undo, Wait,
};
use serde_json::json;

use super::{
    Subject,
    commands::{ACCESS_KEY, Call, LOOKUP, Parameter, ROLE, jmespath},
    task,
};

/// How long an identity stays disabled where nothing asks for more: what runs once a month has run.
const WAIT_DAYS: u32 = 30;

/// As long as it may rest, so that what needs it once a year has its turn.
pub(super) fn wait(subject: &Subject<'_>) -> Wait {
    let registration = subject.owner.and_then(|owner| owner.registration.as_deref());
    let declared = |label: &str, period: Option<&census_model::Stated<census_model::Period>>| {
        period.map(|one| (one.value.most_days(), format!("{label} {} ({})", one.value, one.at)))
    };
    let used =
        declared("it is declared to be used every", registration.and_then(|one| one.used_every.as_ref()));
    let idle = declared("it is declared to rest for up to", registration.and_then(|one| one.idle.as_ref()));
    let default = (WAIT_DAYS, "what runs once a month runs in it".to_owned());
    let longest = [idle, used]
        .into_iter()
        .flatten()
        .chain([default])
        .fold((0, String::new()), |longest, one| if one.0 > longest.0 { one } else { longest });
    Wait { days: longest.0, because: longest.1.into() }
}

/// Whom to tell, and what has to be moved first.
pub(super) fn announce(subject: &Subject<'_>, dependents: &[Dependents]) -> Vec<RetirementTask> {
    let mut tasks = vec![people(subject)];
    let count = |kind: DependentKind| {
        dependents.iter().find(|group| group.kind == kind).map_or(0, |group| group.items.len())
    };
    let runs = count(DependentKind::Workload);
    if runs > 0 {
        tasks.push(task(
            format!("give {runs} of what runs as it another role, or stop it: whatever still runs as it fails in stage 1"),
            [],
            Undo::ByHand("give it this role again".into()),
        ));
    }
    let alone = count(DependentKind::OnlyItBecomes);
    if alone > 0 {
        tasks.push(task(
            format!(
                "decide who else may become {alone} roles that let nobody else in by name, or retire them too"
            ),
            [],
            Undo::Nothing,
        ));
    }
    tasks
}

fn people(subject: &Subject<'_>) -> RetirementTask {
    let mut evidence = Vec::new();
    let owner = subject.owner;
    let left = |who: &str| {
        let departed = owner.into_iter().flat_map(|owner| &owner.departed);
        departed.into_iter().any(|one| *one.who == *who)
    };
    let mut name = |label: &str, who: Option<&str>| {
        if let Some(who) = who {
            let words = if left(who) { format!("{who}, who left") } else { who.to_owned() };
            evidence.push(Evidence::new(label, words));
        }
    };
    name("business owner", owner.and_then(|owner| owner.business_owner.as_deref()));
    name("technical steward", owner.and_then(|owner| owner.technical_steward.as_deref()));
    for successor in owner.into_iter().flat_map(|owner| &owner.successors) {
        evidence.push(Evidence::new(
            format!("may take over ({})", successor.reason.as_str()),
            successor.who.clone(),
        ));
    }
    let registration = owner.and_then(|owner| owner.registration.as_deref());
    evidence.extend(registration.and_then(|one| one.backup.as_ref()).map(|one| one.evidence("backup")));
    let someone = !evidence.is_empty();
    evidence.extend(registration.and_then(|one| one.ticket.as_ref()).map(|one| one.evidence("ticket")));
    evidence.extend(owner.and_then(|owner| owner.life.as_ref()).into_iter().flat_map(|life| {
        life.fired().map(|trigger| {
            Evidence::new(format!("trigger {}", trigger.kind.as_str()), trigger.evidence.value.clone())
        })
    }));
    let says = match owner.map(|owner| owner.status) {
        _ if someone => "tell them what is retired, when, and whom to call when something breaks".to_owned(),
        Some(OwnerStatus::NotApplicable) => "nobody in the company owns it; tell whoever uses it".to_owned(),
        Some(OwnerStatus::Conflict) => {
            "the sources contradict each other on its owner: settle that first (`census explain` shows the claims)".to_owned()
        }
        _ => "nobody is named as its owner: find one before anything is disabled (`census explain` shows every hint)".to_owned(),
    };
    RetirementTask { says: says.into(), evidence, commands: Vec::new(), undo: Undo::Nothing }
}

/// Commands change the account of whoever runs them.
pub(super) fn right_account(subject: &Subject<'_>) -> RetirementTask {
    let account = subject.place().1;
    let command = Call::new("sts", "get-caller-identity", &[]).showing("Account").command();
    task(
        format!("be sure to act in account {account}: this shows the account of your credentials"),
        [command],
        Undo::Nothing,
    )
}

/// What to look at while it is disabled.
pub(super) fn watch(subject: &Subject<'_>) -> Vec<RetirementTask> {
    let mut tasks = Vec::new();
    match subject.identity.kind {
        IdentityKind::AwsUser => {
            let mut commands = vec![lookup("Username", &subject.identity.name)];
            let mut uses = Vec::new();
            for one in subject.index.credentials(&subject.identity.id) {
                if let (CredentialKind::AccessKey, Some(id)) = (one.kind, one.key_id.as_deref()) {
                    commands.push(lookup("AccessKeyId", id));
                    uses.push(Call::iam("get-access-key-last-used", &[(ACCESS_KEY, id)]).command());
                }
            }
            tasks.push(task(
                format!("{CALLS}; its name finds console sign-ins too"),
                commands,
                Undo::Nothing,
            ));
            if !uses.is_empty() {
                tasks.push(task("see when its keys were last used", uses, Undo::Nothing));
            }
        }
        IdentityKind::AwsRole => {
            let arn = &*subject.identity.native_id;
            tasks.push(task(
                "see who still becomes it, with CloudTrail: it looks 90 days back in one region, so repeat it in each \
                 with --region",
                [lookup("ResourceName", arn)],
                Undo::Nothing,
            ));
            let denied = jmespath(arn).map(|arn| {
                let query = format!(
                    "Events[?contains(CloudTrailEvent, {arn}) && contains(CloudTrailEvent, 'errorCode')].CloudTrailEvent"
                );
                Call::new("cloudtrail", "lookup-events", &[]).showing(&query).command()
            });
            tasks.push(task(
                "see which calls of its sessions failed; this reads all events of the region, so give it a \
                 --start-time, and do the same in the trail's bucket for calls about data, which CloudTrail's history \
                 does not hold",
                denied,
                Undo::Nothing,
            ));
            let role: (Parameter, &str) = (ROLE, &subject.identity.name);
            tasks.push(task(
                "see when it was last used, as IAM knows it",
                [Call::iam("get-role", &[role]).showing("Role.RoleLastUsed").command()],
                Undo::Nothing,
            ));
        }
        _ => {}
    }
    tasks.push(task(
        "whoever calls: take stage 1 back with the commands beside it, and find out who that was",
        [],
        Undo::Nothing,
    ));
    tasks
}

const CALLS: &str = "see which calls failed, with CloudTrail: it looks 90 days back in one region, so repeat it in each \
                     with --region; calls about data are in the trail's bucket only, if at all";

/// The failed calls among the events with one attribute; it takes one.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
fn lookup(key: &str, value: &str) -> Command {
    let attributes = json!([{ "AttributeKey": key, "AttributeValue": value }]).to_string();
    let call = Call::new("cloudtrail", "lookup-events", &[(LOOKUP, attributes.as_str())]);
    match key {
        // Becoming a role that is denied everything succeeds.
        "ResourceName" => call.command(),
        _ => call.showing("Events[?contains(CloudTrailEvent, 'errorCode')].CloudTrailEvent").command(),
    }
}
