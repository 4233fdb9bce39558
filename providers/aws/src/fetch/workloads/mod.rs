//! What runs as which role: one file a service, each with its calls, the fields that are kept of an answer, and what
//! becomes an entry of `workloads.json`.

mod agentcore;
mod apprunner;
mod autoscaling;
mod batch;
mod bedrock;
mod cloudformation;
mod codebuild;
#[cfg(test)]
pub(super) mod contract;
mod dynamodb;
mod ec2;
mod ecs;
mod ecs_calls;
mod eks;
mod emr;
mod entry;
mod found;
mod glue;
mod lambda;
mod rolesanywhere;
mod sagemaker;
mod scheduler;
mod states;
mod trusted;

use std::collections::{BTreeMap, BTreeSet};

use census_model::{GapReason, Text};
use census_provider_api::DeclaredRead;
use futures::{StreamExt, future::BoxFuture, stream};

pub(super) use self::{
    agentcore::{AGENTCORE, LIST_AGENT_RUNTIMES, Runtime},
    codebuild::{CODEBUILD, LIST_PROJECTS},
    dynamodb::LIST_STREAMS,
    ec2::EC2,
    found::{CONCURRENT_CALLS, Found, Problem},
    lambda::{Function, LAMBDA, LIST_FUNCTIONS},
    trusted::Trusted,
};
use super::{
    account::Account,
    listings::Listings,
    regions::{Place, Regions},
};
use crate::{
    client::{Call, Cause, Failure, Partition, Service},
    documents::{AccountFile, Workload},
};

/// Collections at the same time within an account. The request cap holds for all of them together.
pub(super) const CONCURRENT_COLLECTIONS: usize = 16;

/// What one service has in one region.
struct Collection {
    service: &'static Service,
    /// The service principals without one of which in a trust policy nothing of it can run as a role, by their label.
    principals: &'static [&'static str],
    read: for<'a> fn(&'a Place<'a>) -> BoxFuture<'a, Found>,
}

macro_rules! collections {
    ($(
        $module:ident: $calls:ident::$service:ident for [$($principal:literal),+]
        [$($call:ident => $answer:ident),+ $(,)?]
    ),+ $(,)?) => {
        /// Every service that is asked.
        pub(crate) static SERVICES: &[&Service] = &[$(&$calls::$service),+];

        /// Every call that is made for workloads, but for the list of regions.
        pub(super) const CALLS: &[&Call] = &[$($(&$calls::$call),+),+];

        static COLLECTIONS: &[Collection] = &[$(Collection {
            service: &$calls::$service,
            principals: &[$($principal),+],
            read: |place| Box::pin($module::read(place)),
        }),+];

        /// Each call with the names of the fields that are kept of its answer.
        #[cfg(test)]
        fn kept() -> Vec<(&'static Call, serde_json::Value)> {
            vec![$($((&$calls::$call, contract::fields::<$calls::$answer>())),+),+]
        }
    };
}

