//! The estate of a case.

use std::collections::{BTreeMap, BTreeSet};

use census_fixtures::{ACCOUNT, account, account_scope, finish, scope};
use census_model::{
    Assignee, AssigneeKind, Estate, EstateBuilder, Gap, GapId, GapReason, IdentityId, Issuer, IssuerId,
    IssuerKind, Observed, PermissionSet, Provider, Resource, ResourceId, ResourceKind, Workload, WorkloadId,
    WorkloadKind, WorkloadState,
};
use census_privilege::aws::policy::PolicyType;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{
    case::{Case, GapText, IssuerText, PermissionSetText, ResourceText, WorkloadText},
    organization, principal,
};

/// Who is meant: the account and the rest of the ARN, or of the name of one without a path.
pub(crate) struct Reference<'t> {
    pub(crate) account: &'t str,
    pub(crate) kind: &'t str,
    pub(crate) name: &'t str,
}

impl<'t> Reference<'t> {
    /// Reads `user/dev`, `444455556666:role/app`, `root`.
    pub(crate) fn parse(place: &str, text: &'t str) -> Self {
        let (account, rest) = text.split_once(':').unwrap_or((ACCOUNT, text));
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        assert!(is_account, "{place}: `{account}` is no account, in `{text}`");
        let (kind, name) = rest.split_once('/').unwrap_or((rest, ""));
        let is_known = matches!((kind, name), ("user" | "role" | "group", name) if !name.is_empty());
        assert!(
            is_known || (kind, name) == ("root", ""),
            "{place}: `{text}` is no user, role, group or root"
        );
        Self { account, kind, name }
    }

    /// A name of a table of one kind: bare, or a whole reference.
    pub(crate) fn of_kind(place: &str, kind: &'t str, text: &'t str) -> Self {
        if !text.contains(':') {
            return Self { account: ACCOUNT, kind, name: text };
        }
        let found = Self::parse(place, text);
        assert_eq!(found.kind, kind, "{place}: `{text}` is not a {kind}");
        found
    }

    /// The ARN, with the path between the kind and the name.
    pub(crate) fn arn(&self, path: &str) -> String {
        match self.name {
            "" => format!("arn:aws:iam::{}:{}", self.account, self.kind),
            name => format!("arn:aws:iam::{}:{}{path}{name}", self.account, self.kind),
        }
    }
}

/// The id of an identity of the case. References leave its path out.
pub(crate) fn identity_id(place: &str, case: &Case, text: &str) -> IdentityId {
    let who = Reference::parse(place, text);
    let table = if who.kind == "user" { &case.users } else { &case.roles };
    let is_meant = |name: &str| {
        let one = Reference::of_kind(place, who.kind, name);
        (one.account, one.name) == (who.account, who.name)
    };
    let holder = table.iter().find(|(name, _)| is_meant(name)).map(|(_, holder)| holder);
    assert!(holder.is_some() || (who.kind == "root" && case.root), "{place}: there is no `{text}`");
    let path = holder.and_then(|holder| holder.path.as_deref()).unwrap_or("/");
    IdentityId::new(format!("aws:{}", who.arn(path)))
}

/// The estate of a case, with everything read that the case does not call missing.
pub(crate) fn estate(place: &str, case: &Case) -> Estate {
    let mut estate = account();
    principal::add(place, case, &mut estate);
    organization::add(place, case, &mut estate);
    for account in accounts(place, case) {
        estate.scope(scope(&account));
    }
    case.workloads.iter().for_each(|text| estate.workload(workload(place, case, text)));
    for text in &case.resources {
        let resource = resource(place, text, &mut estate);
        estate.resource(resource);
    }
    case.permission_sets.iter().for_each(|text| estate.permission_set(permission_set(place, case, text)));
    case.issuers.iter().for_each(|text| estate.issuer(issuer(place, text)));
    for text in &case.gaps {
        estate.gap(gap(place, case, text));
    }
    finish(estate)
}

/// The accounts that hold principals of the case.
fn accounts(place: &str, case: &Case) -> BTreeSet<String> {
    let kinds = [("user", &case.users), ("role", &case.roles), ("group", &case.groups)];
    let names = kinds.into_iter().flat_map(|(kind, table)| table.keys().map(move |name| (kind, name)));
    names.map(|(kind, name)| Reference::of_kind(place, kind, name).account.to_owned()).collect()
}

/// A name as the model writes it.
pub(crate) fn word<T: DeserializeOwned>(place: &str, what: &str, text: &str) -> T {
    serde_json::from_value(json!(text)).unwrap_or_else(|_| panic!("{place}: `{text}` is no {what}"))
}

