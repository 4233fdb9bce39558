//! Every report of one small company, and what must never be in any of them.

#[cfg(test)]
mod changes;
#[cfg(test)]
mod company;
#[cfg(test)]
mod csv_files;
#[cfg(test)]
mod files;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod reaches;
#[cfg(test)]
mod report_json;
#[cfg(test)]
mod retirement;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod text;
#[cfg(test)]
mod vaults;
#[cfg(test)]
mod verdicts;
