//! `census paths`: who can make itself administrator, by which steps, and what to cut.

use std::collections::BTreeSet;

use census_model::{Estate, Identity, Index, Outsider, Path, Reach, Reaches, ScopeId};
use census_privilege::reach::WaysTo;
use census_reports::{Sought, Taker, Ways, paths, paths_json};
use census_rules::Policies;

use crate::{
    cli::{Globals, PathsArgs, TextFormat},
    commands::{estate, voice},
    exit::Outcome,
    lookup, output,
    pipeline::{self, Analysis},
    problem::Problem,
};

pub(crate) fn run(args: &PathsArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let estate = estate::loaded(&args.loaded)?;
    let target = args.to.as_deref().map(|name| Target::find(&estate, name)).transpose()?;
    let index = Index::new(&estate);
    let policies = Policies::new(&index);
    let analysis = Analysis { reaches: policies.reaches(), ..Analysis::default() };
    let name = args.identity.as_deref();
    let asked = name.map(|name| lookup::taker(&estate, &analysis.reaches, name)).transpose()?;
    let toward = target.map(|target| match target {
        // Whoever can come to act as it, whatever it can do.
        Target::Identity(identity) => policies.ways_to(&BTreeSet::from([&identity.id])),
        Target::Scope(_) => paths_to(&index, &analysis.reaches, target),
    });
    let identities = estate.identities.iter().map(Taker::Identity);
    let takers: Vec<Taker<'_>> = match asked {
        Some(one) => vec![one],
        None => identities.chain(analysis.reaches.outside.iter().map(Taker::Outside)).collect(),
    };
    let found: Vec<Ways<'_>> = takers
        .into_iter()
        .filter_map(|of| {
            let (certain, possible) = match of {
                Taker::Identity(identity) => {
                    let reach = analysis.reaches.get(&identity.id)?;
                    let toward = toward.as_ref().map(|ways| ways.of.get(&identity.id));
                    (toward.unwrap_or(Some(&reach.paths)), reach.possible_paths.as_slice())
                }
                Taker::Outside(outside) => {
                    let is_it = |(who, _): &&(Outsider, Vec<Path>)| *who == outside.who;
                    let toward = toward.as_ref().map(|ways| ways.outside.iter().find(is_it));
                    let toward = toward.map(|found| found.map(|(_, paths)| paths));
                    (toward.unwrap_or(Some(&outside.reach.paths)), outside.reach.possible_paths.as_slice())
                }
            };
            let paths: Vec<&Path> = certain.into_iter().flatten().collect();
            let passes = |path: &&Path| target.is_none_or(|target| target.is_on(&index, path));
            let possible: Vec<&Path> = possible.iter().filter(passes).collect();
            let is_empty = paths.is_empty() && possible.is_empty();
            (asked.is_some() || !is_empty).then_some(Ways { of, paths, possible })
        })
        .collect();
    let input = output::input(&estate, &analysis);
    let sought = asked.map_or(Sought::OfAll, Sought::Of);
    let to = args.to.as_deref();
    let text = match args.answer.format {
        TextFormat::Text => {
            paths(&input, sought, to, &found, &output::terminal_options(globals)).into_bytes()
        }
        TextFormat::Json => paths_json(&input, sought, to, &found).map_err(Problem::failed)?,
    };
    output::stdout(&text)?;
    pipeline::warn_partial(&estate, voice(globals));
    Ok(Outcome::of_answer(&estate))
}

