//! `census rules`: what is looked for, and why.

use census_model::Text;
use census_reports::{RuleInfo, rule_list, rule_text, rules_json};
use census_rules::Rule;

use crate::{
    cli::{Globals, RulesArgs, TextFormat},
    exit::Outcome,
    output,
    problem::Problem,
};

pub(crate) fn run(args: &RulesArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let chosen: Vec<&Rule> = match &args.id {
        None => census_rules::all().to_vec(),
        Some(id) => vec![census_rules::find(id).ok_or_else(|| {
            Problem::usage(format!("there is no rule `{id}`")).help("`census rules` lists them")
        })?],
    };
    let described: Vec<Described> = chosen.iter().map(|rule| Described::of(rule)).collect();
    let infos: Vec<RuleInfo<'_>> =
        chosen.iter().zip(&described).map(|(rule, described)| described.info(rule)).collect();
    let options = output::terminal_options(globals);
    let text = match (args.answer.format, args.id.is_some(), infos.first()) {
        (TextFormat::Json, _, _) => rules_json(&infos).map_err(Problem::failed)?,
        (TextFormat::Text, true, Some(one)) => rule_text(one, &options).into_bytes(),
        (TextFormat::Text, _, _) => rule_list(&infos, &options).into_bytes(),
    };
    output::stdout(&text)?;
    Ok(Outcome::Done)
}

/// A rule's texts in the form in which reports borrow them.
struct Described {
    docs: String,
    controls: Vec<(Text, Text)>,
}

impl Described {
    fn of(rule: &Rule) -> Self {
        let docs = format!(
            "{}\n\nWhy it matters: {}\n\nWhat to do: {}\n\nWhat it does not say: {}",
            rule.docs.finds, rule.docs.why, rule.docs.remedy, rule.docs.limits
        );
        let controls = census_rules::controls_for(rule.finding_types, None)
            .into_iter()
            .flat_map(|(framework, ids)| ids.into_iter().map(move |id| (framework.clone(), id)))
            .collect();
        Self { docs, controls }
    }

    fn info<'a>(&'a self, rule: &'a Rule) -> RuleInfo<'a> {
        RuleInfo {
            id: rule.id,
            version: rule.version,
            title: rule.title,
            severity: rule.severity,
            docs: &self.docs,
            controls: self.controls.iter().map(|(framework, control)| (&**framework, &**control)).collect(),
        }
    }
}
