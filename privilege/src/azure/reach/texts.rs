//! What each text of a role may give, before anything is asked: worked out once however often it is assigned.

use std::collections::HashMap;

use census_model::{PolicyId, PolicyKind};

use super::{
    operations::{Operation, Table},
    shapes::{self, Shape},
};
use crate::azure::{
    access::{Access, Plane, Question},
    held::Weight,
    matching,
};

/// What a text may give.
#[derive(Default)]
pub(super) struct Told {
    /// The operations of the table that it covers, by number.
    pub(super) listed: Vec<usize>,
    /// What its entries are worth by their names.
    pub(super) shapes: Vec<Shape>,
    /// An example of each entry.
    pub(super) examples: Vec<Question>,
}

/// The texts of an estate.
pub(super) struct Texts<'e>(HashMap<&'e PolicyId, Told>);

impl<'e> Texts<'e> {
    pub(super) fn of(access: &Access<'e>, table: &Table) -> Self {
        let policies = access.index().estate().policies.values();
        let roles = policies.filter(|policy| policy.kind == PolicyKind::AzurePermissions);
        Self(roles.filter_map(|policy| Some((&policy.id, told(access, table, &policy.id)?))).collect())
    }

    pub(super) fn get(&self, id: &PolicyId) -> Option<&Told> {
        self.0.get(id)
    }
}

fn told(access: &Access<'_>, table: &Table, id: &PolicyId) -> Option<Told> {
    let permissions = access.permissions_of(id)?;
    let mut told = Told::default();
    for plane in [Plane::Control, Plane::Data] {
        let entries: Vec<&str> = permissions.entries(plane).collect();
        let covered = |one: &Operation| {
            one.plane == plane && entries.iter().any(|entry| matching::covers(entry, &one.action))
        };
        told.listed.extend((0..).zip(&table.operations).filter(|(_, one)| covered(one)).map(|(at, _)| at));
        for entry in entries {
            told.shapes.extend(shapes::of_entry(table, plane, entry));
            let example = shapes::example(entry);
            // What a denial leaves of all is mostly reading.
            if entry.ends_with('*') {
                told.examples.push(Question::of_operation(&format!("{example}/read"), plane));
            }
            told.examples.push(Question::of_operation(&example, plane));
        }
    }
    told.listed.sort_unstable();
    told.shapes.sort_by(|a, b| rank(a).cmp(&rank(b)));
    Some(told)
}

/// The weightier first, then by name.
fn rank(shape: &Shape) -> Option<(Weight, &str)> {
    shape.tries.first().map(|one| (one.weight, &*one.action))
}
