//! The questions about principals of Azure.

use census_model::{Estate, Index, Provider};
use census_privilege::azure::{
    access::{Access, Inquiry, Question, QuestionError},
    directory,
};
use census_reports::WhoCan;
use census_rules::Policies;

use super::{answer, answers, asked, of, principals, ways};
use crate::{
    cli::{CanArgs, Globals, QuestionArgs, WhoCanArgs},
    commands::{estate, voice},
    exit::Outcome,
    lookup,
    pipeline::Voice,
    problem::{Problem, note},
};

/// What may be asked about a vault.
const VAULT_ACTIONS: &str =
    "https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault";

/// Whether an action has the form of Azure's or Entra's: a provider and what is done to which of its types, or a permission
/// of an application.
pub(super) fn is_action(action: &str) -> bool {
    action.contains('/') || action.to_ascii_lowercase().starts_with("microsoft.")
}

/// One principal.
pub(super) fn run(args: &CanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    if directory::is_question(&args.question.action) {
        return of_directory(args, globals);
    }
    let question = question(&args.question)?;
    let estate = estate::loaded(&args.loaded)?;
    let identity = lookup::identity(&estate, &args.principal)?;
    of(Provider::Azure, identity, &args.question.action)?;
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let inquiry = access.ask(&question).map_err(refused)?;
    doubt(&inquiry, &args.question, voice(globals));
    answer(args, globals, &estate, identity, &inquiry.verdict(identity))
}

/// One principal, about the directory.
fn of_directory(args: &CanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let question = directory_question(&args.question)?;
    let estate = estate::loaded(&args.loaded)?;
    let identity = lookup::identity(&estate, &args.principal)?;
    of(Provider::Azure, identity, &args.question.action)?;
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let inquiry = access.ask_directory(&question).map_err(refused_by_directory)?;
    answer(args, globals, &estate, identity, &inquiry.verdict(identity))
}

/// Every principal, about the directory.
fn who_of_directory(args: &WhoCanArgs, globals: &Globals, estate: &Estate) -> Result<Outcome, Problem> {
    let question = directory_question(&args.question)?;
    let index = Index::new(estate);
    let policies = Policies::new(&index);
    let inquiry = policies.azure().ask_directory(&question).map_err(refused_by_directory)?;
    let identities: Vec<_> =
        principals(estate, Provider::Azure).map(|identity| (identity, inquiry.verdict(identity))).collect();
    let ways = if args.paths { ways(&policies, estate, &identities) } else { Vec::new() };
    let who = WhoCan { asked: asked(&args.question), identities: &identities, outsiders: &[], ways: &ways };
    answers(args, globals, estate, &who)
}

/// Every principal.
pub(super) fn run_who(args: &WhoCanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    if directory::is_question(&args.question.action) {
        return who_of_directory(args, globals, &estate::loaded(&args.loaded)?);
    }
    let question = question(&args.question)?;
    let estate = estate::loaded(&args.loaded)?;
    let index = Index::new(&estate);
    let policies = Policies::new(&index);
    let inquiry = policies.azure().ask(&question).map_err(refused)?;
    doubt(&inquiry, &args.question, voice(globals));
    let identities: Vec<_> =
        principals(&estate, Provider::Azure).map(|identity| (identity, inquiry.verdict(identity))).collect();
    let ways = if args.paths { ways(&policies, &estate, &identities) } else { Vec::new() };
    let who = WhoCan { asked: asked(&args.question), identities: &identities, outsiders: &[], ways: &ways };
    answers(args, globals, &estate, &who)
}

fn directory_question(args: &QuestionArgs) -> Result<directory::Question, Problem> {
    if args.resource_account.is_some() {
        return Err(Problem::usage("`--resource-account` is for resources of AWS")
            .help("an object of the directory lies in its tenant"));
    }
    if let Some(pair) = args.context.first() {
        return Err(Problem::usage(format!(
            "`{pair}` is about a request, and the directory asks nothing of it"
        ))
        .help("leave -c out"));
    }
    directory::Question::new(&args.action, &args.resource).map_err(refused_by_directory)
}

/// A question about the directory that cannot be answered, with what to do about it.
fn refused_by_directory(error: directory::QuestionError) -> Problem {
    use directory::QuestionError;
    match &error {
        QuestionError::Operation(_) => Problem::usage(error).help(
            "operations are listed at https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference",
        ),
        QuestionError::Resource(_) => Problem::failed(error)
            .help("give the name or any id of a tenant, user, group, application or service principal"),
        QuestionError::Ambiguous(..) => Problem::failed(error).help("give its id"),
        QuestionError::NotOf { .. } => Problem::failed(error).help("give the tenant to ask about all of them"),
        QuestionError::Api(_) => Problem::failed(error).help(
            "name the application whose permission it is, or write `graph/` for one of Microsoft Graph",
        ),
        QuestionError::NoTenant { .. } => Problem::failed(error)
            .help("give the tenant: `census can` and `who-can` tell who holds a permission in it"),
    }
}

fn question(args: &QuestionArgs) -> Result<Question, Problem> {
    if args.resource_account.is_some() {
        return Err(Problem::usage("`--resource-account` is for resources of AWS")
            .help("an id of Azure says where the resource lies"));
    }
    let mut question = Question::new(&args.action, &args.resource).map_err(refused)?;
    for pair in &args.context {
        let (attribute, value) = pair.split_once("]=").ok_or_else(|| {
            Problem::usage(format!("`{pair}` is not an attribute with a value"))
                .help("as in -c '@Environment[isPrivateLink]=true'; give it twice for one with two values")
        })?;
        question.with(&format!("{attribute}]"), vec![value.to_owned()]).map_err(refused)?;
    }
    Ok(question)
}

/// A question that cannot be answered, with what to do about it.
fn refused(error: QuestionError) -> Problem {
    match &error {
        QuestionError::Action(_) => Problem::usage(error)
            .help("for example `census can deploy Microsoft.Storage/storageAccounts/listKeys/action production`"),
        QuestionError::Attribute(_) => {
            Problem::usage(error).help("sources are @Request, @Resource, @Principal and @Environment")
        }
        QuestionError::Directory(_) => Problem::usage(error).help("ask about it without `data:` or `control:`"),
        QuestionError::Elsewhere { .. } => Problem::failed(error)
            .help("ask the service who holds its roles; what Azure gives is its keys: ask about `listKeys/action`"),
        QuestionError::Resource(_) => Problem::failed(error).help(
            "give a resource id (`/subscriptions/…`), the id or name of a subscription, management group or vault, \
             or the address of what a vault holds",
        ),
        QuestionError::Ambiguous(named, _) if named.starts_with('/') => Problem::failed(error)
            .help("several tenants have it: give a tenant's id, or ask with `--from` the documents of one tenant"),
        QuestionError::Ambiguous(..) => Problem::failed(error).help("give its id"),
        QuestionError::NoVault { .. } => Problem::failed(error)
            .help("name one vault: each decides by roles or by access policies of its own"),
        QuestionError::Policies(_) => {
            Problem::failed(error).help(format!("actions of vaults are listed at {VAULT_ACTIONS}"))
        }
    }
}

/// Says that an action may be meant as one of the other plane.
fn doubt(inquiry: &Inquiry<'_, '_>, args: &QuestionArgs, voice: Voice) {
    if inquiry.is_plane_doubtful() && voice == Voice::Normal {
        let what = format!(
            "`{}` is taken for an action of the control plane; write `data:{}` if it is one on data",
            args.action, args.action
        );
        note("warning", &what);
    }
}
