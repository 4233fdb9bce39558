//! What is asked: the same draws as lines for the simulator and as questions about the estate.

use anyhow::{Context, Result};
use census_privilege::aws::access::Question;
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    Kind, World, circumstances,
    world::{Principal, Resource, Team},
};
use crate::aws::dice::Dice;

/// Draws requests, always the same.
pub(crate) struct Requests<'w> {
    world: &'w World,
    dice: Dice,
    drawn: u64,
}

/// Who asks for what.
pub(super) struct Request<'w> {
    team: &'w Team,
    pub(super) principal: &'w Principal,
    owner: &'w Team,
    resource: &'w Resource,
    action: String,
    arn: String,
    keys: Vec<(&'static str, Vec<String>)>,
}

impl<'w> Requests<'w> {
    /// From the first one on.
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, dice: Dice::of(2, world.kind.as_str()), drawn: 0 }
    }

    /// The next one. Mostly about what the team itself has.
    pub(super) fn draw(&mut self) -> Option<Request<'w>> {
        let dice = &mut self.dice;
        let team = dice.one_of(&self.world.teams)?;
        let owner = if dice.percent(80) { team } else { dice.one_of(&self.world.teams)? };
        let principal = dice.one_of(&team.principals)?;
        let resource = dice.one_of(&owner.resources)?;
        let service = resource.service;
        Some(Request {
            team,
            principal,
            owner,
            resource,
            action: format!("{}:{}", service.prefix, dice.pick(service.actions)),
            arn: format!("{}{}", resource.arn, dice.pick(service.inside)),
            keys: circumstances::of_request(dice),
        })
    }

    /// The next one as a line for the simulator.
    pub(crate) fn line(&mut self) -> Result<String> {
        let request = self.draw().context("nothing to ask for")?;
        self.drawn += 1;
        let (team, principal) = (request.team.name, request.principal);
        let mut keys = request.keys;
        keys.extend(circumstances::of_principal(team, principal, &mut self.dice));
        if request.resource.service.prefix != "s3" {
            // Requests about objects do not carry the bucket's tags.
            keys.push(("aws:ResourceTag/team", vec![request.owner.name.to_owned()]));
        }
        let context: Map<String, Value> = keys
            .into_iter()
            .map(|(key, values)| {
                let is_list = matches!(key, "aws:TagKeys" | "aws:PrincipalOrgPaths");
                let value = if is_list { json!(values) } else { json!(values.concat()) };
                (key.to_owned(), value)
            })
            .collect();
        let of_groups = principal.groups.iter().flat_map(|group| &group.policies);
        let line = Line {
            id: self.drawn,
            principal: principal.caller(),
            action: request.action,
            resource: request.arn,
            resource_account: request.resource.account,
            context,
            identity_policies: raw(principal.policies.iter().chain(of_groups))?,
            boundaries: raw(&principal.boundary)?,
            resource_policy: raw(&request.resource.policy)?.pop(),
            scps: self.world.service_control.iter().map(raw).collect::<Result<_>>()?,
            rcps: self.world.resource_control.iter().map(raw).collect::<Result<_>>()?,
        };
        Ok(serde_json::to_string(&line)?)
    }
}

impl Request<'_> {
    /// As a question about the estate. Half of those with conditions leave the circumstances open.
    pub(super) fn question(&self, kind: Kind, number: u64) -> Result<Question> {
        let mut question = Question::new(&self.action, &self.arn)?;
        question.of_account(self.resource.account)?;
        if kind == Kind::Conditions && number.is_multiple_of(2) {
            self.keys.iter().for_each(|(key, values)| question.with(key, values.clone()));
        }
        Ok(question)
    }
}

/// A request as `docs/simulate.md` has it.
#[derive(serde::Serialize)]
struct Line<'w> {
    id: u64,
    principal: String,
    action: String,
    resource: String,
    resource_account: &'w str,
    context: Map<String, Value>,
    identity_policies: Vec<&'w RawValue>,
    boundaries: Vec<&'w RawValue>,
    resource_policy: Option<&'w RawValue>,
    scps: Vec<Vec<&'w RawValue>>,
    rcps: Vec<Vec<&'w RawValue>>,
}

fn raw<'w>(texts: impl IntoIterator<Item = &'w std::rc::Rc<str>>) -> Result<Vec<&'w RawValue>> {
    texts.into_iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
}
