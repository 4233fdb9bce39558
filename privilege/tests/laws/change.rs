//! What laws change in a request.

use census_privilege::aws::{context::Rest, policy::PolicyType};
use proptest::{
    option,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};

use super::{
    case::Case,
    request,
    statement::{About, document, fact, statement},
};

/// A case before and after a change.
pub(crate) type Changed = (Case, Case);

fn about(case: &Case) -> About {
    About { action: case.action, resource: case.resource }
}

/// A case with one more denial, anywhere.
pub(crate) fn with_denial() -> BoxedStrategy<Changed> {
    let with = |case: Case, at: usize| {
        let kind = case.clone().each_document()[at].0;
        statement(kind, "Deny", about(&case)).prop_map(move |denial| {
            let mut after = case.clone();
            push(after.each_document()[at].1, denial);
            (case.clone(), after)
        })
    };
    let cases =
        request::case().prop_filter("without a document", |case| !case.clone().each_document().is_empty());
    (cases, any::<Index>())
        .prop_flat_map(move |(case, at)| {
            let at = at.index(case.clone().each_document().len());
            with(case, at)
        })
        .boxed()
}

fn push(document: &mut Value, statement: Value) {
    document["Statement"].as_array_mut().unwrap().push(statement);
}

/// A case with one more limit.
pub(crate) fn with_limit() -> BoxedStrategy<Changed> {
    let kinds = [
        PolicyType::Boundary,
        PolicyType::Session,
        PolicyType::Endpoint,
        PolicyType::ServiceControl,
        PolicyType::ResourceControl,
    ];
    (request::case(), select(kinds.to_vec()))
        .prop_flat_map(|(mut case, kind)| {
            // A boundary beside another would be a wider one.
            match kind {
                PolicyType::Boundary => case.documents.boundary = None,
                PolicyType::Session => case.documents.session = None,
                PolicyType::Endpoint => case.documents.endpoint = None,
                _ => {}
            }
            let about = about(&case);
            // A level shows best beside another that limits.
            let beside = option::of(statement(kind, "Allow", about));
            (Just(case), Just(kind), document(kind, about), beside, any::<Index>())
        })
        // Without a session policy of its own a federated user has none of its user's permissions.
        .prop_filter("gives", |(case, kind, ..)| !(*kind == PolicyType::Session && case.is_federated_user()))
        .prop_map(|(mut case, kind, document, beside, level)| {
            let beside = beside.map(|statement| vec![json!({ "Statement": statement })]);
            match kind {
                PolicyType::ServiceControl => case.documents.service_control.extend(beside),
                PolicyType::ResourceControl => case.documents.resource_control.extend(beside),
                _ => {}
            }
            let mut after = case.clone();
            let documents = &mut after.documents;
            let add = |levels: &mut Vec<Vec<Value>>, document| {
                levels.insert(level.index(levels.len() + 1), vec![document]);
            };
            match kind {
                PolicyType::Boundary => documents.boundary = Some(vec![document]),
                PolicyType::Session => documents.session = Some(vec![document]),
                PolicyType::Endpoint => documents.endpoint = Some(vec![document]),
                PolicyType::ServiceControl => add(&mut documents.service_control, document),
                _ => add(&mut documents.resource_control, document),
            }
            (case, after)
        })
        .boxed()
}

/// A case with one more thing allowed by identity or resource policies.
pub(crate) fn with_allowance() -> BoxedStrategy<Changed> {
    (request::case(), any::<bool>(), any::<Index>())
        .prop_flat_map(|(case, identity, at)| {
            let kind = if identity { PolicyType::Identity } else { case.resource_type() };
            (Just(case.clone()), Just(identity), Just(at), statement(kind, "Allow", about(&case)))
        })
        .prop_map(|(case, identity, at, allowance)| {
            let mut after = case.clone();
            let list = if identity { &mut after.documents.identity } else { &mut after.documents.resource };
            if list.is_empty() {
                list.push(json!({ "Version": "2012-10-17", "Statement": [] }));
            }
            let at = at.index(list.len());
            push(&mut list[at], allowance);
            (case, after)
        })
        .boxed()
}

/// A case of which not everything is known, and the same with one key more known.
pub(crate) fn with_knowledge() -> BoxedStrategy<Changed> {
    (request::case(), fact(), 0..3)
        .prop_map(|(mut case, (key, values), how)| {
            case.rest = Rest::Unknown;
            case.context.remove(key);
            let mut after = case.clone();
            match how {
                0 => after.absent.push(key),
                1 => after.rest = Rest::Absent,
                _ => _ = after.context.insert(key, values),
            }
            (case, after)
        })
        .boxed()
}

/// A case with every list in another order.
pub(crate) fn in_another_order() -> BoxedStrategy<Changed> {
    (request::case(), any::<u64>())
        .prop_map(|(case, seed)| {
            let mut after = case.clone();
            let mut turn = seed;
            let resource = after.resource_type();
            for (_, list) in after.documents.lists(resource) {
                turned(list, &mut turn);
                for document in list {
                    reordered(document, &mut turn);
                }
            }
            (case, after)
        })
        .boxed()
}

/// Reorders every list of a document.
fn reordered(value: &mut Value, turn: &mut u64) {
    match value {
        Value::Array(list) => {
            turned(list, turn);
            list.iter_mut().for_each(|one| reordered(one, turn));
        }
        Value::Object(object) => object.values_mut().for_each(|one| reordered(one, turn)),
        _ => {}
    }
}

/// Swaps one pair, and turns the rest.
fn turned<T>(list: &mut [T], turn: &mut u64) {
    *turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let length = list.len().max(1);
    let by = |bits: u32| usize::try_from(*turn >> bits).unwrap_or_default() % length;
    if list.len() > 1 {
        list.swap(by(20), by(40));
        list.rotate_left(by(33));
    }
}