/// What paths end at or pass through.
#[derive(Clone, Copy, Debug)]
enum Target<'e> {
    Identity(&'e Identity),
    Scope(&'e ScopeId),
}

impl<'e> Target<'e> {
    /// The scope of this id, else the identity of this name, else the scope of this name.
    fn find(estate: &'e Estate, wanted: &str) -> Result<Self, Problem> {
        let mut scopes = estate.scopes.values();
        if let Some(scope) = scopes.find(|scope| scope.id.as_str() == wanted || *scope.native_id == *wanted) {
            return Ok(Self::Scope(&scope.id));
        }
        lookup::identity(estate, wanted).map(Self::Identity).or_else(|problem| {
            let mut named = estate.scopes.values().filter(|scope| scope.name.as_deref() == Some(wanted));
            match (named.next(), named.next()) {
                (Some(scope), None) => Ok(Self::Scope(&scope.id)),
                _ => Err(problem),
            }
        })
    }

    /// Whether a path ends at it or passes through it. Where a path begins does not count.
    fn is_on(self, index: &Index<'_>, path: &Path) -> bool {
        let begins = path.steps.first().map(|step| &step.from);
        let mut passed = path.steps.iter().map(|step| &step.to).filter(|id| Some(*id) != begins);
        match self {
            Self::Identity(identity) => passed.any(|id| *id == identity.id),
            Self::Scope(scope) => {
                let is_in = |place: &ScopeId| {
                    place == scope || index.ancestors(place).iter().any(|above| above.id == *scope)
                };
                path.scope.as_ref().is_some_and(is_in)
                    || passed.any(|id| index.identity(id).is_some_and(|identity| is_in(&identity.scope)))
            }
        }
    }
}

/// The paths that end at a target or pass through it, of the shortest that are kept for each identity.
fn paths_to(index: &Index<'_>, reaches: &Reaches, target: Target<'_>) -> WaysTo {
    let on = |reach: &Reach| -> Option<Vec<Path>> {
        let paths: Vec<Path> = reach.paths.iter().filter(|path| target.is_on(index, path)).cloned().collect();
        (!paths.is_empty()).then_some(paths)
    };
    WaysTo {
        of: reaches.of.iter().filter_map(|(id, reach)| Some((id.clone(), on(reach)?))).collect(),
        outside: reaches.outside.iter().filter_map(|one| Some((one.who.clone(), on(&one.reach)?))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use census_fixtures::{ACCOUNT, account, account_scope, finish, role, scope, user};
    use census_model::{Bound, Level, Step};

    use super::*;

    const OTHER: &str = "444455556666";

    fn estate() -> Estate {
        let mut estate = account();
        estate.scope(scope(OTHER));
        estate.identity(user("deploy"));
        estate.identity(role("build"));
        let mut far = role("far");
        far.scope = account_scope(OTHER);
        estate.identity(far);
        finish(estate)
    }

    fn path(from: &Identity, through: &[&Identity], scope: &str) -> Path {
        let mut at = from;
        let steps: Vec<Step> = through
            .iter()
            .map(|next| {
                let step = Step {
                    technique: census_model::TechniqueId::new("aws-sts-001"),
                    from: at.id.clone(),
                    to: next.id.clone(),
                    through: None,
                    says: "assumes it".into(),
                    conditional: false,
                    proofs: Vec::new(),
                };
                at = next;
                step
            })
            .collect();
        Path {
            steps,
            target: at.id.clone(),
            scope: Some(account_scope(scope)),
            conditional: false,
            cut: None,
        }
    }

    #[test]
    fn a_target_is_an_identity_or_a_scope() {
        let estate = estate();
        for name in [OTHER, "aws:account/444455556666"] {
            assert!(matches!(Target::find(&estate, name), Ok(Target::Scope(_))), "{name}");
        }
        assert!(matches!(Target::find(&estate, "build"), Ok(Target::Identity(_))));
        assert!(Target::find(&estate, "nobody").is_err());
    }

    #[test]
    fn paths_are_on_what_they_end_at_and_pass_through_and_not_on_where_they_begin() {
        let estate = estate();
        let index = Index::new(&estate);
        let who = |name: &str| estate.identities.iter().find(|one| &*one.name == name).unwrap();
        let (deploy, build, far) = (who("deploy"), who("build"), who("far"));
        let here = path(deploy, &[build], ACCOUNT);
        let away = path(deploy, &[build, far], OTHER);
        let itself = path(build, &[build], ACCOUNT);
        let reach = |paths: Vec<Path>| Reach {
            level: Level::Escalates,
            bound: Bound::Exact,
            paths,
            ..Reach::unknown(Vec::new())
        };
        let mut reaches = Reaches::default();
        reaches.of.insert(deploy.id.clone(), reach(vec![here, away]));
        reaches.of.insert(build.id.clone(), reach(vec![itself]));
        let found = |name: &str| {
            let found = paths_to(&index, &reaches, Target::find(&estate, name).unwrap());
            [deploy, build].map(|one| found.of.get(&one.id).map_or(0, Vec::len))
        };
        assert_eq!(found("build"), [2, 0]);
        assert_eq!(found("far"), [1, 0]);
        assert_eq!(found("deploy"), [0, 0]);
        assert_eq!(found(OTHER), [1, 0]);
        assert_eq!(found(ACCOUNT), [2, 1]);
    }
}
