//! A small company that has one of everything: every owner status, every kind of gap, hostile names.

use std::collections::BTreeMap;

use census_fixtures as fixtures;
use census_model::{
    Attachment, Condition, ConditionLanguage, Confidence, Credential, CredentialId, CredentialKind,
    CredentialStatus, Effect, Estate, EstateBuilder, Finding, Gap, GapReason, Grant, Group, GroupId, Holder,
    Identity, Issuer, IssuerId, IssuerKind, Manager, Mechanism, Membership, NatureKind, Observed, Ownership,
    Policy, PolicyKind, PrincipalSet, PrivilegeUse, PrivilegeUses, Provider, Reaches, RightSize, Scope,
    ScopeId, ScopeKind, ServiceSize, SizedPolicy, Source, Text, Trust, UseCounts, UseState, VaultAccesses,
    Via, WeightyAction, Workload, WorkloadId, WorkloadKind,
};
use census_reports::Input;
use fixtures::{ACCOUNT, access_key, account_scope, console_password, credential, days_ago, now};

use crate::{
    reaches::reaches,
    verdicts::{findings, ownership},
};

/// The other account of the company.
pub(crate) const SANDBOX: &str = "444455556666";

/// A name with everything that a terminal, a spreadsheet or a shell might act on.
pub(crate) const HOSTILE: &str = "=cmd|'/c calc'!A0\u{1b}]0;owned\u{7}\u{1b}[31m\u{202e}nimda\u{200b}\r\n<b>";

/// What reports are made of, owned.
pub(crate) struct Company {
    pub(crate) estate: Estate,
    pub(crate) ownership: Ownership,
    pub(crate) reaches: Reaches,
    pub(crate) uses: PrivilegeUses,
    pub(crate) vaults: VaultAccesses,
    pub(crate) findings: Vec<Finding>,
}

impl Company {
    pub(crate) fn input(&self) -> Input<'_> {
        Input {
            tool_version: "0.0.0-test",
            estate: &self.estate,
            ownership: &self.ownership,
            reaches: &self.reaches,
            uses: &self.uses,
            vaults: &self.vaults,
            findings: &self.findings,
        }
    }

    pub(crate) fn identity(&self, name: &str) -> &Identity {
        self.estate.identities.iter().find(|identity| &*identity.name == name).unwrap()
    }

    /// The same content, with every list the other way round.
    pub(crate) fn reversed(mut self) -> Self {
        let estate = &mut self.estate;
        estate.identities.reverse();
        estate.credentials.reverse();
        estate.groups.reverse();
        estate.memberships.reverse();
        estate.grants.reverse();
        estate.trusts.reverse();
        estate.issuers.reverse();
        estate.workloads.reverse();
        estate.sources.reverse();
        estate.targets.reverse();
        estate.gaps.reverse();
        self.findings.reverse();
        self
    }
}

/// The company.
pub(crate) fn company() -> Company {
    let mut estate = fixtures::account();
    scopes(&mut estate);
    identities(&mut estate);
    deploy_role(&mut estate);
    gaps(&mut estate);
    let estate = fixtures::finish(estate);
    Company {
        ownership: ownership(&estate),
        reaches: reaches(&estate),
        uses: uses(&estate),
        vaults: VaultAccesses::default(),
        findings: findings(&estate),
        estate,
    }
}

/// Of two identities it is known what they use.
fn uses(estate: &Estate) -> PrivilegeUses {
    let use_of = |identity: &Identity| {
        let counts = |used, unused, untold| UseCounts { used, unused, untold };
        let (services, weighty, window) = match &*identity.name {
            "ci-deploy" => (counts(2, 300, 1), counts(1, 20, 3), Some((days_ago(400), now()))),
            "backup" => (counts(1, 0, 0), counts(1, 0, 0), Some((days_ago(30), now()))),
            _ => (counts(0, 0, 2), counts(0, 0, 1), None),
        };
        (identity.id.clone(), PrivilegeUse { services, weighty, window })
    };
    estate.identities.iter().map(use_of).collect()
}

