//! What `--help` says below the options.

// Paragraphs are one line each: the terminal breaks them where it is full.
pub(super) const SCAN_HELP: &str = "\
Where it reads from:
  With --from DIR it reads documents in a folder and needs neither network nor credentials: what a scan kept with \
--save-raw, or plain output of cloud tools, for example
    mkdir export
    aws iam get-account-authorization-details > export/authorization-details.json
  One file is enough, more files answer more: docs/documents.md lists them, and how to make each.
  Otherwise it calls the cloud with the credentials that the cloud's own tools would use.

What it writes:
  A table on stdout. --format json --output - writes JSON to stdout and nothing else.
  --output DIR writes one file a format, readable by you alone: report.json, population.csv, credentials.csv, \
findings.csv, owners.csv, gaps.csv, report.txt.
  It also keeps what it read for `census explain`, `census paths`, `census owners` and the like.

What it could not read is a gap: listed in every report, never taken for clean, unused or unowned, and the reason \
for exit status 3.";

pub(super) const LAST_SCAN_HELP: &str = "\
Without --estate and --from it looks at the last scan, with the configuration and the registries of that scan unless \
others are named.";

pub(super) const ATTEST_HELP: &str = "\
The line names the identity's ARN and its immutable id, so that one that is made anew under the same name inherits \
nothing. The log is --attestations FILE, or `attestations` in the `[registry]` of the configuration; it is begun where it \
is not there, and never changed but by lines at its end.

Exit status: 1 when nothing may be attested so (nobody registered the identity, its provider manages it, or who alone \
operates it attests it for the business), 2 when the log is not right; nothing is written then.

Without --estate and --from it looks at the last scan.";

pub(super) const CAN_HELP: &str = "\
What is not known of the request is open: an answer that depends on it is `conditional`, unless -c says it.

Exit status: 0 allowed, 4 denied, 5 conditional, 6 unknown, because what was not read decides.

Without --estate and --from it looks at the last scan.";

pub(super) const PATHS_HELP: &str = "\
A path is shown only where every step is really allowed: what a deny, a boundary, an organization's policy, a trust or \
a condition stops is none. The five shortest of an identity are kept, and all are counted.

Without --estate and --from it looks at the last scan.";

pub(super) const VAULTS_HELP: &str = "\
Who reads is by roles or access policies as they are; who could has a documented way to give itself access. What is only \
derived, or disputed, is shown as possible and counts nowhere. docs/key-vault.md explains each column.

Without --estate and --from it looks at the last scan.";

pub(super) const SIMULATE_HELP: &str = "\
A line is a JSON object with `principal`, `action`, `resource` and the policies that apply; nothing else is asked or \
read. An answer is a line on stdout: `decision`, what denied it, and the statements that decide. docs/simulate.md has \
the format.
Exit status: 1 when a line could not be answered (its answer says why), whatever the decisions otherwise 0.";
