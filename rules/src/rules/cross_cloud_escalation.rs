use census_model::{
    Cut, Identity, Path, PrincipalSet, Provider, Reach, ReachAt, Scope, ScopeId, ScopeKind, Severity, Step, Trust,
};

use crate::{
    Docs, Draft, EVERY_PROVIDER, Findings, Rule, View,
    clouds::cloud,
    docs::subject,
    entra::federated_credentials,
    powers::{cut_words, name, path, place, powerful, weigh, weigh_at},
    principals::{edit_trust, statements},
};

pub(crate) static RULE: Rule = Rule {
    id: "cross-cloud-escalation",
    version: 1,
    title: "An identity whose way to administration leads into another cloud",
    severity: Severity::High,
    finding_types: &["PRIV-ESCALATION", "PRIV-BROAD-SCOPE"],
    providers: EVERY_PROVIDER,
    // Those are about one managed policy for people, what an instance runs as, and roles that people hold.
    except_controls: &[("CIS-AWS", "7.0:2.20"), ("CIS-GCP", "5.0:1.7"), ("CIS-GCP", "5.0:4.1")],
    thresholds: &[],
    docs: Docs {
        finds: "An identity may take steps at whose end it is an administrator, and one of the steps leads from one cloud \
                into another: a role of AWS that takes tokens of a tenant of Entra ID, a federated credential of Entra \
                ID that takes tokens of AWS, an assertion that the other side believes. The shortest such path is shown \
                step by step, with the trust that is crossed and the smallest change that ends it. Severity is critical \
                where its end administers a tenant, a management group, or the account that manages an organization, and \
                high where it administers an account or a subscription; one step lower where every such path depends on \
                a condition that is open at run time.",
        why: "Each cloud's own review ends at its border. Who administers one cloud does not see that whoever writes a \
              function in the other gets in, and an incident there is not looked for here.",
        remedy: "Take away the permission that the evidence names as the cut, or end the trust. Give what has to cross a \
                 role that may do just its task, and guard the identity that is trusted like the one that it becomes.",
        limits: "Only paths that the reach lists are looked at, five an identity. A trust whose target administers nothing is \
                 no path. What was not read lowers the confidence. The same identities may be reported by \
                 privilege-escalation, which does not say where the border is.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings<'_>) {
    for (identity, reach) in powerful(view) {
        let crossings: Vec<Crossing<'_>> = reach.paths.iter().filter_map(|path| Crossing::of(view, path)).collect();
        let Some(shortest) = crossings.iter().min_by_key(|one| one.path.steps.len()) else { continue };
        let severity = crossings.iter().map(|one| one.severity(view)).max().unwrap_or(RULE.severity);
        let draft = draft(view, identity, reach, &crossings, shortest).severity(severity);
        findings.identity(identity, "", draft);
    }
}

/// A path, and its first step over a border.
struct Crossing<'a> {
    path: &'a Path,
    step: &'a Step,
    from: &'a Identity,
    to: &'a Identity,
}

impl<'a> Crossing<'a> {
    fn of(view: &View<'a>, path: &'a Path) -> Option<Self> {
        path.steps.iter().find_map(|step| {
            let (from, to) = (view.index.identity(&step.from)?, view.index.identity(&step.to)?);
            (from.provider != to.provider).then_some(Self { path, step, from, to })
        })
    }

    fn severity(&self, view: &View<'_>) -> Severity {
        let scope = self.path.scope.as_ref().and_then(|id| view.estate().scopes.get(id));
        match (scope.is_some_and(rules_many), self.path.conditional) {
            (true, false) => Severity::Critical,
            (true, true) | (false, false) => Severity::High,
            (false, true) => Severity::Medium,
        }
    }

    /// What of the trusting side's own trusts lets the step through.
    fn trusts<'v>(&self, view: &View<'v>) -> Vec<&'v Trust> {
        let through = self.step.through.as_deref();
        let lets_through = |trust: &&Trust| match &trust.who {
            PrincipalSet::External(issuer) if Some(&**issuer) == through => true,
            _ => Some(&*trust.statement) == through,
        };
        view.index.trusts(&self.to.id).iter().copied().filter(lets_through).collect()
    }
}

