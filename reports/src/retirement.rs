//! The plan for retiring one identity: what depends on it, and what to do in which order. Census does none of it.

use census_model::{
    Command, Dependent, Dependents, Evidence, Gap, Identity, RetirementPlan, RetirementStage, RetirementTask,
    RetirementWay, StageKind, Undo, WorkloadState,
};

use crate::{
    Input, Options,
    explain::{header, unseen},
    json::COMMAND_LEFT_OUT,
    page::{Ink, LONGEST, Page, Span, faint, plain, strong},
    sanitize::visible,
    table::more,
    view::View,
    words::{activity, count},
};

/// How many entries a group lists before the rest is counted.
const LISTED: usize = 10;

const FOR_ALL: &str = "--format json shows all";

/// The plan for people: what is not known first, then what would break, then the stages.
pub fn retirement(
    input: &Input<'_>,
    identity: &Identity,
    plan: &RetirementPlan,
    options: &Options,
) -> String {
    let view = View::new(input);
    let mut page = Page::new(options);
    header(&mut page, &view, identity);
    conclusion(&mut page, &view, identity, plan);
    incomplete(&mut page, &view, plan);
    kept_by(&mut page, plan);
    depends(&mut page, plan);
    for (number, stage) in plan.stages.iter().enumerate() {
        self::stage(&mut page, plan, number, stage);
    }
    unseen(&mut page, &view, identity);
    page.finish()
}

fn conclusion(page: &mut Page, view: &View<'_>, identity: &Identity, plan: &RetirementPlan) {
    let (ink, words) = match plan.way {
        RetirementWay::Staged => (Ink::Plain, "in stages"),
        RetirementWay::Elsewhere => (Ink::Warn, "not here"),
        RetirementWay::Never => (Ink::Bad, "not possible"),
    };
    page.heading("RETIREMENT", &[Span::new(ink, words), plain(format!(": {}", plan.because))]);
    page.line(2, &[faint("Census runs none of this. Read it through before you run any of it.")]);
    page.columns(
        2,
        &[
            vec![strong("activity"), plain(activity(view.as_of(), view.activity(identity)))],
            vec![strong("depends on it"), plain(in_short(plan))],
        ],
    );
    for remark in &plan.remarks {
        page.line(2, &[Span::new(Ink::Warn, "note "), plain(&**remark)]);
    }
}

/// What was seen, and never that nothing is there where something was not read.
fn in_short(plan: &RetirementPlan) -> String {
    let seen = plan.dependents_seen();
    match (seen, plan.open().is_empty()) {
        (0, true) => "nothing that this scan could see, and it read all that it asks for".to_owned(),
        (0, false) => "nothing was seen, but not everything was read".to_owned(),
        (_, true) => count(seen, "thing"),
        (_, false) => format!("{}, and what was not read may hold more", count(seen, "thing")),
    }
}

