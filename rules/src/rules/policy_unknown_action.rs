use std::collections::{BTreeMap, BTreeSet, HashMap};

use census_model::{Confidence, Grant, PolicyId, Provider, Severity, Subject, Via};
use census_privilege::aws::catalogue::source;

use crate::{
    Docs, Draft, Findings, Rule, View,
    actions::{Service, Unknown, unknown_of},
    policies::{LISTED, Place, Shown, holder, is_of_aws, native_id, policy},
};

pub(crate) static RULE: Rule = Rule {
    id: "policy-unknown-action",
    version: 1,
    title: "A policy names an action that no service of AWS is known to have",
    severity: Severity::Low,
    finding_types: &["PRIV-UNUSED"],
    providers: &[Provider::Aws],
    except_controls: &[],
    thresholds: &[],
    docs: Docs {
        finds: "An entry of `Action` or `NotAction`, with wildcards or without, that matches no action in the \
                catalogue of AWS's actions. One finding a policy, however often it is attached. Severity is medium where the \
                entry was to keep somebody from something, in a `Deny` or in the `NotAction` of an `Allow`, and low \
                elsewhere.",
        why: "AWS takes any name for an action. A typing error in an `Allow` grants nothing, and one in a `Deny` \
              protects nothing, though whoever reads the policy believes that it does.",
        remedy: "Write the action as the service authorization reference has it. Remove it if the service or the \
                 action is gone.",
        limits: "The catalogue is a table in this version of Census, and the evidence gives its date: a service or \
                 action that AWS added since looks like a typing error, so confidence is medium at most, and low where \
                 the catalogue does not have the service either. Policies that AWS manages are passed by, for it keeps \
                 retired actions in them. An entry that matches some action is not judged, even if another one was \
                 meant. An entry without a service is found by policy-refused.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut texts: HashMap<&PolicyId, BTreeSet<Unknown>> = HashMap::new();
    let mut found: BTreeMap<Place, Found<'_>> = BTreeMap::new();
    for grant in view.estate().grants.iter().filter(|grant| !is_of_aws(&grant.via)) {
        let Some(id) = &grant.policy else { continue };
        let unknown = texts.entry(id).or_insert_with(|| unknown(view, grant, id));
        if !unknown.is_empty() {
            let found = found.entry(place(view, grant)).or_default();
            found.grants.push(grant);
            found.unknown.extend(unknown.iter().cloned());
        }
    }
    for (place, found) in &found {
        if let Some(draft) = found.draft(view) {
            place.report(view, draft, findings);
        }
    }
}

/// What a policy's unknown actions are about: a managed policy's account and a control policy's organization, however
/// often it is attached, and any other's place.
fn place(view: &View<'_>, grant: &Grant) -> Place {
    let Some(native_id) = native_id(&grant.via) else { return Place::of(view, grant) };
    let organization = match grant.via {
        Via::ServiceControlPolicy { .. } | Via::ResourceControlPolicy { .. } => {
            view.organization(&grant.scope)
        }
        _ => None,
    };
    let scope = organization.map_or(&grant.scope, |organization| &organization.id);
    Place { subject: Subject::Scope(scope.clone()), distinguisher: format!("policy:{native_id}") }
}

/// The unknown actions of a text; none of one that is no document. Few texts have any, and only those are parsed again.
fn unknown<'a>(view: &View<'a>, grant: &'a Grant, id: &PolicyId) -> BTreeSet<Unknown> {
    if !view.policies.access().may_name_unknown_action(grant) {
        return BTreeSet::new();
    }
    let Some(document) = view.policies.document(id) else { return BTreeSet::new() };
    document.statements.iter().flat_map(unknown_of).collect()
}

/// A policy with its unknown actions.
#[derive(Default)]
struct Found<'e> {
    grants: Vec<&'e Grant>,
    unknown: BTreeSet<Unknown>,
}

impl Found<'_> {
    fn draft(&self, view: &View<'_>) -> Option<Draft> {
        // What was to protect comes first.
        let mut listed: Vec<&Unknown> = self.unknown.iter().collect();
        listed.sort_by_key(|one| !one.was_to_protect());
        let (grant, first) = (self.grants.first()?, listed.first()?);
        let (what, whose) = (policy(grant), holder(view, grant));
        let named = if native_id(&grant.via).is_some() { what.clone() } else { format!("{what} of {whose}") };
        let actions: BTreeSet<&str> = listed.iter().map(|one| &*one.action).collect();
        let more = match actions.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let title = format!("{named} names `{}`{more}, no known action of AWS", Shown(&first.action));
        let mut draft = Draft::new(title)
            .severity(if first.was_to_protect() { Severity::Medium } else { RULE.severity })
            .at_most(confidence(&listed, first))
            .evidence("policy", what)
            .evidence("attached to", holders(&self.grants, &whose))
            .remedy("write the action as the service authorization reference has it, or remove it");
        for one in listed.iter().take(LISTED) {
            draft = draft.evidence("unknown action", one.says());
        }
        if listed.len() > LISTED {
            draft = draft.evidence("more", format!("{} more entries", listed.len() - LISTED));
        }
        let doubt = format!("AWS may have added it since {}, the date of the catalogue", source().date);
        Some(draft.evidence("not certain because", doubt))
    }
}