/// Whether who administers a scope administers those below it.
fn rules_many(scope: &Scope) -> bool {
    matches!(scope.kind, ScopeKind::Organization | ScopeKind::Tenant | ScopeKind::ManagementGroup)
        || scope.manages.is_some()
}

fn draft(
    view: &View<'_>,
    identity: &Identity,
    reach: &Reach,
    crossings: &[Crossing<'_>],
    shortest: &Crossing<'_>,
) -> Draft {
    let title = format!(
        "{} of {} can become administrator of {} by way of a trust between {} and {}",
        subject(view, identity),
        cloud(identity.provider),
        shortest.path.scope.as_ref().map_or_else(|| name(view, &shortest.path.target), |at| place(view, at)),
        cloud(shortest.from.provider),
        cloud(shortest.to.provider),
    );
    let crosses = format!(
        "{} {} of {} becomes {} {} of {}",
        shortest.from.kind,
        name(view, &shortest.from.id),
        cloud(shortest.from.provider),
        shortest.to.kind,
        name(view, &shortest.to.id),
        cloud(shortest.to.provider),
    );
    let ends = |at: &ScopeId| crossings.iter().any(|one| one.path.scope.as_ref() == Some(at));
    let at: Vec<&ReachAt> = reach.at.iter().filter(|at| ends(&at.scope)).collect();
    let draft = Draft::new(title)
        .evidence("lives in", place(view, &identity.scope))
        .evidence("crosses the border where", crosses)
        .facts(statements(shortest.trusts(view)));
    let draft = if at.is_empty() { weigh(draft, view, reach) } else { weigh_at(draft, view, reach, &at) };
    let others = crossings.len().saturating_sub(1);
    let draft = match others {
        0 => draft,
        _ => draft.evidence("other paths over a border", others.to_string()),
    };
    let is_of_trust = |cut: &Cut| cut.trusting(view.index).is_some_and(|one| one.id == shortest.to.id);
    let remedy = match &shortest.path.cut {
        Some(cut) if is_of_trust(cut) => cut_words(view, cut),
        Some(cut) => format!("{}, or end the trust of {}", cut_words(view, cut), name(view, &shortest.to.id)),
        None => format!("end the trust of {}", name(view, &shortest.to.id)),
    };
    let draft = draft
        .facts(path(view, shortest.path, reach))
        .remedy(remedy)
        .command(["census", "paths", &identity.native_id]);
    match shortest.to.provider {
        Provider::Azure => federated_credentials(draft, shortest.to),
        Provider::Aws => edit_trust(shortest.to).into_iter().fold(draft, Draft::command),
        Provider::Gcp => draft,
    }
}

#[cfg(test)]
pub(crate) fn cases() -> Vec<crate::testing::Case> {
    use census_fixtures::{self as fixtures, ACCOUNT, azure};
    use census_model::{Attachment, Bound, Confidence, CutGrant, Level, Mechanism, Via};

    use crate::testing::{Case, World, path};
    const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/sts.windows.net/7a1f0000-0000-4000-8000-000000000001";
    const OTHER: &str = "999988887777";
    /// A managed identity that a role of AWS trusts, and the path from one into the other.
    fn into_aws(w: &mut World) -> (Identity, Identity, Path) {
        let (app, role) = (w.azure(azure::system_assigned("sync")), w.role("deploy"));
        w.trust(&role, PrincipalSet::External(PROVIDER.into()), Mechanism::WebIdentity, "");
        let mut path = path(&app, &role, "sts:AssumeRoleWithWebIdentity");
        path.steps[0].through = Some(PROVIDER.into());
        (app, role, path)
    }
    /// A path of two steps, one after the other.
    fn then(mut first: Path, then: Path) -> Path {
        first.steps.extend(then.steps);
        Path { steps: first.steps, ..then }
    }
    vec![
        Case::fires("from Azure into AWS", |w| {
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Escalates).only_in(&fixtures::account_scope(ACCOUNT)).path(path);
        })
        .severity(Severity::High)
        .confidence(Confidence::High)
        .says("of Azure can become administrator of account 111122223333")
        .says("`sync` of Azure becomes aws-role `deploy` of AWS")
        .says("sts:AssumeRoleWithWebIdentity, without a condition")
        .says("take sts:AssumeRoleWithWebIdentity on `*` from `sync`, or end the trust of `deploy`")
        .says("update-assume-role-policy"),
        Case::fires("the trust policy of the role gives the step", |w| {
            let (app, role, mut path) = into_aws(w);
            path.cut.as_mut().unwrap().grants.push(CutGrant {
                attached_to: Attachment::Resource(role.native_id.clone()),
                via: Via::Inline { name: "trust policy".into() },
                statement: "Entra".into(),
            });
            w.reach(&app, Level::Escalates).only_in(&fixtures::account_scope(ACCOUNT)).path(path);
        })
        .says("end the trust of `deploy` in `sync`")
        .says("statement `Entra` of trust policy, attached to"),
        Case::fires("the border is the second step of three", |w| {
            let (app, role, over) = into_aws(w);
            let (writer, admin) = (w.app("release"), w.role("admin"));
            let way = then(then(path(&writer, &app, "Microsoft.Web/sites/write"), over), path(&role, &admin, "iam:PassRole"));
            w.reach(&writer, Level::Escalates).path(way);
        })
        .says("`release` of Azure can become")
        .says("step 3"),
        Case::fires("from AWS into a tenant", |w| {
            let (role, app) = (w.role("deploy"), w.app("directory"));
            w.estate.trust(azure::federated(&app, "https://a.tokens.sts.global.api.aws", &role.native_id));
            w.reach(&role, Level::Escalates).path(path(&role, &app, "sts:GetWebIdentityToken"));
        })
        .severity(Severity::Critical)
        .says("aws-role `deploy` of AWS can become administrator of tenant")
        .says("\"federated-credential\", \"list\""),
        Case::fires("an administrator at home, who gets into the other cloud", |w| {
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Admin).at(ACCOUNT, Level::Admin).path(path);
        })
        .severity(Severity::High),
        Case::fires("only under a condition", |w| {
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Escalates).conditional().path(Path { conditional: true, ..path });
        })
        .severity(Severity::Medium),
        Case::fires("the account that manages the organization", |w| {
            let organization = ScopeId::new("aws:organization/o-acme");
            w.organization(&[ACCOUNT]);
            w.estate.scope(Scope { manages: Some(organization.clone()), parent: Some(organization), ..fixtures::scope(ACCOUNT) });
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Escalates).path(path);
        })
        .severity(Severity::Critical),
        Case::fires("two paths are one finding", |w| {
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Escalates).path(path.clone()).path(path);
        })
        .says("other paths over a border"),
        Case::fires("a limit was not read", |w| {
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Escalates).bound(Bound::Upper, "organizations:ListPolicies").path(path);
        })
        .confidence(Confidence::Low),
        Case::silent("a path within AWS, between two accounts", |w| {
            w.estate.scope(fixtures::scope(OTHER));
            let (user, admin) = (w.user("ci"), w.role("admin"));
            w.reach(&user, Level::Escalates).at(OTHER, Level::Escalates).path(path(&user, &admin, "sts:AssumeRole"));
        }),
        Case::silent("a path within Azure", |w| {
            let (writer, app) = (w.app("release"), w.azure(azure::system_assigned("sync")));
            w.reach(&writer, Level::Escalates).path(path(&writer, &app, "Microsoft.Web/sites/write"));
        }),
        Case::silent("a trust, and nothing that the role administers", |w| {
            let (app, role, _) = into_aws(w);
            w.reach(&app, Level::Limited);
            w.reach(&role, Level::Limited);
        }),
        Case::silent("a path that is only possible", |w| {
            let (app, _, path) = into_aws(w);
            w.reach(&app, Level::Limited);
            w.reaches.of.get_mut(&app.id).unwrap().possible_paths.push(path);
        }),
    ]
}
