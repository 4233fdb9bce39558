//! Events, added up: what each identity used, and over which time each account's log tells it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use census_model::{
    Creation, Identity, IdentityId, IdentityKind, LastUse, Observed, OtherActions, Provider, ServiceUse,
    Text, Usage, UsageKind, UsageSource,
};
use census_privilege::aws::usage::is_recorded;
use jiff::Timestamp;

use super::{
    action::{actions, service},
    event::{About, Caller, CallerKind, Event},
};

/// The most services of one identity that are told apart. There are some hundreds.
const MAX_SERVICES: usize = 1_000;

/// The longest ARN that is kept, in bytes.
const MAX_ARN: usize = 2048;

/// What is taken from logs. It grows with identities and the actions they use, not with events.
pub(super) struct Log {
    /// By account, kind and name.
    known: HashMap<(String, CallerKind, String), (IdentityId, Option<Timestamp>)>,
    used: BTreeMap<IdentityId, Used>,
    accounts: BTreeMap<String, Account>,
    cut: bool,
    /// The immutable ids of the identities.
    immutable: HashSet<Text>,
    creations: Vec<Creation>,
}

/// What one identity used.
#[derive(Default)]
struct Used {
    account: String,
    created: Option<Timestamp>,
    services: BTreeMap<String, Calls>,
}

/// The calls of one service.
#[derive(Default)]
struct Calls {
    last: Option<LastUse>,
    actions: BTreeMap<&'static str, LastUse>,
    /// Whether one was made whose action is not known.
    unnamed: bool,
}

/// What is seen of one account.
#[derive(Default)]
struct Account {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Days since 1970 on which anything was called.
    days: BTreeSet<i64>,
    reads: bool,
    writes: bool,
    data: bool,
    /// Actions that somebody called in a management event: the log is one that holds them.
    logged: BTreeSet<(String, &'static str)>,
}

impl Log {
    /// A log of calls by these identities; those of others are passed by.
    pub(super) fn of(identities: &[Identity]) -> Self {
        let mut known = HashMap::new();
        for identity in identities.iter().filter(|identity| identity.provider == Provider::Aws) {
            let Some(caller) = Caller::of_arn(&identity.native_id) else { continue };
            if identity.kind == IdentityKind::AwsRootUser && caller.kind != CallerKind::Root {
                continue;
            }
            let key = (caller.account.to_owned(), caller.kind, caller.name.to_owned());
            known.insert(key, (identity.id.clone(), identity.created));
        }
        let immutable = identities.iter().filter_map(|identity| identity.immutable_id.clone()).collect();
        Self {
            known,
            used: BTreeMap::new(),
            accounts: BTreeMap::new(),
            cut: false,
            immutable,
            creations: Vec::new(),
        }
    }

    /// A file of it could not be read to its end.
    pub(super) fn is_cut(&mut self) {
        self.cut = true;
    }

    /// Who made which of the identities.
    pub(super) fn creations(&mut self) -> Vec<Creation> {
        std::mem::take(&mut self.creations)
    }

    fn take_creation(&mut self, event: &Event) {
        let known = event.made().and_then(|made| self.immutable.get(made)).cloned();
        let Some((made, (by, role))) = known.zip(event.caller_arns()) else { return };
        if by.len() <= MAX_ARN && role.is_none_or(|role| role.len() <= MAX_ARN) {
            self.creations.push(Creation { made, at: event.at(), by: by.into(), role: role.map(Text::from) });
        }
    }

