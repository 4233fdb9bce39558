//! A review campaign: owners get a sheet each with what they are asked, fill in what they decide, and send it back.

mod answers;
mod campaign;
mod file_name;
mod progress;

pub use answers::{Answer, AnswerReader, Answering};
pub use campaign::{Asked, AskedIdentity, Campaign, CampaignError, CampaignFile, Extent, Selection};
pub use progress::FileProgress;

/// Version of a campaign's file.
pub const REVIEW_SCHEMA: &str = "census.review/1";

/// The sheet of what has no registered owner.
pub const UNOWNED: &str = "unowned.csv";
