//! What Entra ID and Azure say about owners.

use std::io::Cursor;

use census_fixtures::{self as fx, azure};
use census_model::{
    DirectoryOwner, EstateBuilder, GapReason, Identity, Index, OwnerRecord, OwnerRole, OwnerStatus,
    Ownership, Relation,
};
use census_owners::{DirectoryConfig, OwnersConfig, Records, correlate};

const ANA: &str = "ana@brindlemoor.example";
const BO: &str = "bo@brindlemoor.example";

fn tenant(identities: &[&Identity]) -> EstateBuilder {
    let mut estate = EstateBuilder::new();
    azure::tenant(&mut estate);
    identities.iter().for_each(|one| estate.identity((*one).clone()));
    estate
}

fn owned(estate: EstateBuilder, records: &Records) -> Ownership {
    let estate = fx::finish(estate);
    correlate(&Index::new(&estate), records, &OwnersConfig::default(), estate.as_of)
}

fn record(estate: EstateBuilder, of: &Identity) -> OwnerRecord {
    owned(estate, &Records::default()).records.remove(&of.id).expect("a record")
}

fn registry(identity: &str, owner: &str) -> Records {
    let mut records = Records::default();
    let text = format!("identity,business_owner\n{identity},{owner}\n");
    records.add_registry("owners.csv", text.as_bytes()).expect("a registry");
    records
}

/// Adds people as human resources export them.
fn people(records: &mut Records, rows: &str) {
    let config: DirectoryConfig = serde_json::from_value(serde_json::json!({
        "file": "people.csv",
        "columns": {"mail": "mail", "name": "name", "status": "status"},
    }))
    .expect("a directory");
    let text = format!("mail,name,status\n{rows}");
    records.add_directory("people.csv", &mut Cursor::new(text), &config).expect("people");
}

fn names(record: &OwnerRecord) -> (Option<&str>, Option<&str>) {
    (record.business_owner.as_deref(), record.technical_steward.as_deref())
}

#[test]
fn an_owner_in_the_directory_is_the_owner_where_nobody_else_is_named() {
    let (app, ana) = (azure::service_principal("billing"), azure::person(ANA));
    let mut estate = tenant(&[&app, &ana]);
    estate.directory_owner(azure::owner(&app, &ana.id));
    let record = record(estate, &app);
    assert_eq!((record.status, names(&record)), (OwnerStatus::Inferred, (Some(ANA), Some(ANA))));
    assert!(record.because.contains("directory-owner: owner of the application"), "{}", record.because);
}

#[test]
fn owners_beside_each_other_are_no_conflict() {
    let (app, ana, bo) = (azure::service_principal("billing"), azure::person(ANA), azure::person(BO));
    let mut estate = tenant(&[&app, &ana, &bo]);
    estate.directory_owner(azure::owner(&app, &bo.id));
    estate.directory_owner(azure::owner(&app, &ana.id));
    let record = record(estate, &app);
    assert_eq!((record.status, names(&record)), (OwnerStatus::Inferred, (Some(ANA), None)));
    assert!(record.because.contains("different stewards are named"), "{}", record.because);
}

#[test]
fn one_who_left_stands_behind_one_who_is_here_and_all_who_left_are_departed() {
    let (app, bo) = (azure::service_principal("billing"), azure::person(BO));
    let ana = Identity { disabled: true, ..azure::person(ANA) };
    let both = |bo: &Identity| {
        let mut estate = tenant(&[&app, &ana, bo]);
        estate.directory_owner(azure::owner(&app, &ana.id));
        estate.directory_owner(azure::owner(&app, &bo.id));
        record(estate, &app)
    };
    let here = both(&bo);
    assert_eq!((here.status, here.business_owner.as_deref()), (OwnerStatus::Inferred, Some(BO)));
    let gone = both(&Identity { deleted: Some(fx::days_ago(3)), ..bo });
    assert_eq!(gone.status, OwnerStatus::Departed, "{gone:#?}");
    assert_eq!(gone.departed.iter().filter(|one| one.role == OwnerRole::BusinessOwner).count(), 1);
}

