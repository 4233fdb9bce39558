//! The account summary: AWS's own count of what the documents hold.

use census_model::EstateBuilder;

use super::{account::Account, arn::Arn, files::Files};

/// Compares the counts; what differs is a gap. Nothing is compared where pages are missing: that is a gap already.
pub(super) fn reconcile(account: &Account<'_>, files: &Files<'_>, estate: &mut EstateBuilder) {
    let Some(summary) = &files.summary else { return };
    let mut counts = Vec::new();
    if let Some(details) = &files.details
        && account.open.details.is_complete()
    {
        let distinct =
            |arns: &mut dyn Iterator<Item = &str>| arns.collect::<std::collections::HashSet<_>>().len();
        let own = details.policies.iter().map(|one| one.arn.as_str()).filter(|arn| Arn::parse(arn).is_some());
        counts = vec![
            ("Users", distinct(&mut details.user_detail_list.iter().map(|one| one.arn.as_str()))),
            ("Groups", distinct(&mut details.group_detail_list.iter().map(|one| one.arn.as_str()))),
            ("Roles", distinct(&mut details.role_detail_list.iter().map(|one| one.arn.as_str()))),
            ("Policies", distinct(&mut own.into_iter())),
        ];
    }
    if let (Some(oidc), Some(saml)) = (&files.oidc, &files.saml)
        && account.open.oidc.is_complete()
        && account.open.saml.is_complete()
    {
        counts.push(("Providers", oidc.items.len() + saml.items.len()));
    }
    if let Some(server) = &files.server
        && !server.is_truncated
    {
        counts.push(("ServerCertificates", server.items.len()));
    }
    let differences: Vec<String> = counts
        .into_iter()
        .filter_map(|(name, found)| {
            let expected = *summary.summary_map.get(name)?;
            let differs = i64::try_from(found) != Ok(expected);
            differs.then(|| format!("{name}: {expected} in the summary, {found} in the documents"))
        })
        .collect();
    if !differences.is_empty() {
        account.inconsistent("iam:GetAccountSummary", &differences.join("; "), Vec::new(), estate);
    }
}
