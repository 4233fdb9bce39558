use std::collections::BTreeMap;

use census_model::{Attachment, Grant, Provider, Severity};
use census_privilege::aws::{document::DocumentError, policy::PolicyType};

use crate::{
    Docs, Draft, Findings, Rule, View,
    policies::{LISTED, Place, holder, policy},
};

pub(crate) static RULE: Rule = Rule {
    id: "policy-refused",
    version: 1,
    title: "A policy that AWS would refuse where it is attached",
    severity: Severity::Medium,
    finding_types: &["COV-GAP"],
    providers: &[Provider::Aws],
    // An identity with such a policy is in the inventory.
    except_controls: &[
        ("CSA-CCM-4", "IAM-03"),
        ("ISO-27001-2022", "A.5.9"),
        ("NIST-800-53r5", "AC-2(1)"),
        ("NIST-CSF-2.0", "ID.AM-02"),
    ],
    thresholds: &[],
    docs: Docs {
        finds: "A policy document that is attached, and that AWS would not accept there: broken JSON, an element that \
                the policy language does not have, an `Effect` that is neither `Allow` nor `Deny`, an action without \
                its service, a `Principal` in an identity's policy, none in a resource's. One finding an attachment; \
                its subject is the identity, or the account or organizational unit for a group, a resource and a \
                control policy.",
        why: "What such a policy grants or denies cannot be told, so every verdict about whoever it applies to stays \
              open. A policy that came from AWS passed its check, so the text was changed on its way, or the language \
              has grown since this version of Census.",
        remedy: "Compare the text with what AWS returns for the policy, and export it anew. Where AWS returns the \
                 same, correct the policy there, or report the element that Census does not know.",
        limits: "AWS checks more than this when a policy is saved: that principals exist, that a policy is not too \
                 long, what a service's own policies may hold. Such policies are not found. A text that is the same at \
                 several places is judged at each.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    // Documents that contradict each other can hold one attachment twice.
    let mut places: BTreeMap<Place, Vec<(&Grant, &DocumentError)>> = BTreeMap::new();
    for (grant, error) in view.policies.access().refused() {
        places.entry(Place::of(view, grant)).or_default().push((grant, error));
    }
    for (place, refused) in &places {
        let Some((grant, _)) = refused.first() else { continue };
        let kind = PolicyType::of(grant).with_article();
        let (what, whose) = (policy(grant), holder(view, grant));
        let title = match grant.attached_to {
            Attachment::Resource(_) => format!("AWS would refuse the policy of {whose} as {kind}"),
            _ => format!("AWS would refuse {what} of {whose} as {kind}"),
        };
        let mut draft = Draft::new(title).evidence("policy", format!("{what}, attached to {whose}")).remedy(
            "compare the text with what AWS returns for the policy, and export it anew or correct it",
        );
        for (grant, error) in refused.iter().take(LISTED) {
            let text = grant.policy.as_ref().map_or("no text", |id| id.as_str());
            draft = draft
                .evidence("text", text)
                .evidence("problem", format!("{}: {}", error.whereabouts(), error.problem));
        }
        place.report(view, draft, findings);
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_model::{Effect, ScopeId, Via};

    use crate::testing::{Case, World};
    const BUCKET: &str = "arn:aws:s3:::lake";
    let inline = || Via::Inline { name: "work".into() };
    let of_user = move |name: &'static str, text: &'static str| {
        Case::fires(name, move |w: &mut World| {
            let user = w.user("ci");
            w.attach(Attachment::Identity(user.id), inline(), Effect::Allow, text);
        })
    };
    let fine = r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
    let everyone =
        r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}}"#;
    let on = move |to: Attachment, via: Via, effect: Effect, text: &'static str| {
        move |w: &mut World| w.attach(to.clone(), via.clone(), effect, text)
    };
    let scope = || Attachment::Scope(ScopeId::new("aws:organizational-unit/ou-1"));
    let scp = || Via::ServiceControlPolicy { native_id: "p-1".into(), name: "limits".into() };
    let rcp = || Via::ResourceControlPolicy { native_id: "p-2".into(), name: "perimeter".into() };
    let boundary = || Via::Boundary { native_id: "arn:aws:iam::111122223333:policy/limits".into() };
    let bucket = || Attachment::Resource(BUCKET.into());
    vec![
        of_user("broken JSON", "{").says("not JSON").says("inline policy `work`"),
        of_user(
            "an unknown element",
            r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Ressource":"*"}}"#,
        )
        .says("`Ressource` is not an element"),
        of_user("an odd effect", r#"{"Statement":{"Effect":"allow","Action":"s3:*","Resource":"*"}}"#)
            .says("Statement.Effect"),
        of_user(
            "a principal",
            r#"{"Statement":[{"Sid":"B","Effect":"Allow","Action":"s3:*","Resource":"*"},
                {"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#,
        )
        .says("Principal of statement `A`: has no place in an identity policy"),
        of_user(
            "an action without a service",
            r#"{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}"#,
        )
        .says("`GetObject` does not begin with a service"),
        of_user("no resource", r#"{"Statement":{"Effect":"Allow","Action":"s3:GetObject"}}"#),
        Case::silent("a policy", move |w: &mut World| {
            let user = w.user("ci");
            w.attach(Attachment::Identity(user.id), inline(), Effect::Allow, fine);
        }),
        Case::fires("a trust policy that names nobody", move |w| {
            let role = w.role("app");
            w.trust_policy(&role, r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}"#);
        })
        .says("must say whom it means")
        .says("Identity(\"aws:arn:aws:iam::111122223333:role/app\")"),
        Case::silent("a trust policy", move |w| {
            let role = w.role("app");
            let text = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
            w.trust_policy(&role, text);
        }),
        Case::fires(
            "a bucket's policy without a principal",
            on(bucket(), Via::ResourcePolicy, Effect::Allow, fine),
        )
        .says("Scope(\"aws:account/111122223333\")")
        .says(BUCKET),
        Case::silent("a bucket's policy", on(bucket(), Via::ResourcePolicy, Effect::Allow, everyone)),
        Case::fires(
            "a service control policy with a principal",
            on(scope(), scp(), Effect::Ceiling, everyone),
        )
        .says("aws:organizational-unit/ou-1"),
        Case::silent("a service control policy", on(scope(), scp(), Effect::Ceiling, fine)),
        Case::fires(
            "a resource control policy without a principal",
            on(scope(), rcp(), Effect::Ceiling, fine),
        ),
        Case::silent("a resource control policy", on(scope(), rcp(), Effect::Ceiling, everyone)),
        Case::fires("one text, right and wrong", move |w| {
            let user = w.user("ci");
            w.attach(Attachment::Identity(user.id), boundary(), Effect::Ceiling, everyone);
            w.attach(bucket(), Via::ResourcePolicy, Effect::Allow, everyone);
        })
        .says("as a permissions boundary"),
        Case::fires("one attachment with two texts is one finding", move |w| {
            let user = w.user("ci");
            for text in ["{", "[]"] {
                w.attach(Attachment::Identity(user.id.clone()), inline(), Effect::Allow, text);
            }
        })
        .says("not JSON")
        .says("must be an object"),
        Case::fires("two groups", move |w| {
            for group in [w.group("robots"), w.group("people")] {
                w.attach(Attachment::Group(group), inline(), Effect::Allow, "{");
            }
        })
        .times(2),
        Case::fires("a trust policy and one that is called so", move |w| {
            let role = w.role("app");
            w.trust_policy(&role, "{");
            let via = Via::Inline { name: "trust policy".into() };
            w.attach(Attachment::Identity(role.id), via, Effect::Allow, "{");
        })
        .times(2),
        Case::fires("each attachment", move |w| {
            let (user, role) = (w.user("ci"), w.role("app"));
            let group = w.group("robots");
            for to in [Attachment::Identity(user.id), Attachment::Identity(role.id), Attachment::Group(group)]
            {
                w.attach(to, inline(), Effect::Allow, "{");
            }
            w.attach(bucket(), Via::ResourcePolicy, Effect::Allow, "{");
        })
        .times(4),
        Case::fires("hostile names", move |w| {
            let user = w.user("ci");
            for name in ["a\nb\u{1b}[31m", "a\nb", "trust policy", &"x".repeat(100_000)] {
                let via = Via::Inline { name: name.into() };
                w.attach(Attachment::Identity(user.id.clone()), via, Effect::Allow, "{");
            }
            w.attach(Attachment::Resource("not\nan arn".into()), Via::ResourcePolicy, Effect::Allow, "{");
        })
        .times(5),
        Case::fires("whoever was not read", move |w| {
            let user = census_fixtures::user("gone");
            w.attach(Attachment::Identity(user.id), inline(), Effect::Allow, "{");
        })
        .says("Scope(\"aws:account/111122223333\")"),
        Case::silent("a text that was not read", move |w| {
            let user = w.user("ci");
            w.estate.grant(Grant {
                attached_to: Attachment::Identity(user.id),
                via: inline(),
                policy: None,
                effect: Effect::Allow,
                scope: user.scope, activation: census_model::Activation::Standing, condition: None });
        }),
    ]
}
