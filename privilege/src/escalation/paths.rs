//! Routes, told as paths, each with what would end it.

use census_model::{Cut, Path, Step};

use super::{
    cloud::{Cloud, Told},
    graph::{Certainty, NodeId},
    routes::Route,
};

/// The paths along routes of one identity, each with what would end it.
pub(crate) fn paths<'e>(cloud: &impl Cloud<'e>, id: NodeId, routes: &[Route]) -> Vec<Path> {
    let (mut paths, cuts): (Vec<Path>, Vec<Vec<Cut>>) =
        routes.iter().filter_map(|route| path(cloud, id, route)).unzip();
    let ends = |cut: &Cut| cuts.iter().filter(|cuts| cuts.contains(cut)).count();
    for (path, cuts) in paths.iter_mut().zip(&cuts) {
        // What ends most, then what takes the fewest changes, then what comes first.
        path.cut = cuts
            .iter()
            .map(|cut| Cut { ends: ends(cut), ..cut.clone() })
            .enumerate()
            .min_by_key(|(position, cut)| (std::cmp::Reverse(cut.ends), cut.grants.len(), *position))
            .map(|(_, cut)| cut);
    }
    paths
}

fn path<'e>(cloud: &impl Cloud<'e>, id: NodeId, route: &Route) -> Option<(Path, Vec<Cut>)> {
    let mut acting = cloud.acts_as(id)?;
    let (mut steps, mut cuts): (Vec<Step>, Vec<Cut>) = (Vec::new(), Vec::new());
    for edge in &route.0 {
        if let Told::Step(step, of_step) = cloud.tell(edge, acting)? {
            steps.push(step);
            cuts.extend(of_step);
        }
        acting = cloud.acts_as(edge.to).unwrap_or(acting);
    }
    // Where administration itself hangs on a condition, so does the step that comes to it.
    let last = route.0.last()?;
    let step = steps.last_mut()?;
    step.conditional |= last.certainty == Certainty::Conditional;
    let conditional = route.certainty() == Certainty::Conditional;
    let scope = cloud.administered(last.to).cloned();
    Some((Path { steps, target: acting.id.clone(), scope, conditional, cut: None }, cuts))
}