// Each service with the principals that have to be trusted, its calls, and what an answer is read into. Streams start
// functions, groups start instances, and Batch runs its jobs in ECS.
collections! {
    agentcore: agentcore::AGENTCORE for ["bedrock-agentcore"] [
        LIST_CODE_INTERPRETERS => Interpreters,
        GET_CODE_INTERPRETER => InterpreterDetails,
        LIST_AGENT_RUNTIMES => Runtimes,
        GET_AGENT_RUNTIME => RuntimeDetails,
    ],
    apprunner: apprunner::APPRUNNER for ["apprunner"] [LIST_SERVICES => Services, DESCRIBE_SERVICE => Described],
    autoscaling: autoscaling::AUTOSCALING for ["ec2"] [
        DESCRIBE_AUTO_SCALING_GROUPS => Groups,
        DESCRIBE_LAUNCH_CONFIGURATIONS => Configurations,
    ],
    batch: batch::BATCH for ["batch", "ecs-tasks"] [
        DESCRIBE_JOB_DEFINITIONS => Definitions,
        DESCRIBE_COMPUTE_ENVIRONMENTS => Environments,
    ],
    bedrock: bedrock::BEDROCK for ["bedrock"] [LIST_AGENTS => Agents, GET_AGENT => Described],
    cloudformation: cloudformation::CLOUDFORMATION for ["cloudformation"] [
        DESCRIBE_STACKS => Stacks,
        LIST_STACK_SETS => StackSets,
        DESCRIBE_STACK_SET => Described,
    ],
    codebuild: codebuild::CODEBUILD for ["codebuild"] [LIST_PROJECTS => Names, BATCH_GET_PROJECTS => Projects],
    dynamodb: dynamodb::STREAMS for ["lambda"] [LIST_STREAMS => Streams],
    ec2: ec2::EC2 for ["ec2"] [DESCRIBE_INSTANCES => Instances, DESCRIBE_LAUNCH_TEMPLATE_VERSIONS => Versions],
    ecs: ecs_calls::ECS for ["ecs", "ecs-tasks"] [
        LIST_CLUSTERS => ClusterArns,
        DESCRIBE_CLUSTERS => DescribedClusters,
        LIST_CONTAINER_INSTANCES => InstanceArns,
        DESCRIBE_CONTAINER_INSTANCES => DescribedInstances,
        LIST_SERVICES => ServiceArns,
        DESCRIBE_SERVICES => DescribedServices,
        LIST_TASKS => TaskArns,
        DESCRIBE_TASKS => DescribedTasks,
        LIST_TASK_DEFINITIONS => DefinitionArns,
        DESCRIBE_TASK_DEFINITION => DescribedDefinition,
    ],
    eks: eks::EKS for ["eks"] [
        LIST_CLUSTERS => Clusters,
        DESCRIBE_CLUSTER => DescribedCluster,
        LIST_POD_IDENTITY_ASSOCIATIONS => Associations,
        DESCRIBE_POD_IDENTITY_ASSOCIATION => DescribedAssociation,
        LIST_NODEGROUPS => Nodegroups,
        DESCRIBE_NODEGROUP => DescribedNodegroup,
    ],
    emr: emr::EMR for ["elasticmapreduce"] [LIST_CLUSTERS => Clusters, DESCRIBE_CLUSTER => Described],
    glue: glue::GLUE for ["glue"] [GET_JOBS => Jobs, GET_DEV_ENDPOINTS => DevEndpoints],
    lambda: lambda::LAMBDA for ["lambda"] [
        LIST_FUNCTIONS => Functions,
        LIST_EVENT_SOURCE_MAPPINGS => Mappings,
    ],
    rolesanywhere: rolesanywhere::ROLES_ANYWHERE for ["rolesanywhere"] [LIST_PROFILES => Profiles],
    sagemaker: sagemaker::SAGEMAKER for ["sagemaker"] [
        LIST_NOTEBOOK_INSTANCES => Notebooks,
        DESCRIBE_NOTEBOOK_INSTANCE => Described,
    ],
    scheduler: scheduler::SCHEDULER for ["scheduler"] [LIST_SCHEDULES => Schedules, GET_SCHEDULE => Schedule],
    states: states::STATES for ["states"] [LIST_STATE_MACHINES => Machines, DESCRIBE_STATE_MACHINE => Described],
}

/// Reads the workloads of an account in all its regions, of the services that can become a role of it.
pub(super) async fn read(
    account: &mut Account<'_>,
    trusted: &Trusted,
    partition: Partition,
    regions: &Regions,
    listings: &Listings,
) {
    if !account.options.workloads {
        let detail = "workloads were left out (--no-workloads, or `workloads = false` in the configuration)";
        let failure = Failure::client(GapReason::NotRequested, detail);
        account.gap(&lambda::LIST_FUNCTIONS.read, failure, Vec::new());
        return;
    }
    let collections: Vec<&Collection> =
        COLLECTIONS.iter().filter(|collection| trusted.includes(collection.principals)).collect();
    if collections.is_empty() {
        account.write(AccountFile::Workloads, &[(); 0], 0, None);
        return;
    }
    let (api, id, deep) = (account.api, account.id, account.options.deep);
    let progress = account.progress;
    let mut jobs: Vec<BoxFuture<'_, (&str, &Service, Found)>> = Vec::new();
    for region in &regions.names {
        for &collection in &collections {
            jobs.push(Box::pin(async move {
                progress.step(&format!("aws {id}: {} in {region}", collection.service.name));
                let place = Place { api, account: id, partition, region, deep, listings };
                (region.as_str(), collection.service, (collection.read)(&place).await)
            }));
        }
    }
    let mut found: Vec<_> = stream::iter(jobs).buffer_unordered(CONCURRENT_COLLECTIONS).collect().await;
    found.sort_by_key(|(region, service, _)| (*region, service.id));

    let alive: BTreeSet<&str> =
        found.iter().filter(|(.., found)| found.alive).map(|(region, ..)| *region).collect();
    let mut entries: Vec<Workload<'static>> = Vec::new();
    let mut gaps = Gaps::default();
    for (region, service, found) in found {
        entries.extend(found.entries);
        for problem in found.problems {
            if is_absent(service, region, &problem.failure, alive.contains(region)) {
                tracing::debug!(service = service.name, region, "not offered in this region");
                continue;
            }
            gaps.add(region, problem, || {
                let name = partition.as_str();
                format!("arn:{name}:{}:{region}:{id}:*", service.name).into()
            });
        }
    }
    // Nothing depends on which answer came first.
    entries.sort_by(|a, b| (&a.arn, &a.kind).cmp(&(&b.arn, &b.kind)));
    account.write(AccountFile::Workloads, &entries, entries.len(), gaps.cut());
    gaps.note(account);
}