/// What would have sufficed for one that used little of much.
pub(crate) fn right_size() -> RightSize {
    let service = |service: &str, state: UseState, actions: [usize; 3], weighty: &[(&str, &str)]| {
        let [used, unused, untold] = actions;
        let named = |of: UseState| {
            let is_it = (state == of) || (state == UseState::Used && of == UseState::Untold);
            let one =
                |(action, why): &(&str, &str)| WeightyAction { action: (*action).into(), why: (*why).into() };
            weighty.iter().filter(|_| is_it).map(one).collect::<Vec<_>>()
        };
        ServiceSize {
            service: service.into(),
            state,
            at: (state != UseState::Untold)
                .then(|| if state == UseState::Used { days_ago(3) } else { days_ago(400) }),
            actions: UseCounts { used, unused, untold },
            unused_weighty: named(UseState::Unused),
            untold_weighty: named(UseState::Untold),
            unused_permission_changes: usize::from(service == "kms"),
        }
    };
    let text = r#"{"Statement":[{"Action":["s3:CreateBucket","s3:GetObject"],"Effect":"Allow","Resource":["arn:aws:s3:::lake/*"]}],"Version":"2012-10-17"}"#;
    RightSize {
        from: days_ago(400),
        to: now(),
        confidence: Confidence::Medium,
        remarks: vec!["1 granted action is kept because no source tells whether it is used".into()],
        policies: vec![SizedPolicy { text: text.into(), characters: text.len() }],
        characters_before: 4321,
        services: vec![
            service("iam", UseState::Untold, [0, 0, 1], &[("iam:PassRole", "gives a role to a service")]),
            service("kms", UseState::Unused, [0, 55, 0], &[("kms:Decrypt", "reads what is encrypted")]),
            service("s3", UseState::Used, [1, 40, 1], &[("s3:GetObject", "reads objects")]),
        ],
    }
}

fn scopes(estate: &mut EstateBuilder) {
    let above = |id: &str, kind, name: &str, parent: Option<&str>| Scope {
        id: ScopeId::new(id),
        native_id: id.rsplit('/').next().unwrap().into(),
        kind,
        name: Some(name.into()),
        parent: parent.map(ScopeId::new),
        scanned: false,
        ..fixtures::scope(ACCOUNT)
    };
    estate.scope(above("aws:organization/o-1", ScopeKind::Organization, "Example Ltd", None));
    estate.scope(above(
        "aws:ou/ou-prod",
        ScopeKind::OrganizationalUnit,
        "Production",
        Some("aws:organization/o-1"),
    ));
    let parent = Some(ScopeId::new("aws:ou/ou-prod"));
    estate.scope(Scope { name: Some("shop".into()), parent: parent.clone(), ..fixtures::scope(ACCOUNT) });
    estate.scope(Scope { name: Some("sandbox".into()), parent, ..fixtures::scope(SANDBOX) });
    estate.target(format!("aws:account/{SANDBOX}"));
    for (account, hours) in [(ACCOUNT, 3), (SANDBOX, 1)] {
        estate.source(Source {
            provider: Provider::Aws,
            scope: Some(account_scope(account)),
            document: format!("accounts/{account}/credential-report.csv").into(),
            as_of: Some(now() - jiff::SignedDuration::from_hours(hours)),
        });
        estate.source(Source {
            provider: Provider::Aws,
            scope: Some(account_scope(account)),
            document: format!("accounts/{account}/authorization-details.json").into(),
            as_of: None,
        });
    }
}