#[test]
fn a_sponsor_answers_and_an_owner_operates() {
    let (agent, ana, bo) = (azure::agent("helper"), azure::person(ANA), azure::person(BO));
    let mut estate = tenant(&[&agent, &ana, &bo]);
    estate.directory_owner(azure::owner(&agent, &ana.id));
    let relation = Relation::Sponsor;
    estate.directory_owner(DirectoryOwner { relation, ..azure::owner(&agent, &bo.id) });
    assert_eq!(names(&record(estate, &agent)), (Some(BO), Some(ANA)));
}

#[test]
fn a_program_owns_nothing_in_the_eyes_of_the_business() {
    let (app, terraform) = (azure::service_principal("billing"), azure::service_principal("terraform"));
    let mut estate = tenant(&[&app, &terraform]);
    estate.directory_owner(azure::owner(&app, &terraform.id));
    let record = record(estate, &app);
    assert_eq!((record.status, names(&record)), (OwnerStatus::Unowned, (None, None)));
    assert!(record.because.contains("`terraform`, which is a program and no person"), "{}", record.because);
}

#[test]
fn the_registry_decides_and_the_directory_names_who_operates() {
    let (app, ana) = (azure::service_principal("billing"), azure::person(ANA));
    let mut estate = tenant(&[&app, &ana]);
    estate.directory_owner(azure::owner(&app, &ana.id));
    let mut owned = owned(estate, &registry(&app.native_id, BO));
    let record = owned.records.remove(&app.id).expect("a record");
    assert_eq!((record.status, record.business_owner.as_deref()), (OwnerStatus::Registered, Some(BO)));
    assert!(record.claims.iter().all(|claim| claim.business_owner.as_deref() != Some(ANA)));
}

#[test]
fn owners_that_were_not_read_leave_it_unknown() {
    let app = azure::service_principal("billing");
    let object = app.application.as_ref().and_then(|one| one.native_id.clone()).expect("an application");
    let with = |read: &str, about: &[&str]| {
        let mut estate = tenant(&[&app]);
        estate.gap(azure::unread(read, GapReason::NotProvided, about));
        record(estate, &app).status
    };
    assert_eq!(record(tenant(&[&app]), &app).status, OwnerStatus::Unowned);
    assert_eq!(with("Application.Read.All", &[]), OwnerStatus::Unknown);
    for read in ["Application.Read.All/owners", "Application.Read.All/sponsors"] {
        assert_eq!(with(read, &[]), OwnerStatus::Unknown, "{read}");
        assert_eq!(with(read, &[&object]), OwnerStatus::Unknown, "{read}");
        assert_eq!(with(read, &["another"]), OwnerStatus::Unowned, "{read}");
    }
    // Other reads that take the same permission say nothing about owners.
    for read in [
        "Application.Read.All/federatedIdentityCredentials",
        "Application.Read.All/appRoleAssignments",
        "Application.Read.All/deletedItems",
        "Directory.Read.All/appRoleAssignments",
        "Directory.Read.All/oauth2PermissionGrants",
        "GroupMember.Read.All/owners",
        "AuditLog.Read.All",
    ] {
        assert_eq!(with(read, &[]), OwnerStatus::Unowned, "{read}");
        assert_eq!(with(read, &[&object]), OwnerStatus::Unowned, "{read}");
    }
}

#[test]
fn whoever_is_disabled_in_entra_has_left_whatever_the_registry_says() {
    let app = azure::service_principal("billing");
    let leaves = |at: Option<i64>, disabled: bool| {
        let mut ana = Identity { disabled, ..azure::person(ANA) };
        if let Some(person) = &mut ana.person {
            person.leaves = at.map(fx::days_ago);
        }
        let mut owned = owned(tenant(&[&app, &ana]), &registry(&app.native_id, ANA));
        owned.records.remove(&app.id).expect("a record")
    };
    assert_eq!(leaves(None, false).status, OwnerStatus::Registered);
    assert_eq!(leaves(Some(-30), false).status, OwnerStatus::Registered);
    assert_eq!(leaves(Some(30), false).status, OwnerStatus::Departed);
    let disabled = leaves(None, true);
    assert_eq!(disabled.status, OwnerStatus::Departed);
    let source = disabled.departed.first().and_then(|one| one.evidence.source.as_deref());
    assert!(source.is_some_and(|at| at.contains("Entra ID, user") && at.contains("disabled")), "{source:?}");
    // A user who was not read is not known to have left.
    let unread = owned(tenant(&[&app]), &registry(&app.native_id, ANA));
    assert_eq!(unread.records[&app.id].status, OwnerStatus::Registered);
}

