//! Whether reaches are what a case expects, and what reaches always are.

use census_model::{
    Decision, Estate, Identity, IdentityId, Level, Path, Reach, ReachAt, Reaches, ScopeId,
    TechniqueConfidence,
};

use super::{
    case::Case,
    estate::identity_id,
    expect::{Got, meets},
};

/// What is wrong with what a case expects.
pub(crate) fn expectations(place: &str, case: &Case, reaches: &Reaches) -> Vec<String> {
    let mut wrong = Vec::new();
    let find = |who: &str| reaches.get(&identity_id(place, case, who));
    for (who, text) in &case.expect {
        let Some(reach) = find(who) else { continue };
        let got = Got { level: reach.level, conditional: reach.conditional, bound: reach.bound };
        if !meets(place, text, got, case.gaps.is_empty()) {
            wrong.push(format!("{who}: expected {text}, got {}", shown(reach)));
        }
    }
    for (who, scopes) in &case.at {
        let Some(reach) = find(who) else { continue };
        for (account, text) in scopes {
            let scope = ScopeId::new(format!("aws:account/{account}"));
            let got = reach.at.iter().find(|at| at.scope == scope).map_or(
                Got { level: Level::None, conditional: false, bound: reach.bound },
                |at: &ReachAt| Got { level: at.level, conditional: at.conditional, bound: at.bound },
            );
            if !meets(place, text, got, case.gaps.is_empty()) {
                wrong.push(format!("{who} at {account}: expected {text}, got {got:?}"));
            }
        }
    }
    let first = |path: &Path| path.steps[0].technique.to_string();
    let any = |path: &Path, ids: &str| {
        path.steps.iter().any(|step| ids.split('|').any(|id| id == step.technique.as_str()))
    };
    for (who, techniques) in &case.first {
        let Some(reach) = find(who) else { continue };
        for ids in techniques {
            if !reach.paths.iter().any(|path| ids.split('|').any(|id| first(path) == id)) {
                wrong.push(format!("{who}: no path begins with {ids}: {}", shown(reach)));
            }
        }
    }
    for (who, techniques) in &case.possible {
        let Some(reach) = find(who) else { continue };
        for ids in techniques {
            if !reach.possible_paths.iter().any(|path| any(path, ids)) {
                wrong.push(format!("{who}: no possible path takes {ids}: {}", shown(reach)));
            }
        }
    }
    for who in &case.more {
        let Some(reach) = find(who) else { continue };
        if !reach.paths_more {
            wrong.push(format!("{who}: all was looked for: {}", shown(reach)));
        }
    }
    for (who, targets) in &case.target {
        let Some(reach) = find(who) else { continue };
        for target in targets {
            let id = identity_id(place, case, target);
            if !reach.paths.iter().any(|path| path.target == id) {
                wrong.push(format!("{who}: no path ends as {target}: {}", shown(reach)));
            }
        }
    }
    wrong
}

fn shown(reach: &Reach) -> String {
    let path = |path: &Path| {
        let steps = path.steps.iter().map(|step| format!("{} as {}", step.technique, step.to));
        steps.collect::<Vec<_>>().join(", ")
    };
    let paths: Vec<String> = reach.paths.iter().map(path).collect();
    let possible: Vec<String> = reach.possible_paths.iter().map(path).collect();
    let condition = if reach.conditional { "?" } else { "" };
    format!("{}{condition}@{} by {paths:?}, possibly {possible:?}", reach.level, reach.bound.as_str())
}

/// What is wrong with reaches whatever they are of.
pub(crate) fn laws(estate: &Estate, reaches: &Reaches) -> Vec<String> {
    let mut wrong = Vec::new();
    for identity in &estate.identities {
        let problems = match reaches.get(&identity.id) {
            None => vec!["has no reach".to_owned()],
            Some(reach) => of_one(identity, reach, reaches),
        };
        wrong.extend(problems.into_iter().map(|problem| format!("{}: {problem}", identity.name)));
    }
    wrong
}

fn of_one(identity: &Identity, reach: &Reach, reaches: &Reaches) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{what}: {}", shown(reach)));
        }
    };
    let levels: Vec<Level> = reach.at.iter().map(|at| at.level).collect();
    must(levels.is_sorted_by(|a, b| a >= b), "scopes come highest first");
    must(levels.first().is_none_or(|level| *level == reach.level), "the headline is the highest level");
    must(reach.paths.len() <= Reach::PATHS, "there are too many paths");
    must(reach.paths.len() <= reach.paths_total, "there are more paths than in all");
    must(reach.level.is_powerful() || reach.paths_total == 0, "a path makes nobody escalate");
    must(reach.level != Level::Escalates || !reach.paths.is_empty(), "it escalates by no path");
    if reach.level == Level::Escalates && reach.paths.len() == reach.paths_total {
        let all = reach.paths.iter().all(|path| path.conditional);
        must(reach.conditional == all, "it is conditional if all its paths are");
    }
    let is_documented = |path: &Path| {
        let known = |step: &census_model::Step| reaches.techniques.get(&step.technique);
        path.steps
            .iter()
            .all(|step| known(step).is_some_and(|t| t.confidence == TechniqueConfidence::Documented))
    };
    must(reach.paths.iter().all(is_documented), "a path takes what is not documented");
    must(!reach.possible_paths.iter().any(is_documented), "a path that counts is called possible");
    for path in reach.paths.iter().chain(&reach.possible_paths) {
        must(is_chain(&identity.id, path), "the steps of a path do not follow each other");
        let named = path.steps.iter().all(|step| reaches.techniques.contains_key(&step.technique));
        must(named, "a technique is not explained");
        must(
            path.conditional == path.steps.iter().any(|step| step.conditional),
            "a path is as sure as its steps",
        );
        let proofs = || path.steps.iter().flat_map(|step| &step.proofs);
        must(path.steps.iter().all(|step| !step.proofs.is_empty()), "a step has no proof");
        let gives = |decision| matches!(decision, Decision::Allowed | Decision::Conditional);
        must(proofs().all(|proof| gives(proof.decision)), "a proof does not allow");
    }
    wrong
}

fn is_chain(who: &IdentityId, path: &Path) -> bool {
    let (Some(first), Some(last)) = (path.steps.first(), path.steps.last()) else { return false };
    let follows = path.steps.windows(2).all(|pair| pair[0].to == pair[1].from);
    first.from == *who && last.to == path.target && follows
}