fn identities(estate: &mut EstateBuilder) {
    let root = fixtures::root();
    estate.credential(Credential {
        last_used: Observed::NotSince(days_ago(400)),
        ..credential(&root, CredentialKind::MfaDevice, "root-mfa")
    });
    estate.identity(root);

    let mut backup = fixtures::user("backup");
    backup.last_used = Observed::NotSince(days_ago(700));
    backup.tags.insert("team".into(), "-storage".into());
    let old_key = Credential {
        created: Some(days_ago(500)),
        last_used: Observed::NotSince(days_ago(400)),
        ..access_key(&backup, "AKIAEXAMPLEOLD000001")
    };
    let off_key = Credential {
        status: CredentialStatus::Inactive,
        last_used: Observed::Known(census_model::LastUse { at: days_ago(90), service: None, region: None }),
        ..access_key(&backup, "AKIAEXAMPLEOFF000002")
    };
    estate.credential(old_key);
    estate.credential(off_key);
    estate.identity(backup);

    let mut anna = fixtures::user("anna");
    anna.nature.kind = NatureKind::Mixed;
    anna.nature.reasons = vec!["access key".into(), "console password".into()];
    estate.credential(console_password(&anna));
    estate.credential(Credential {
        last_used: Observed::NotVisible(denied_keys().id),
        key_id: None,
        ..access_key(&anna, "unknown")
    });
    estate.identity(anna);

    for name in ["left-behind", "disputed", "unowned-job"] {
        estate.identity(fixtures::role(name));
    }
    estate.identity(fixtures::user(HOSTILE));

    let mut managed = fixtures::role("AWSServiceRoleForSupport");
    managed.managed_by = Some(Manager {
        name: "aws".into(),
        evidence: "path /aws-service-role/support.amazonaws.com/".into(),
    });
    estate.identity(managed);

    let mut tester = fixtures::role("tester");
    tester.scope = account_scope(SANDBOX);
    tester.last_used = Observed::NotVisible(denied_keys().id);
    estate.identity(tester);
    estate.credential(Credential {
        id: CredentialId::new("aws:account/444455556666#server-certificate/shop"),
        holder: Holder::Scope(account_scope(SANDBOX)),
        expires: Some(now() + jiff::SignedDuration::from_hours(24 * 20)),
        ..credential(&fixtures::root(), CredentialKind::ServerCertificate, "ASCAEXAMPLE")
    });
}