    /// Takes in an event.
    pub(super) fn take(&mut self, event: &Event) {
        self.take_creation(event);
        let Some(caller) = event.caller() else { return };
        let key = (caller.account.to_owned(), caller.kind, caller.name.to_owned());
        let Some((id, created)) = self.known.get(&key) else { return };
        let Some(service) = service(&event.event_source).filter(|_| event.is_call()) else { return };
        let named = actions(&service, &event.event_name);
        let account = self.accounts.entry(key.0.clone()).or_default();
        account.see(event, &service, &named);
        if event.was_denied() {
            return;
        }
        let used = self.used.entry(id.clone()).or_default();
        used.created = *created;
        used.account = key.0;
        if used.services.len() >= MAX_SERVICES && !used.services.contains_key(&service) {
            return;
        }
        let last = LastUse {
            at: event.at(),
            service: None,
            region: event.aws_region.as_deref().filter(|text| text.len() <= 64).map(Text::from),
        };
        let calls = used.services.entry(service).or_default();
        calls.unnamed |= named.is_empty();
        for action in named {
            later(calls.actions.entry(action).or_insert_with(|| last.clone()), &last);
        }
        later(calls.last.get_or_insert_with(|| last.clone()), &last);
    }

    /// What is known of each identity that called anything. One that did not is left out: that a log holds nothing of
    /// it is no more than that.
    pub(super) fn finish(self) -> Vec<Usage> {
        let sources: BTreeMap<&String, (UsageKind, Timestamp, Timestamp)> = self
            .accounts
            .iter()
            .filter_map(|(id, account)| Some((id, (account.kind(self.cut), account.first?, account.last?))))
            .collect();
        let mut all = Vec::new();
        for (identity, used) in self.used {
            let Some(&(kind, first, to)) = sources.get(&used.account) else { continue };
            let from = used.created.map_or(first, |created| created.max(first).min(to));
            let logged = self.accounts.get(&used.account).map(|account| &account.logged);
            let services = used.services.into_iter().filter_map(|(name, calls)| {
                let service = calls.finish(&name, kind, from, logged?)?;
                Some((Text::from(name), service))
            });
            let services = services.collect();
            all.push(Usage { identity, sources: vec![UsageSource { kind, from, to }], services });
        }
        all
    }
}

/// Keeps the later of two uses, whatever the order in which files are read.
fn later(known: &mut LastUse, other: &LastUse) {
    if (other.at, &other.region) > (known.at, &known.region) {
        *known = other.clone();
    }
}

impl Calls {
    fn finish(
        self,
        name: &str,
        kind: UsageKind,
        from: Timestamp,
        logged: &BTreeSet<(String, &'static str)>,
    ) -> Option<ServiceUse> {
        let mut actions: BTreeMap<Text, Observed<LastUse>> =
            self.actions.into_iter().map(|(action, last)| (action.into(), Observed::Known(last))).collect();
        let tells = kind.holds_all_management() && !self.unnamed;
        if tells && !is_recorded(name) {
            let of_service = logged.iter().filter(|(service, _)| service == name);
            for (_, action) in of_service {
                actions.entry((*action).into()).or_insert(Observed::NotSince(from));
            }
        }
        let others =
            if tells && is_recorded(name) { OtherActions::NotSince(from) } else { OtherActions::Untracked };
        Some(ServiceUse { last_used: Observed::Known(self.last?), actions, others })
    }
}

impl Account {
    fn see(&mut self, event: &Event, service: &str, named: &[&'static str]) {
        let at = event.at();
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.days.insert(at.as_second().div_euclid(86_400));
        self.reads |= event.read_only == Some(true);
        self.writes |= event.read_only == Some(false);
        self.data |= event.about() == Some(About::Data);
        if event.about() != Some(About::Management) {
            return;
        }
        for action in named {
            if !self.logged.contains(&(service.to_owned(), *action)) {
                self.logged.insert((service.to_owned(), action));
            }
        }
    }

    /// A log is whole if it holds reads and writes, and if most of its days have anything: a few files out of a year tell
    /// nothing by what they lack.
    fn kind(&self, cut: bool) -> UsageKind {
        let days = match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) => {
                usize::try_from(last - first).unwrap_or(usize::MAX).saturating_add(1)
            }
            _ => 0,
        };
        let is_dense = self.days.len().saturating_mul(2) >= days;
        if cut || !is_dense || !self.reads || !self.writes {
            UsageKind::PartialLog
        } else if self.data {
            UsageKind::DataLog
        } else {
            UsageKind::ManagementLog
        }
    }
}