#[test]
fn one_person_of_two_sources_is_one_and_either_may_say_that_they_left() {
    let app = azure::service_principal("billing");
    let status = |rows: &str, disabled: bool| {
        let mut records = registry(&app.native_id, "Ana Moor");
        people(&mut records, rows);
        let ana = Identity { disabled, name: "Ana Moor".into(), ..azure::person(ANA) };
        let owned = owned(tenant(&[&app, &ana]), &records);
        assert_eq!(owned.directory.people, 1, "users of Entra are no directory of the company");
        owned.records[&app.id].status
    };
    let here = format!("{ANA},Ana Moor,Active\n");
    assert_eq!(status(&here, false), OwnerStatus::Registered);
    assert_eq!(status(&here, true), OwnerStatus::Departed);
    assert_eq!(status(&format!("{ANA},Ana Moor,Terminated\n"), false), OwnerStatus::Departed);
}

#[test]
fn a_person_with_two_accounts_leaves_with_both() {
    let app = azure::service_principal("billing");
    let status = |second: bool| {
        let one = Identity { disabled: true, ..azure::person(ANA) };
        let mut other = Identity { disabled: second, ..azure::person("ana.guest@other.example") };
        other.person.iter_mut().for_each(|person| person.mail = Some(ANA.into()));
        owned(tenant(&[&app, &one, &other]), &registry(&app.native_id, ANA)).records[&app.id].status
    };
    assert_eq!(status(false), OwnerStatus::Registered);
    assert_eq!(status(true), OwnerStatus::Departed);
}

#[test]
fn an_owner_who_is_no_longer_there_has_left_if_all_were_read() {
    let app = azure::service_principal("billing");
    let gone = azure::identity_id(&azure::object_id("gone"));
    let status = |gap: Option<(&str, &[&str])>| {
        let mut estate = tenant(&[&app]);
        estate.directory_owner(azure::owner(&app, &gone));
        if let Some((read, about)) = gap {
            estate.gap(azure::unread(read, GapReason::Denied, about));
        }
        record(estate, &app).status
    };
    assert_eq!(status(None), OwnerStatus::Departed);
    assert_eq!(status(Some(("User.Read.All", &[]))), OwnerStatus::Inferred);
    assert_eq!(status(Some(("User.Read.All", &[&azure::object_id("gone")]))), OwnerStatus::Inferred);
    assert_eq!(status(Some(("User.Read.All", &["somebody else"]))), OwnerStatus::Departed);
}

