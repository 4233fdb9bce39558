//! Who people and teams are: what a directory knows of them, and whom a text means.

mod directory;
mod entra;
mod parties;
mod redact;
mod scripts;

pub use directory::Directory;
pub(crate) use directory::{Employment, Group, Person};
pub(crate) use parties::{Parties, Party, PartyKey};
pub use redact::{Redactor, Speech};
pub(crate) use scripts::mixed_scripts;