/// Whether a service is not offered in a region: its endpoint has no name there while other services of the region
/// answer, and AWS does not list it. Either sign alone could mislead: a resolver may hide names, and lists grow old.
pub(super) fn is_absent(service: &Service, region: &str, failure: &Failure, others_answer: bool) -> bool {
    failure.cause == Cause::NoSuchHost && others_answer && !service.is_listed_in(region)
}

/// One gap for each read and reason, with the regions and things that it is about.
#[derive(Default)]
pub(super) struct Gaps(BTreeMap<(String, GapReason), Gathered>);

struct Gathered {
    read: DeclaredRead,
    failure: Failure,
    regions: BTreeSet<String>,
    affects: BTreeSet<Text>,
    /// Whether any of them may pass in another run.
    may_pass: bool,
}

impl Gaps {
    /// Why the list is not complete, where a page of it is missing.
    pub(super) fn cut(&self) -> Option<&Failure> {
        self.0.values().map(|gap| &gap.failure).find(|failure| failure.reason == GapReason::Truncated)
    }

    pub(super) fn add(&mut self, region: &str, problem: Problem, everything: impl FnOnce() -> Text) {
        let Problem { read, mut failure, about } = problem;
        let subscribed = !["OptInRequired", "SubscriptionRequired"]
            .iter()
            .any(|code| failure.code.as_deref().is_some_and(|given| given.starts_with(code)));
        if !subscribed {
            failure.reason = GapReason::NotProvided;
        }
        let may_pass = failure.may_pass();
        let gathered = self.0.entry((read.name(), failure.reason)).or_insert_with(|| Gathered {
            read,
            failure,
            regions: BTreeSet::new(),
            affects: BTreeSet::new(),
            may_pass: false,
        });
        gathered.may_pass |= may_pass;
        gathered.regions.insert(region.to_owned());
        gathered.affects.extend(if about.is_empty() { vec![everything()] } else { about });
    }

    pub(super) fn note(self, account: &mut Account<'_>) {
        for gathered in self.0.into_values() {
            let Gathered { read, mut failure, regions, affects, may_pass } = gathered;
            let mut names = regions.iter();
            if let Some(first) = names.next() {
                failure.detail.push_str(&match names.len() {
                    0 => format!(" (in {first})"),
                    more => format!(" (in {first} and {more} more regions)"),
                });
            }
            account.gap_that(&read, failure, affects.into_iter().collect(), may_pass);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_host() -> Failure {
        Failure { cause: Cause::NoSuchHost, ..Failure::client(GapReason::Failed, "x has no address") }
    }

    #[test]
    fn a_service_is_absent_only_where_both_signs_agree() {
        let apprunner = &apprunner::APPRUNNER;
        assert!(is_absent(apprunner, "eu-north-1", &no_host(), true));
        assert!(!is_absent(apprunner, "eu-north-1", &no_host(), false), "nothing there answers");
        assert!(!is_absent(apprunner, "eu-west-1", &no_host(), true), "AWS lists it there");
        assert!(is_absent(&lambda::LAMBDA, "xx-newest-1", &no_host(), true), "a region that no list knows");
        assert!(is_absent(&bedrock::BEDROCK, "eu-west-1", &no_host(), true), "of which there is no list");
        let other = Failure { cause: Cause::Network, ..no_host() };
        assert!(!is_absent(apprunner, "eu-north-1", &other, true), "a connection that fails is no sign");
    }

    #[test]
    fn gaps_of_a_read_are_one_for_each_reason() {
        let mut gaps = Gaps::default();
        let problem = |reason, code: &str| Problem {
            read: lambda::LIST_FUNCTIONS.read,
            failure: Failure { code: Some(code.to_owned()), ..Failure::client(reason, "x") },
            about: Vec::new(),
        };
        for (region, reason, code) in [
            ("a", GapReason::Denied, "AccessDenied"),
            ("b", GapReason::Denied, "AccessDenied"),
            ("c", GapReason::Throttled, "Throttling"),
            ("d", GapReason::Denied, "OptInRequired"),
            ("e", GapReason::Failed, "SubscriptionRequiredException"),
        ] {
            gaps.add(region, problem(reason, code), || region.into());
        }
        let found: Vec<(GapReason, Vec<String>, bool)> = gaps
            .0
            .into_iter()
            .map(|((_, reason), one)| (reason, one.regions.into_iter().collect(), one.may_pass))
            .collect();
        let regions = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            found,
            [
                (GapReason::Denied, regions(&["a", "b"]), false),
                (GapReason::Throttled, regions(&["c"]), true),
                (GapReason::NotProvided, regions(&["d", "e"]), false),
            ]
        );
    }
}
