//! What other programs keep about owners, read from their own formats; one format, one file.

mod backstage;
mod codeowners;
mod directory;
mod servicenow;
mod table;
mod terraform;

pub use backstage::BackstageConfig;
pub(crate) use codeowners::WORKFLOW;
pub use codeowners::{Codeowners, MAX_CODEOWNERS_BYTES, RepositoryConfig};
pub use directory::{DirectoryColumns, DirectoryConfig};
pub use servicenow::ServicenowConfig;
pub use table::TableConfig;
pub use terraform::{MAX_STATE_BYTES, TerraformState};
