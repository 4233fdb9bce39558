//! A small account with one identity that is to be retired, and its plan in outline.

use std::{collections::BTreeMap, fmt::Write as _};

use census_fixtures::{ACCOUNT, account, account_scope, finish};
use census_model::{
    Attachment, Closeness, Condition, ConditionLanguage, Effect, EstateBuilder, Gap, GapReason, Grant, Group,
    GroupId, Identity, Index, Mechanism, Membership, OwnerRecord, OwnerStatus, Policy, PolicyKind,
    PrincipalSet, Provider, Reaches, Registration, RetirementPlan, Stated, Trust, Undo, Via, Workload,
    WorkloadId, WorkloadKind, WorkloadState,
};
use census_privilege::aws::retire;

pub(crate) struct World {
    pub(crate) estate: EstateBuilder,
    pub(crate) it: Identity,
    pub(crate) reaches: Reaches,
    pub(crate) owner: Option<OwnerRecord>,
}

impl World {
    pub(crate) fn of(it: Identity) -> Self {
        let mut estate = account();
        estate.identity(it.clone());
        Self { estate, it, reaches: Reaches::default(), owner: None }
    }

    pub(crate) fn plan(self) -> RetirementPlan {
        let estate = finish(self.estate);
        let index = Index::new(&estate);
        let it = index.identity(&self.it.id).unwrap();
        retire::plan(&index, &self.reaches, self.owner.as_ref(), it)
    }

    pub(crate) fn attach(&mut self, to: Attachment, via: Via, text: &str) {
        let policy = self.estate.policy(Policy::new(PolicyKind::AwsDocument, text));
        let scope = account_scope(ACCOUNT);
        self.estate.grant(Grant {
            attached_to: to,
            via,
            policy: Some(policy),
            effect: Effect::Allow,
            scope,
            activation: census_model::Activation::Standing,
            condition: None,
        });
    }

    pub(crate) fn inline(&mut self, name: &str, text: &str) {
        self.attach(Attachment::Identity(self.it.id.clone()), Via::Inline { name: name.into() }, text);
    }

    pub(crate) fn managed(&mut self, name: &str) {
        let native_id = format!("arn:aws:iam::aws:policy/{name}").into();
        let via = Via::Managed { native_id, name: name.into() };
        self.attach(Attachment::Identity(self.it.id.clone()), via, r#"{"Statement":[]}"#);
    }

    pub(crate) fn resource(&mut self, arn: &str, via: Via, text: &str) {
        self.attach(Attachment::Resource(arn.into()), via, text);
    }

    pub(crate) fn group(&mut self, name: &str) {
        let id = GroupId::new(format!("aws:arn:aws:iam::{ACCOUNT}:group/{name}"));
        self.estate.group(Group {
            id: id.clone(),
            native_id: format!("arn:aws:iam::{ACCOUNT}:group/{name}").into(),
            immutable_id: None,
            name: name.into(),
            scope: account_scope(ACCOUNT),
            created: None,
            role_assignable: false,
            membership_rule: None,
            kept_elsewhere: false,
        });
        self.estate.membership(Membership {
            group: id,
            member: self.it.id.clone(),
            through: Vec::new(),
            activation: census_model::Activation::Standing,
        });
    }

    pub(crate) fn trust(&mut self, becomes: &Identity, who: PrincipalSet, condition: Option<&str>) {
        self.estate.trust(Trust {
            becomes: becomes.id.clone(),
            who,
            except: Vec::new(),
            mechanism: Mechanism::AssumeRole,
            statement: "S".into(),
            condition: condition
                .map(|text| Condition { language: ConditionLanguage::AwsJson, text: text.into() }),
        });
    }

    pub(crate) fn workload(&mut self, kind: WorkloadKind, arn: &str, state: Option<WorkloadState>) {
        self.estate.workload(Workload {
            id: WorkloadId::new(format!("aws:{arn}")),
            native_id: arn.into(),
            kind,
            name: arn.rsplit(['/', ':']).next().unwrap().into(),
            scope: account_scope(ACCOUNT),
            runs_as: vec![self.it.id.clone()],
            uses: Vec::new(),
            state,
            created: None,
            tags: BTreeMap::new(),
        });
    }

    pub(crate) fn gap(&mut self, read: &str, reason: GapReason) {
        let scope = Some(account_scope(ACCOUNT));
        self.estate.gap(Gap::new(Provider::Aws, scope, read, reason, "", Vec::new()));
    }

    /// A registry entry that names it, with how long it may rest.
    pub(crate) fn registered(&mut self, used_every: Option<&str>, idle: Option<&str>) {
        fn stated<T>(value: T) -> Stated<T> {
            Stated { value, at: "registry.yaml:7".into() }
        }
        let period = |text: &str| stated(text.parse().unwrap());
        let registration = Registration {
            entry: stated(self.it.name.clone()),
            closeness: Closeness::Exact,
            backup: Some(stated("team-b".into())),
            purpose: None,
            data_class: None,
            risk_class: None,
            environment: None,
            vendor: None,
            ticket: Some(stated("OPS-1".into())),
            approved_pattern: None,
            review_every: None,
            used_every: used_every.map(period),
            idle: idle.map(period),
        };
        self.owner = Some(OwnerRecord {
            status: OwnerStatus::Registered,
            business_owner: Some("team-a".into()),
            technical_steward: None,
            claims: Vec::new(),
            gaps: Vec::new(),
            departed: Vec::new(),
            parties: Vec::new(),
            successors: Vec::new(),
            registration: Some(Box::new(registration)),
            life: None,
            because: "registry.yaml:7".into(),
        });
    }
}

/// The plan in outline: its way, what depends on it, how long to wait, and for each stage what changes something, with how
/// that is taken back. Account and partition are left out of ARNs.
pub(crate) fn outline(plan: &RetirementPlan) -> String {
    let mut out = plan.way.as_str().to_owned();
    for keeper in &plan.kept_by {
        write!(out, "\nkept by {} {}", keeper.kind.as_str(), keeper.name).unwrap();
    }
    for group in &plan.dependents {
        let names: Vec<&str> = group.items.iter().map(|one| &*one.name).collect();
        let open = if group.open.is_empty() { "" } else { " and more?" };
        write!(out, "\n{}: {}{open}", group.kind.as_str(), names.join(", ")).unwrap();
    }
    write!(out, "\nwait {}", plan.wait.days).unwrap();
    for (number, stage) in plan.stages.iter().enumerate() {
        for task in &stage.tasks {
            let shell = |commands: &[census_model::Command]| {
                let words = commands.iter().map(|one| one.shell().unwrap_or_else(|| "(left out)".to_owned()));
                words.collect::<Vec<_>>().join(" && ").replace("aws iam ", "")
            };
            let undo = match &task.undo {
                Undo::Nothing => continue,
                Undo::By(commands) => format!("undo {}", shell(commands)),
                Undo::ByHand(_) => "by hand".to_owned(),
                Undo::Impossible(_) => "for good".to_owned(),
            };
            let what = if task.commands.is_empty() { task.says.to_string() } else { shell(&task.commands) };
            write!(out, "\n{number} {what} <- {undo}").unwrap();
        }
    }
    out.replace(&format!("arn:aws:iam::{ACCOUNT}:"), "")
}