/// That of the surest of the entries that decide the severity, as `first` does.
fn confidence(unknown: &[&Unknown], first: &Unknown) -> Confidence {
    let mut deciding = unknown.iter().filter(|one| one.was_to_protect() == first.was_to_protect());
    let is_sure = deciding.any(|one| one.service == Service::Known);
    if is_sure { Confidence::Medium } else { Confidence::Low }
}

fn holders(grants: &[&Grant], first: &str) -> String {
    match grants.len() {
        0 | 1 => first.to_owned(),
        n => format!("{n} attachments, one of them to {first}"),
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Attachment, Effect, ScopeId};

    use crate::testing::{Case, World};
    let document = |effect: &str, entry: &str, actions: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":
                {{"Sid":"S","Effect":"{effect}","{entry}":{actions},"Resource":"*"}}}}"#
        )
    };
    let inline = || Via::Inline { name: "work".into() };
    let managed = |arn: &str| Via::Managed { native_id: arn.into(), name: "limits".into() };
    let of_user = move |effect: &'static str, entry: &'static str, actions: &'static str| {
        move |w: &mut World| {
            let user = w.user("ci");
            let text = document(effect, entry, actions);
            w.attach(Attachment::Identity(user.id), inline(), Effect::Allow, &text);
        }
    };
    let attached = move |via: Via| {
        move |w: &mut World| {
            let text = document("Deny", "Action", r#""s3:DeleteBuckett""#);
            for name in ["a", "b"] {
                let user = w.user(name);
                w.attach(Attachment::Identity(user.id), via.clone(), Effect::Allow, &text);
            }
        }
    };
    const OURS: &str = "arn:aws:iam::111122223333:policy/limits";
    vec![
        Case::fires("denied", of_user("Deny", "Action", r#""s3:DeleteBuckett""#))
            .severity(Severity::Medium)
            .confidence(Confidence::Medium)
            .says("inline policy `work` of `ci` names `s3:DeleteBuckett`, no known")
            .says("`s3:DeleteBuckett`, denied by statement `S`: `s3` has no such action")
            .says(source().date),
        Case::fires("allowed", of_user("Allow", "Action", r#"["s3:GetObjcet","s3:PutObject"]"#))
            .severity(Severity::Low),
        Case::fires("spared by an Allow", of_user("Allow", "NotAction", r#"["iam:*","sts:AsumeRole"]"#))
            .severity(Severity::Medium)
            .says("spared by the allowing `NotAction`"),
        Case::fires("spared by a Deny", of_user("Deny", "NotAction", r#"["iam:*","sts:AsumeRole"]"#))
            .severity(Severity::Low),
        Case::fires("a wildcard that matches nothing", of_user("Allow", "Action", r#""s3:Gett*""#)),
        Case::silent(
            "a wildcard that matches something",
            of_user("Deny", "Action", r#"["s3:Get*","S3:p?tobject"]"#),
        ),
        Case::silent("everything", of_user("Allow", "Action", r#"["*","*:*","s3:*"]"#)),
        Case::silent("another case", of_user("Allow", "NotAction", r#""S3:getobject""#)),
        Case::fires("a denial of an unknown service is no surer for what is allowed beside it", |w| {
            let user = w.user("ci");
            let text = r#"{"Statement":[{"Effect":"Allow","Action":"s3:Aa","Resource":"*"},
                {"Effect":"Deny","Action":"s4:Bb","Resource":"*"}]}"#;
            w.attach(Attachment::Identity(user.id), Via::Inline { name: "x".into() }, Effect::Allow, text);
        })
        .severity(Severity::Medium)
        .confidence(Confidence::Low)
        .says("names `s4:Bb` and 1 more"),
        Case::fires("an unknown service", of_user("Allow", "Action", r#""s4:GetObject""#))
            .confidence(Confidence::Low)
            .says("no service has the prefix `s4`"),
        Case::fires(
            "a wildcard for services that there are none of",
            of_user("Deny", "Action", r#""s4*:*""#),
        ),
        Case::fires(
            "many in one policy",
            of_user(
                "Deny",
                "Action",
                r#"["s3:A","s3:B","s3:C","s3:D","s3:E","s3:F","s3:G","s3:H","s3:I",
                "s3:J","s3:K","s3:L"]"#,
            ),
        )
        .says("`s3:A` and 11 more")
        .says("2 more entries"),
        Case::fires("both effects are one finding", move |w| {
            let user = w.user("ci");
            let text = r#"{"Statement":[{"Effect":"Allow","Action":"s3:Aa","Resource":"*"},
                {"Effect":"Deny","Action":"s3:Bb","Resource":"*"}]}"#;
            w.attach(Attachment::Identity(user.id), Via::Inline { name: "x".into() }, Effect::Allow, text);
        })
        .severity(Severity::Medium),
        Case::fires("the old language", move |w| {
            let role = w.role("ci");
            let text = r#"{"Version":"2008-10-17","Statement":
                {"Effect":"Allow","Action":"s3:GetObjcet","Resource":"*"}}"#;
            w.attach(Attachment::Identity(role.id), Via::Inline { name: "x".into() }, Effect::Allow, text);
        }),
        Case::fires("a managed policy, once", attached(managed(OURS)))
            .says("2 attachments, one of them to `a`")
            .says("Scope(\"aws:account/111122223333\")"),
        Case::fires("a managed policy that is a boundary too", move |w: &mut World| {
            attached(managed(OURS))(w);
            let user = w.user("c");
            let text = document("Deny", "Action", r#""s3:DeleteBuckett""#);
            let via = Via::Boundary { native_id: OURS.into() };
            w.attach(Attachment::Identity(user.id), via, Effect::Ceiling, &text);
        })
        .says("3 attachments"),
        Case::fires("one text in two policies", attached(inline())).times(2),
        Case::silent("AWS's own policy", attached(managed("arn:aws:iam::aws:policy/service-role/Old"))),
        Case::silent("AWS's own policy in China", attached(managed("arn:aws-cn:iam::aws:policy/Old"))),
        Case::silent(
            "AWS's own policy as boundary",
            attached(Via::Boundary { native_id: "arn:aws:iam::aws:policy/Old".into() }),
        ),
        Case::fires("a control policy, once for the organization", move |w: &mut World| {
            w.organization(&["444455556666", "777788889999"]);
            let text = document("Deny", "Action", r#""cloudtrail:StopLoging""#);
            for account in ["444455556666", "777788889999"] {
                let to = Attachment::Scope(ScopeId::new(format!("aws:account/{account}")));
                let via = Via::ServiceControlPolicy { native_id: "p-1".into(), name: "guard".into() };
                w.attach(to, via, Effect::Ceiling, &text);
            }
        })
        .says("Scope(\"aws:organization/o-acme\")")
        .says("service control policy `guard` (p-1) names"),
        Case::fires("a group's policy", move |w: &mut World| {
            let group = w.group("robots");
            w.attach(
                Attachment::Group(group),
                inline(),
                Effect::Allow,
                &document("Allow", "Action", r#""s3:Gett""#),
            );
        })
        .says("inline policy `work` of group `robots`"),
        Case::fires("a trust policy", move |w| {
            let role = w.role("app");
            let text = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AsumeRole"}}"#;
            w.trust_policy(&role, text);
        })
        .says("Identity(\"aws:arn:aws:iam::111122223333:role/app\")"),
        Case::silent("a topic's default policy", move |w| {
            let to = Attachment::Resource("arn:aws:sns:eu-west-1:111122223333:t".into());
            let text = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},
                "Action":["SNS:Publish","SNS:Receive"],"Resource":"*"}}"#;
            w.attach(to, Via::ResourcePolicy, Effect::Allow, text);
        }),
        Case::silent("an entry without a service", of_user("Allow", "Action", r#""GetObject""#)),
        Case::silent("a text that is no document", move |w| {
            let user = w.user("ci");
            w.attach(Attachment::Identity(user.id), Via::Inline { name: "x".into() }, Effect::Allow, "{");
        }),
        Case::fires("hostile names", move |w: &mut World| {
            let user = w.user("ci");
            let long = "x".repeat(50_000);
            for action in ["s3:\\n\\u001b[31m", "\\u202e:x", "s3:*?*?*?*?*?*?*z", &format!("{long}:{long}")] {
                let via = Via::Inline { name: action.into() };
                let text = document("Deny", "Action", &format!("\"{action}\""));
                w.attach(Attachment::Identity(user.id.clone()), via, Effect::Allow, &text);
            }
        })
        .times(4),
    ]
}
