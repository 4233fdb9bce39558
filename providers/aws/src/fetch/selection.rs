//! Which accounts of an organization are read.

use std::collections::BTreeMap;

use census_model::Text;
use census_provider_api::{DeclaredRead, FetchError, Need};
use futures::{StreamExt, stream};

use super::{
    account::account_scope,
    organization::{CONCURRENT_CALLS, Member, Organization},
    organization_tree::next,
};
use crate::{
    client::{Api, Failure, Page, Pages, pages},
    documents::Str,
    options::AwsOptions,
};

pub(super) const LIST_TAGS_FOR_RESOURCE: DeclaredRead = DeclaredRead {
    service: "organizations",
    operation: "ListTagsForResource",
    permissions: &["organizations:ListTagsForResource"],
    part: None,
    need: Need::Organization,
    why: "the tags of accounts, only if accounts are chosen by tag",
};

/// The accounts to read, in the order of their ids. Notes with the organization what could not be decided: such an
/// account is left out, since reading what a person excluded would be worse.
///
/// # Errors
/// When the options name what is not there, or units that cannot be told apart.
pub(super) async fn choose(
    api: &Api,
    options: &AwsOptions,
    organization: &mut Organization,
) -> Result<Vec<Member>, FetchError> {
    check(options, organization)?;
    let mut chosen: Vec<Member> =
        organization.members.values().filter(|member| fits(options, member)).cloned().collect();
    if options.asks_for_tags() {
        let mut kept = Vec::new();
        let mut answers = stream::iter(chosen)
            .map(|member| async move {
                let tags = tags(api, &member.id).await;
                (member, tags)
            })
            .buffered(CONCURRENT_CALLS);
        while let Some((member, answer)) = answers.next().await {
            match answer {
                Ok(tags) => {
                    if fits_tags(options, &tags) {
                        kept.push(member.clone());
                    }
                    organization.tagged(&member.id, tags);
                }
                Err(failure) => {
                    let affects = vec![Text::from(account_scope(&member.id).as_str())];
                    organization.fail(&LIST_TAGS_FOR_RESOURCE, failure, affects);
                }
            }
        }
        chosen = kept;
    }
    Ok(chosen)
}

fn check(options: &AwsOptions, organization: &Organization) -> Result<(), FetchError> {
    if !organization.tree_is_whole {
        if options.asks_for_units() {
            return Err(FetchError::Options {
                what: "accounts were to be chosen by organizational unit, but the tree could not be read"
                    .to_owned(),
                help: "grant what `census permissions aws` lists, or choose accounts by id".to_owned(),
            });
        }
        return Ok(());
    }
    let unknown = |id: &&String| !organization.document.targets.contains_key(&Str::from(id.as_str()));
    let named = options.include_accounts.iter().chain(&options.include_ous).chain(&options.exclude_ous);
    match { named }.find(unknown) {
        None => Ok(()),
        Some(id) => Err(FetchError::Options {
            what: format!("`{id}` is not in the organization"),
            help: "list what is there: aws organizations list-accounts, list-organizational-units-for-parent"
                .to_owned(),
        }),
    }
}

fn fits(options: &AwsOptions, member: &Member) -> bool {
    let below = |units: &[String]| member.above.iter().any(|unit| units.contains(unit));
    let wanted = |list: &[String], holds: bool| list.is_empty() || holds;
    wanted(&options.include_accounts, options.include_accounts.contains(&member.id))
        && !options.exclude_accounts.contains(&member.id)
        && wanted(&options.include_ous, below(&options.include_ous))
        && !below(&options.exclude_ous)
}

type Tags = BTreeMap<String, String>;

fn fits_tags(options: &AwsOptions, tags: &Tags) -> bool {
    let one_of = |wanted: &[String]| {
        wanted.iter().any(|tag| {
            tag.split_once('=').is_some_and(|(key, value)| tags.get(key).is_some_and(|found| found == value))
        })
    };
    (options.include_tags.is_empty() || one_of(&options.include_tags)) && !one_of(&options.exclude_tags)
}

async fn tags(api: &Api, account: &str) -> Result<Tags, Failure> {
    let answer = pages(|from| async move {
        let request = api.organizations.list_tags_for_resource().resource_id(account).set_next_token(from);
        let answer = api.call(&LIST_TAGS_FOR_RESOURCE, request.send()).await?;
        Ok(Page { items: answer.tags.unwrap_or_default(), next: next(answer.next_token) })
    })
    .await?;
    match Pages::into_items(answer) {
        (tags, None) => Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect()),
        (_, Some(failure)) => Err(failure),
    }
}

impl Organization {
    fn tagged(&mut self, account: &str, tags: Tags) {
        let target = self.document.targets.entry(account.to_owned().into()).or_default();
        target.tags = tags.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, above: &[&str]) -> Member {
        Member { id: id.into(), active: true, above: above.iter().map(|&unit| unit.to_owned()).collect() }
    }

    fn chosen(change: fn(&mut AwsOptions)) -> Vec<&'static str> {
        let mut options = AwsOptions::default();
        change(&mut options);
        [
            ("111111111111", vec!["r-a"]),
            ("222222222222", vec!["r-a", "ou-x"]),
            ("333333333333", vec!["r-a", "ou-x", "ou-y"]),
        ]
        .into_iter()
        .filter(|(id, above)| fits(&options, &member(id, above)))
        .map(|(id, _)| id)
        .collect()
    }

    #[test]
    fn accounts_are_chosen_by_id_and_unit() {
        assert_eq!(chosen(|_| {}).len(), 3);
        assert_eq!(chosen(|o| o.include_accounts = vec!["222222222222".into()]), ["222222222222"]);
        assert_eq!(
            chosen(|o| o.exclude_accounts = vec!["222222222222".into()]),
            ["111111111111", "333333333333"]
        );
        assert_eq!(chosen(|o| o.include_ous = vec!["ou-x".into()]), ["222222222222", "333333333333"]);
        assert_eq!(chosen(|o| o.exclude_ous = vec!["ou-y".into()]), ["111111111111", "222222222222"]);
        assert_eq!(
            chosen(|o| {
                o.include_ous = vec!["ou-x".into()];
                o.exclude_ous = vec!["ou-y".into()];
            }),
            ["222222222222"]
        );
    }

    #[test]
    fn accounts_are_chosen_by_tag() {
        let tags: Tags = [("env".to_owned(), "prod=1".to_owned())].into();
        let with = |include: &[&str], exclude: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|&tag| tag.to_owned()).collect();
            let options = AwsOptions {
                include_tags: own(include),
                exclude_tags: own(exclude),
                ..AwsOptions::default()
            };
            fits_tags(&options, &tags)
        };
        assert!(with(&[], &[]));
        assert!(with(&["env=prod=1"], &[]));
        assert!(with(&["x=y", "env=prod=1"], &[]));
        assert!(!with(&["env=prod"], &[]));
        assert!(!with(&[], &["env=prod=1"]));
        assert!(with(&[], &["env=dev"]));
    }
}
