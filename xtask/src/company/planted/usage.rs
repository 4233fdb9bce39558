//! Who uses how much of what they may do: for a few of them somebody asked.

use super::{DEV, PLATFORM, Planter};
use crate::aws::last_accessed::LastAccessed;

pub(super) fn plant(planter: &mut Planter<'_>) {
    let place = planter.company.dev.place.clone();
    let janitor = LastAccessed::new(&place, "role/stack-janitor-lambda")
        .used("cloudformation", 1, &[("DeleteStack", 1)])
        .used("elasticloadbalancing", 9, &[("DeleteLoadBalancer", 9), ("DeleteTargetGroup", 31)])
        .used("logs", 1, &[("CreateLogStream", 1), ("CreateLogGroup", 204)])
        .and_no_other();
    let what = "an administrator that deletes stacks and nothing else: `--right-size` shows what would do";
    planter.usage(DEV, janitor, what);
    let previews = LastAccessed::new(&place, "user/machines/ci-previews")
        .used("lambda", 2, &[("CreateFunction", 2), ("DeleteFunction", 2)])
        .used("iam", 2, &[]);
    planter.report(DEV, previews);
    let place = planter.company.platform.place.clone();
    let promoter = LastAccessed::new(&place, "role/release-promoter").used("lambda", 4, &[]);
    let what = "starts functions and never changed the code of one, which would make it administrator";
    planter.usage(PLATFORM, promoter, what);
}
