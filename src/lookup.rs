//! Which identity a person means.

use census_model::{
    Credential, CredentialKind, Estate, Holder, Identity, IdentityKind, Outside, Outsider, Provider, Reaches,
};
use census_reports::Taker;

use crate::problem::Problem;

/// How many candidates are listed.
const CANDIDATES: usize = 10;

/// How much alike two names must be to be taken for a misspelling of each other; 1 is the same.
const ALIKE: f64 = 0.85;

/// The identity of this name: an exact id first, then the holder of a credential, then a name, then any of them in
/// other case.
pub(crate) fn identity<'a>(estate: &'a Estate, wanted: &str) -> Result<&'a Identity, Problem> {
    match found(estate, wanted).as_slice() {
        [] => Err(unknown(estate, wanted)),
        [one] => Ok(one),
        several => Err(ambiguous(wanted, several)),
    }
}

/// Whose paths a person means: an identity's, or those of somebody outside, by subject (`repo:acme/app`), by the part of it
/// that names it (`acme/app`) or by the id that reports have.
pub(crate) fn taker<'a>(
    estate: &'a Estate,
    reaches: &'a Reaches,
    wanted: &str,
) -> Result<Taker<'a>, Problem> {
    let is_named = |who: &Outsider| {
        let short = who.subject.split_once(':').map(|(_, short)| short);
        *who.subject == *wanted || short == Some(wanted) || who.id().as_str() == wanted
    };
    let problem = match identity(estate, wanted) {
        Ok(identity) => return Ok(Taker::Identity(identity)),
        Err(problem) => problem,
    };
    let named: Vec<&Outside> = reaches.outside.iter().filter(|one| is_named(&one.who)).collect();
    match named.as_slice() {
        [] => Err(problem),
        [one] => Ok(Taker::Outside(one)),
        several => {
            let ids: Vec<String> =
                several.iter().take(CANDIDATES).map(|one| one.who.id().to_string()).collect();
            let what = format!("`{wanted}` is the name of {} outside", several.len());
            Err(Problem::failed(what).help(format!("name one of them: {}", ids.join(", "))))
        }
    }
}

/// Whether a name is that of several identities.
pub(crate) fn means_several(estate: &Estate, wanted: &str) -> bool {
    found(estate, wanted).len() > 1
}

fn found<'a>(estate: &'a Estate, wanted: &str) -> Vec<&'a Identity> {
    let same = |text: &str| text == wanted;
    let any_case = |text: &str| text.eq_ignore_ascii_case(wanted);
    let all = || estate.identities.iter();
    let attempts: [&dyn Fn() -> Vec<&'a Identity>; 5] = [
        &|| all().filter(|one| is_id(one, same)).collect(),
        &|| all().filter(|one| is_session_of(wanted, one)).collect(),
        &|| holders(estate, any_case),
        &|| all().filter(|one| is_name(one, same)).collect(),
        &|| all().filter(|one| is_id(one, any_case) || is_name(one, any_case)).collect(),
    ];
    attempts.iter().map(|attempt| attempt()).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The identity, if right-sizing and retirement are worked out for its cloud.
pub(crate) fn weighed(identity: &Identity) -> Result<&Identity, Problem> {
    if identity.provider == Provider::Aws {
        return Ok(identity);
    }
    let what = format!(
        "`{}` is of {}: right-sizing and retirement are worked out for identities of AWS only",
        identity.name, identity.provider
    );
    Err(Problem::failed(what).help("`census explain` shows what is granted to it and how far it reaches"))
}

fn is_id(identity: &Identity, same: impl Fn(&str) -> bool) -> bool {
    same(identity.id.as_str())
        || same(&identity.native_id)
        || identity.immutable_id.as_deref().is_some_and(same)
}

/// Whether an ARN is that of a session of a role, as logs of calls show it:
/// `arn:aws:sts::111122223333:assumed-role/role/session`. It tells the role's name, which is unique within the account,
/// but not its path.
fn is_session_of(arn: &str, identity: &Identity) -> bool {
    let role = || {
        let (account, rest) =
            arn.strip_prefix("arn:")?.split_once(":sts::")?.1.split_once(":assumed-role/")?;
        Some((account, rest.split_once('/')?.0))
    };
    identity.kind == IdentityKind::AwsRole
        && role().is_some_and(|(account, name)| {
            *identity.name == *name && identity.native_id.split(':').nth(4) == Some(account)
        })
}

fn is_name(identity: &Identity, same: impl Fn(&str) -> bool) -> bool {
    same(&identity.name) || identity.aliases.iter().any(|alias| same(alias))
}

fn is_credential(credential: &Credential, same: impl Fn(&str) -> bool) -> bool {
    // Of a certificate of Entra the key id ends the credential's id, and the thumbprint is its public id.
    let last = credential.id.as_str().rsplit('/').next().unwrap_or_default();
    same(credential.id.as_str()) || same(last) || credential.key_id.as_deref().is_some_and(same)
}

fn holders(estate: &Estate, same: impl Fn(&str) -> bool) -> Vec<&Identity> {
    let mut ids: Vec<_> = estate
        .credentials
        .iter()
        .filter(|credential| is_credential(credential, &same))
        .filter_map(Credential::identity)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    estate.identities.iter().filter(|identity| ids.contains(&&identity.id)).collect()
}