fn deploy_role(estate: &mut EstateBuilder) {
    let role = fixtures::role("ci-deploy");
    let id = role.id.clone();
    let group = Group {
        id: GroupId::new("aws:arn:aws:iam::111122223333:group/robots"),
        native_id: "arn:aws:iam::111122223333:group/robots".into(),
        immutable_id: None,
        name: "robots".into(),
        scope: role.scope.clone(),
        created: None,
        role_assignable: false,
        membership_rule: None,
        kept_elsewhere: false,
    };
    let grant = |attached_to, via, policy, effect| Grant {
        attached_to,
        via,
        policy,
        effect,
        scope: account_scope(ACCOUNT),
        activation: census_model::Activation::Standing,
        condition: None,
    };
    let policy = estate.policy(Policy::new(PolicyKind::AwsDocument, r#"{"Statement":[]}"#));
    let managed = |name: &str| Via::Managed {
        native_id: format!("arn:aws:iam::aws:policy/{name}").into(),
        name: name.into(),
    };
    let own = Attachment::Identity(id.clone());
    estate.grant(grant(own.clone(), managed("PowerUserAccess"), Some(policy.clone()), Effect::Allow));
    estate.grant(grant(own.clone(), Via::Inline { name: HOSTILE.into() }, None, Effect::Allow));
    let boundary = Via::Boundary { native_id: "arn:aws:iam::111122223333:policy/ceiling".into() };
    estate.grant(grant(own, boundary, Some(policy.clone()), Effect::Ceiling));
    let through = Attachment::Group(group.id.clone());
    estate.grant(grant(through, managed("ReadOnlyAccess"), Some(policy.clone()), Effect::Allow));
    let scp = Via::ServiceControlPolicy { native_id: "p-1".into(), name: "no-root".into() };
    estate.grant(grant(Attachment::Scope("aws:ou/ou-prod".into()), scp, Some(policy), Effect::Ceiling));
    estate.membership(Membership {
        group: group.id.clone(),
        member: id.clone(),
        through: Vec::new(),
        activation: census_model::Activation::Standing,
    });
    estate.group(group);

    let condition = |text: &str| Some(Condition { language: ConditionLanguage::AwsJson, text: text.into() });
    let trust = |who, mechanism, statement: &str, condition| Trust {
        becomes: id.clone(),
        who,
        except: Vec::new(),
        mechanism,
        statement: statement.into(),
        condition,
    };
    let github = "token.actions.githubusercontent.com";
    estate.trust(trust(
        PrincipalSet::External(github.into()),
        Mechanism::WebIdentity,
        "GitHub",
        condition(r#"{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:example/*"]}}"#),
    ));
    estate.trust(trust(PrincipalSet::Everyone, Mechanism::AssumeRole, "2", None));
    let user = "arn:aws:iam::111122223333:user/backup";
    estate.trust(trust(PrincipalSet::Identity(user.into()), Mechanism::AssumeRole, "3", None));
    estate.trust(trust(PrincipalSet::Deleted("AROADEAD".into()), Mechanism::AssumeRole, "4", None));
    estate.issuer(Issuer {
        id: IssuerId::new(format!("aws:arn:aws:iam::{ACCOUNT}:oidc-provider/{github}")),
        native_id: format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{github}").into(),
        provider: Provider::Aws,
        kind: IssuerKind::Oidc,
        scope: account_scope(ACCOUNT),
        issuer: Some(github.into()),
        audiences: vec!["sts.amazonaws.com".into()],
        created: Some(days_ago(300)),
        expires: None,
        tags: BTreeMap::new(),
    });
    estate.workload(Workload {
        id: WorkloadId::new("aws:arn:aws:iam::111122223333:instance-profile/ci"),
        native_id: "arn:aws:iam::111122223333:instance-profile/ci".into(),
        kind: WorkloadKind::AwsInstanceProfile,
        name: "ci".into(),
        scope: account_scope(ACCOUNT),
        runs_as: vec![id.clone()],
        uses: Vec::new(),
        state: None,
        created: None,
        tags: BTreeMap::new(),
    });
    estate.identity(role);
}

/// The read whose refusal hides last uses in the sandbox.
pub(crate) fn denied_keys() -> Gap {
    Gap::new(
        Provider::Aws,
        Some(account_scope(SANDBOX)),
        "iam:ListAccessKeys",
        GapReason::Denied,
        "AccessDenied: not authorized",
        Vec::new(),
    )
}

fn gaps(estate: &mut EstateBuilder) {
    estate.gap(denied_keys());
    estate.gap(fixtures::denied("iam:ListAccessKeys"));
    let here = |read: &str, reason, detail: &str, affects: Vec<Text>| {
        Gap::new(Provider::Aws, Some(account_scope(ACCOUNT)), read, reason, detail, affects)
    };
    estate.gap(here("iam:GenerateCredentialReport", GapReason::Throttled, "gave up after 5 tries", vec![]));
    let anna: Text = format!("aws:arn:aws:iam::{ACCOUNT}:user/anna").into();
    estate.gap(here("iam:ListSSHPublicKeys", GapReason::Failed, "connection reset\u{1b}[2J", vec![anna]));
    estate.gap(here("service-last-accessed.json", GapReason::NotProvided, "", vec![]));
    estate.gap(here("identity-center.json", GapReason::NotRequested, "", vec![]));
    estate.gap(Gap::new(
        Provider::Aws,
        None,
        "organizations:ListAccounts",
        GapReason::Truncated,
        "page 2 is missing",
        vec![],
    ));
}
