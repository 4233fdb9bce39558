//! The questions about principals of Azure.

use census_model::{Index, Provider};
use census_privilege::azure::access::{Access, Inquiry, Question, QuestionError};
use census_reports::WhoCan;

use super::{answer, answers, asked, of, principals};
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

/// Whether an action has the form of Azure's: a provider and what is done to which of its types.
pub(super) fn is_action(action: &str) -> bool {
    action.contains('/') || action.to_ascii_lowercase().starts_with("microsoft.")
}

/// One principal.
pub(super) fn run(args: &CanArgs, globals: &Globals) -> Result<Outcome, Problem> {
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

/// Every principal.
pub(super) fn run_who(args: &WhoCanArgs, globals: &Globals) -> Result<Outcome, Problem> {
    let question = question(&args.question)?;
    if args.paths {
        return Err(Problem::usage("`--paths` looks for ways to act as somebody else in AWS only")
            .help("leave it out to see who may do it"));
    }
    let estate = estate::loaded(&args.loaded)?;
    let index = Index::new(&estate);
    let access = Access::new(&index);
    let inquiry = access.ask(&question).map_err(refused)?;
    doubt(&inquiry, &args.question, voice(globals));
    let identities: Vec<_> =
        principals(&estate, Provider::Azure).map(|identity| (identity, inquiry.verdict(identity))).collect();
    let who = WhoCan { asked: asked(&args.question), identities: &identities, outsiders: &[], ways: &[] };
    answers(args, globals, &estate, &who)
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
        QuestionError::Directory(_) => {
            Problem::usage(error).help("`census explain` shows the directory roles that an identity holds")
        }
        QuestionError::Elsewhere { .. } => Problem::failed(error)
            .help("ask the service who holds its roles; what Azure gives is its keys: ask about `listKeys/action`"),
        QuestionError::Resource(_) => Problem::failed(error).help(
            "give a resource id (`/subscriptions/…`), the id or name of a subscription, management group or vault, \
             or the address of what a vault holds",
        ),
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
