//! `census rules`: what is looked for, and why.

use census_reports::{RuleInfo, rule_list, rule_text, rules_json};
use census_rules::Rule;

use crate::{
    cli::{Globals, RulesArgs, TextFormat},
    exit::Outcome,
    output,
    problem::Problem,
};

pub fn run(args: &RulesArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let chosen: Vec<&Rule> = match &args.id {
        None => census_rules::all().to_vec(),
        Some(id) => vec![census_rules::find(id).ok_or_else(|| {
            Problem::usage(format!("there is no rule `{id}`")).help("`census rules` lists them")
        })?],
    };
    let controls: Vec<Vec<(&str, &str)>> = chosen.iter().map(|rule| rule.controls()).collect();
    let infos: Vec<RuleInfo<'_>> = chosen
        .iter()
        .zip(&controls)
        .map(|(rule, controls)| RuleInfo {
            id: rule.id,
            version: rule.version,
            title: rule.title,
            severity: rule.severity,
            docs: rule.docs,
            controls,
        })
        .collect();
    let options = output::terminal_options(globals);
    let text = match (args.format, args.id.is_some(), infos.first()) {
        (TextFormat::Json, _, _) => rules_json(&infos).map_err(Problem::failed)?,
        (TextFormat::Text, true, Some(one)) => rule_text(one, &options).into_bytes(),
        (TextFormat::Text, _, _) => rule_list(&infos, &options).into_bytes(),
    };
    output::stdout(&text)?;
    Ok(Outcome::Done)
}