/// A user who is listed without saying whether the account is enabled is neither here nor gone.
#[test]
fn an_account_of_which_the_state_was_not_read_looks_neither_here_nor_gone() {
    let app = azure::service_principal("billing");
    let of = |directory: bool, rows: Option<&str>, other: Option<bool>, open: bool| {
        let mut estate = tenant(&[&app]);
        let mut ana = azure::person(ANA);
        let gap = azure::unread("User.Read.All", GapReason::NotProvided, &[&ana.native_id]);
        ana.person.iter_mut().filter(|_| open).for_each(|person| person.open = Some(gap.id.clone()));
        let mut records = registry(&app.native_id, ANA);
        if directory {
            estate.directory_owner(azure::owner(&app, &ana.id));
            records = Records::default();
        }
        if let Some(rows) = rows {
            people(&mut records, rows);
        }
        if let Some(disabled) = other {
            let mut other = Identity { disabled, ..azure::person("ana.guest@other.example") };
            other.person.iter_mut().for_each(|person| person.mail = Some(ANA.into()));
            estate.identity(other);
        }
        estate.identity(ana);
        let id = gap.id.clone();
        if open {
            estate.gap(gap);
        }
        let record = owned(estate, &records).records.remove(&app.id).expect("a record");
        (record.status, record.because.contains("still here was not read"), record.gaps.contains(&id))
    };
    use OwnerStatus as S;
    // By the directory's owners, and by the registry.
    assert_eq!(of(true, None, None, true), (S::Inferred, true, true));
    assert_eq!(of(true, None, None, false), (S::Inferred, false, false));
    assert_eq!(of(false, None, None, true), (S::Registered, true, false));
    assert_eq!(of(false, None, None, false), (S::Registered, false, false));
    // Another source or account may tell.
    let here = format!("{ANA},Ana Moor,Active\n");
    assert_eq!(of(false, Some(&here), None, true), (S::Registered, false, false));
    let left = format!("{ANA},Ana Moor,Terminated\n");
    assert_eq!(of(false, Some(&left), None, true), (S::Departed, false, false));
    assert_eq!(of(false, None, Some(false), true), (S::Registered, false, false));
    assert_eq!(of(false, None, Some(true), true), (S::Registered, true, false));
}

#[test]
fn a_gap_that_names_an_owner_stands_with_what_they_own() {
    let app = azure::service_principal("billing");
    let (gone, other) = (azure::object_id("gone"), azure::object_id("other"));
    let gaps = |about: &str| {
        let mut estate = tenant(&[&app]);
        estate.directory_owner(azure::owner(&app, &azure::identity_id(&gone)));
        estate.gap(azure::unread("User.Read.All", GapReason::Denied, &[about]));
        record(estate, &app).gaps.len()
    };
    assert_eq!((gaps(&gone), gaps(&other)), (1, 0));
}

#[test]
fn tags_speak_for_managed_identities_as_near_as_they_are() {
    let (own, shared) = (azure::system_assigned("shop"), azure::user_assigned("reader"));
    let tag = [("owner", "team shop")];
    let mut estate = tenant(&[&own, &shared]);
    estate.workload(azure::workload("microsoft.web/sites", "shop", &[&own, &shared], &tag));
    let owned = owned(estate, &Records::default());
    let source = |identity: &Identity| owned.records[&identity.id].claims[0].source.as_str();
    assert_eq!((source(&own), source(&shared)), ("free-tag", "consuming-workload"));

    let mut estate = tenant(&[&own]);
    for (id, owner) in [(azure::subscription_scope(), "platform"), (azure::tenant_scope(), "everybody")] {
        let mut scope = azure::scope(id, "x", census_model::ScopeKind::Subscription, None);
        scope.tags.insert("owner".into(), owner.into());
        estate.scope(scope);
    }
    let record = record(estate, &own);
    assert_eq!(names(&record).0, Some("platform"));
    assert!(record.because.starts_with("account-owner: subscription tag owner"), "{}", record.because);
}

#[test]
fn people_and_programs_of_microsoft_need_no_owner() {
    let (ana, teams) = (azure::person(ANA), azure::microsoft_principal("Microsoft Teams"));
    let owned = owned(tenant(&[&ana, &teams]), &Records::default());
    assert!(owned.records.values().all(|record| record.status == OwnerStatus::NotApplicable));
}

#[test]
fn what_was_deleted_needs_no_owner() {
    let app = Identity { deleted: Some(fx::days_ago(3)), ..azure::service_principal("billing") };
    assert_eq!(record(tenant(&[&app]), &app).status, OwnerStatus::NotApplicable);
}

#[test]
fn the_order_of_owners_changes_nothing() {
    let (app, ana, bo) = (azure::service_principal("billing"), azure::person(ANA), azure::person(BO));
    let with = |owners: [&Identity; 2]| {
        let mut estate = tenant(&[owners[0], &app, owners[1]]);
        owners.iter().for_each(|one| estate.directory_owner(azure::owner(&app, &one.id)));
        owned(estate, &Records::default())
    };
    assert_eq!(with([&ana, &bo]), with([&bo, &ana]));
}