/// The account of an ARN.
pub(crate) fn account_of<'t>(place: &str, arn: &'t str) -> &'t str {
    let account = arn.split(':').nth(4).filter(|account| !account.is_empty());
    account.unwrap_or_else(|| panic!("{place}: `{arn}` names no account"))
}

fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

fn workload(place: &str, case: &Case, text: &WorkloadText) -> Workload {
    let kind: WorkloadKind = word(place, "kind of workload", &text.kind);
    let state = text.state.as_deref().map(|state| word::<WorkloadState>(place, "state", state));
    let mut runs_as: Vec<_> = text.runs_as.iter().map(|who| identity_id(place, case, who)).collect();
    runs_as.sort();
    let mut uses: Vec<_> = text.uses.iter().map(|one| one.as_str().into()).collect();
    uses.sort();
    Workload {
        id: WorkloadId::new(format!("aws:{}", text.arn)),
        native_id: text.arn.as_str().into(),
        kind,
        name: last_part(&text.arn).into(),
        scope: account_scope(account_of(place, &text.arn)),
        runs_as,
        uses,
        state,
        created: None,
        tags: tags(&text.tags),
    }
}

pub(crate) fn tags(tags: &BTreeMap<String, String>) -> BTreeMap<census_model::Text, census_model::Text> {
    tags.iter().map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect()
}

fn permission_set(place: &str, case: &Case, text: &PermissionSetText) -> PermissionSet {
    let role = identity_id(place, case, &text.role);
    let assignee = |kind, id: &String| Assignee { kind, id: id.as_str().into(), name: None };
    let assigned = text.groups.as_ref().map(|groups| {
        let groups = groups.iter().map(|id| assignee(AssigneeKind::Group, id));
        groups.chain(text.users.iter().map(|id| assignee(AssigneeKind::User, id))).collect()
    });
    PermissionSet {
        native_id: text.arn.as_str().into(),
        name: last_part(&text.arn).into(),
        scope: account_scope(Reference::parse(place, &text.role).account),
        role,
        assigned: assigned.map_or_else(|| Observed::NotVisible(GapId::new("gap-x")), Observed::Known),
    }
}

fn resource(place: &str, text: &ResourceText, estate: &mut EstateBuilder) -> Resource {
    let kind = serde_json::from_value(json!(text.kind));
    let mut parts: Vec<_> = text.parts.iter().map(|one| one.as_str().into()).collect();
    parts.sort();
    let older = text.versions.iter().map(|(version, statements)| {
        let text = principal::policy(place, statements, PolicyType::Identity, estate);
        (version.as_str().into(), text)
    });
    let versions = older.collect();
    Resource {
        id: ResourceId::new(format!("aws:{}", text.arn)),
        native_id: text.arn.as_str().into(),
        kind: kind.unwrap_or_else(|_| ResourceKind::Other(text.kind.as_str().into())),
        name: last_part(&text.arn).into(),
        scope: account_scope(account_of(&text.arn, &text.arn)),
        parts,
        versions,
        tags: BTreeMap::new(),
    }
}

fn issuer(place: &str, text: &IssuerText) -> Issuer {
    let kind = if text.arn.contains(":saml-provider/") { IssuerKind::Saml } else { IssuerKind::Oidc };
    let host = text.arn.split_once(":oidc-provider/").map(|(_, host)| host.into());
    assert!(kind == IssuerKind::Saml || host.is_some(), "{place}: `{}` is no provider", text.arn);
    Issuer {
        id: IssuerId::new(format!("aws:{}", text.arn)),
        native_id: text.arn.as_str().into(),
        provider: Provider::Aws,
        kind,
        scope: account_scope(account_of(place, &text.arn)),
        issuer: host,
        audiences: text.audiences.iter().map(|one| one.as_str().into()).collect(),
        created: None,
        expires: None,
        tags: BTreeMap::new(),
    }
}

fn gap(place: &str, case: &Case, text: &GapText) -> Gap {
    let scope = match text.scope.as_deref() {
        None => Some(account_scope(ACCOUNT)),
        Some("organization") => Some(organization::ORGANIZATION.into()),
        Some(account) => Some(account_scope(account)),
    };
    let reason = text.reason.as_deref().map_or(GapReason::Denied, |reason| word(place, "reason", reason));
    let is_reference = |one: &str| ["user/", "role/"].iter().any(|kind| one.starts_with(kind));
    let affects = text.affects.iter().map(|one| match is_reference(one) {
        true => identity_id(place, case, one).as_str().into(),
        false => one.as_str().into(),
    });
    Gap::new(Provider::Aws, scope, text.read.as_str(), reason, "not read", affects.collect())
}
