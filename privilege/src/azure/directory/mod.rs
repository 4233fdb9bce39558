//! Permissions in the directory of a tenant (Entra ID): directory roles, permissions of Microsoft Graph and of other
//! applications, and what owners may do with what they own.
//!
//! They add up; nothing in the directory denies. What stands against them is what Microsoft protects from most
//! administrators.
//! <https://learn.microsoft.com/entra/identity/role-based-access-control/custom-overview#how-microsoft-entra-id-determines-if-a-user-has-access-to-a-resource>

mod doubts;
mod held;
mod inquiry;
mod language;
mod lines;
mod owners;
mod permission;
mod protected;
mod question;
mod role;
mod tables;
mod target;
mod weighed;

pub(super) use doubts::OWNERSHIP;
pub(super) use held::{held, is_unread, unread};
pub use inquiry::Inquiry;
pub(super) use inquiry::Object;
pub(super) use lines::{UNITS, may_give};
pub use question::{Question, QuestionError, is_question};
pub(super) use role::RolePermissions;

/// What all operations of the directory begin with, in lower case.
const NAMESPACE: &str = "microsoft.directory/";