fn ambiguous(wanted: &str, several: &[&Identity]) -> Problem {
    Problem::failed(format!("`{wanted}` means {} identities", several.len()))
        .help(format!("name one of them:\n{}", listed(several)))
}

fn unknown(estate: &Estate, wanted: &str) -> Problem {
    let of_scope = estate.credentials.iter().find_map(|credential| match &credential.holder {
        Holder::Scope(scope) if is_credential(credential, |text| text.eq_ignore_ascii_case(wanted)) => {
            Some((credential.kind, scope))
        }
        Holder::Scope(_) | Holder::Identity(_) => None,
    });
    if let Some((kind, scope)) = of_scope {
        return Problem::failed(format!("`{wanted}` is a {kind} of {scope}, which no identity holds"))
            .help("credentials.csv of `census scan --format csv --output DIR` has what is known of it");
    }
    let problem = Problem::failed(format!("no identity and no credential is called `{wanted}`"));
    let alike = alike(estate, wanted);
    if !alike.is_empty() {
        return problem.help(format!("names like it:\n{}", listed(&alike)));
    }
    let nameless = estate
        .credentials
        .iter()
        .filter(|credential| credential.key_id.is_none() && credential.kind == CredentialKind::AccessKey)
        .count();
    let is_key_id = wanted.to_ascii_uppercase().starts_with("AKIA");
    if is_key_id && nameless > 0 {
        problem.help(format!("{nameless} access key(s) are known without their id; credentials.csv of `census scan --format csv --output DIR` lists them"))
    } else if estate.is_complete() {
        problem.help("population.csv of `census scan --format csv --output DIR` lists every identity")
    } else {
        problem.help("not everything could be read, so it may exist all the same; `census owners` ends with what is missing")
    }
}

/// Names that hold the wanted one or are nearly the same, likeliest first.
fn alike<'a>(estate: &'a Estate, wanted: &str) -> Vec<&'a Identity> {
    let wanted = wanted.to_lowercase();
    let mut found: Vec<(f64, &Identity)> = estate
        .identities
        .iter()
        .filter_map(|identity| {
            let name = identity.name.to_lowercase();
            let likeness = strsim::jaro_winkler(&name, &wanted);
            (name.contains(&wanted) || likeness >= ALIKE).then_some((likeness, identity))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.id.cmp(&other.id)));
    found.into_iter().map(|(_, identity)| identity).collect()
}

fn listed(identities: &[&Identity]) -> String {
    let mut lines: Vec<&str> =
        identities.iter().take(CANDIDATES).map(|identity| &*identity.native_id).collect();
    if identities.len() > CANDIDATES {
        lines.push("…");
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use census_fixtures::{access_key, account, account_scope, denied, finish, role, user};

    use super::*;

    fn estate() -> Estate {
        let mut estate = account();
        let deploy = user("deploy");
        estate.credential(access_key(&deploy, "AKIADEPLOY"));
        let mut certificate =
            census_fixtures::credential(&deploy, CredentialKind::ServerCertificate, "ASCASHOP");
        certificate.holder = Holder::Scope(account_scope(census_fixtures::ACCOUNT));
        estate.credential(certificate);
        estate.identity(deploy);
        estate.identity(user("Deploy"));
        estate.identity(role("nightly-export"));
        let mut twin = user("nightly-export");
        twin.immutable_id = None;
        estate.identity(twin);
        finish(estate)
    }

    #[test]
    fn every_kind_of_name_leads_to_its_identity() {
        let estate = estate();
        let arn = "arn:aws:iam::111122223333:user/deploy";
        let key = estate.credentials.iter().find(|c| c.kind == CredentialKind::AccessKey).unwrap();
        let by_id = key.id.as_str();
        for name in ["deploy", arn, &format!("aws:{arn}"), "IDdeploy", "AKIADEPLOY", "akiadeploy", by_id] {
            assert_eq!(&*identity(&estate, name).unwrap().native_id, arn, "{name}");
        }
        assert_eq!(&*identity(&estate, "Deploy").unwrap().name, "Deploy");
        assert_eq!(
            &*identity(&estate, "ARN:aws:iam::111122223333:role/NIGHTLY-export").unwrap().name,
            "nightly-export"
        );
    }

    #[test]
    fn what_names_several_or_none_says_what_to_type_instead() {
        let estate = estate();
        let help = |wanted: &str| {
            let problem = identity(&estate, wanted).unwrap_err();
            format!("{problem} {}", problem.advice().unwrap_or_default())
        };
        assert!(help("nightly-export").contains("means 2 identities"), "{}", help("nightly-export"));
        assert!(help("DEPLOY").contains("means 2 identities"), "{}", help("DEPLOY"));
        for near in ["nightly", "nightly-exprot", "nihgtly-export"] {
            assert!(help(near).contains("role/nightly-export"), "{}", help(near));
        }
        assert!(
            help("ASCASHOP").contains("server-certificate of aws:account/111122223333"),
            "{}",
            help("ASCASHOP")
        );
        assert!(help("zzz").contains("population.csv"), "{}", help("zzz"));
        assert!(identity(&estate, "").is_err());
    }

    #[test]
    fn what_was_not_read_may_exist() {
        let mut partial = account();
        partial.gap(denied("iam:ListAccessKeys"));
        let problem = identity(&finish(partial), "AKIAUNSEEN").unwrap_err();
        assert!(problem.advice().unwrap().contains("may exist"), "{problem}");
    }
}