fn incomplete(page: &mut Page, view: &View<'_>, plan: &RetirementPlan) {
    let open: Vec<&Gap> = plan.open().into_iter().filter_map(|id| view.index.gap(id)).collect();
    if open.is_empty() {
        return;
    }
    page.heading_in(Ink::Warn, "INCOMPLETE", &[plain("this list may be incomplete because of these")]);
    let about = |gap: &Gap| {
        let kinds = plan.dependents.iter().filter(|group| group.open.contains(&gap.id));
        kinds.map(|group| group.kind.as_str()).collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<_> = open
        .iter()
        .take(LISTED)
        .map(|gap| {
            let ink = if gap.reason.is_failure() { Ink::Bad } else { Ink::Warn };
            let place = gap.scope.as_ref().map_or(gap.provider.to_string(), |scope| view.scope_label(scope));
            vec![
                Span::new(ink, gap.reason.as_str()),
                plain(&*gap.read),
                faint(format!("{place}; may hide: {}", about(gap))),
            ]
        })
        .collect();
    page.columns(2, &rows);
    more(page, 2, open.len(), LISTED, FOR_ALL);
}

fn kept_by(page: &mut Page, plan: &RetirementPlan) {
    if plan.kept_by.is_empty() {
        return;
    }
    page.heading("KEPT BY", &[plain("change this first, or it comes back")]);
    let row = |one: &census_model::Keeper| {
        vec![strong(one.kind.as_str()), plain(&*one.name), faint(facts(&one.evidence))]
    };
    page.columns(2, &plan.kept_by.iter().map(row).collect::<Vec<_>>());
}

fn facts(evidence: &[Evidence]) -> String {
    let fact = |one: &Evidence| {
        let source = one.source.as_deref().map(|source| format!(" ({source})")).unwrap_or_default();
        format!("{} {}{source}", one.label, one.value)
    };
    evidence.iter().map(fact).collect::<Vec<_>>().join("; ")
}

fn depends(page: &mut Page, plan: &RetirementPlan) {
    page.heading("DEPENDS ON IT", &[plain(in_short(plan))]);
    for group in plan.dependents.iter() {
        depends_in_one_way(page, group);
    }
}

fn depends_in_one_way(page: &mut Page, group: &Dependents) {
    let number = match (group.items.len(), group.open.is_empty()) {
        (0, _) => "none seen, not all read".to_owned(),
        (seen, true) => seen.to_string(),
        (seen, false) => format!("{seen}, not all read"),
    };
    page.line(
        2,
        &[
            strong(group.kind.as_str()),
            plain(format!("  {number}")),
            faint(format!("  {}", group.kind.says())),
        ],
    );
    page.columns(4, &group.items.iter().take(LISTED).map(dependent_row).collect::<Vec<_>>());
    more(page, 4, group.items.len(), LISTED, FOR_ALL);
}

fn dependent_row(one: &Dependent) -> Vec<Span> {
    let (ink, state) = match one.state {
        Some(WorkloadState::Running) => (Ink::Bad, ", running"),
        Some(WorkloadState::Stopped) => (Ink::Plain, ", stopped"),
        Some(WorkloadState::Ended) => (Ink::Faint, ", ended"),
        None => (Ink::Plain, ""),
    };
    let mut words = Vec::new();
    if one.id != one.name && !one.name.contains(&*one.id) {
        words.push(one.id.to_string());
    }
    if !one.evidence.is_empty() {
        words.push(facts(&one.evidence));
    }
    vec![Span::new(ink, &*one.name), plain(format!("{}{state}", one.what)), faint(words.join("  "))]
}

fn stage(page: &mut Page, plan: &RetirementPlan, number: usize, stage: &RetirementStage) {
    let (title, says) = match stage.kind {
        StageKind::Announce => ("ANNOUNCE", String::new()),
        StageKind::Disable => ("DISABLE", "what was is restored with the commands after `undo`".to_owned()),
        StageKind::Wait => ("WAIT", format!("{}: {}", count(days(plan), "day"), plan.wait.because)),
        StageKind::Delete => ("DELETE", "in this order, which the provider asks for".to_owned()),
        StageKind::CleanUp => ("CLEAN UP", String::new()),
    };
    if stage.tasks.is_empty() && plan.way != RetirementWay::Staged {
        return;
    }
    page.heading(&format!("STAGE {number}  {title}"), &[plain(says)]);
    if stage.tasks.is_empty() {
        page.line(2, &[plain("nothing is left to do")]);
    }
    for task in &stage.tasks {
        self::task(page, task);
    }
}

fn days(plan: &RetirementPlan) -> usize {
    usize::try_from(plan.wait.days).unwrap_or(usize::MAX)
}

fn task(page: &mut Page, task: &RetirementTask) {
    page.line(2, &[plain("- "), plain(&*task.says)]);
    for fact in &task.evidence {
        page.line(6, &[faint(facts(std::slice::from_ref(fact)))]);
    }
    commands(page, &task.commands);
    match &task.undo {
        Undo::Nothing => {}
        Undo::By(undo) => {
            page.line(6, &[Span::new(Ink::Good, "undo")]);
            commands(page, undo);
        }
        Undo::ByHand(how) => page.line(6, &[Span::new(Ink::Warn, "undo "), plain(format!("by hand: {how}"))]),
        Undo::Impossible(why) => {
            page.line(6, &[Span::new(Ink::Bad, "cannot be undone"), plain(format!(": {why}"))]);
        }
    }
}

/// Commands are shown only as they are: one that had to be made visible or shortened is another command.
fn commands(page: &mut Page, commands: &[Command]) {
    for command in commands {
        match command.shell() {
            Some(shell) if visible(&shell) != shell.as_str() => page.line(6, &[plain(COMMAND_LEFT_OUT)]),
            Some(shell) if shell.chars().count() > LONGEST => {
                page.line(6, &[plain(format!("A command is too long to be shown here; {FOR_ALL}."))]);
            }
            Some(shell) => page.verbatim(8, &strong(shell)),
            None => page.line(6, &[plain(COMMAND_LEFT_OUT)]),
        }
    }
}
