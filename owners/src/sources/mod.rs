//! Where claims come from. A source says what it claims about one identity; it decides nothing.

mod account;
mod assigned;
mod breadth;
mod consumers;
mod creator;
mod entra;
mod naming;
mod pipeline;
mod registry;
mod statements;
mod tags;

use census_model::Identity;

pub(crate) use account::AccountSource;
pub(crate) use assigned::AssignedSource;
pub(crate) use consumers::ConsumerSource;
pub(crate) use creator::CreatorSource;
pub(crate) use entra::DirectorySource;
pub(crate) use naming::NamingSource;
pub(crate) use pipeline::PipelineSource;
pub(crate) use registry::RegistrySource;
pub(crate) use statements::StatementSource;
pub(crate) use tags::TagSource;

/// The texts by which people and patterns may mean an identity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    identity: &'a Identity,
}

impl<'a> Names<'a> {
    pub(crate) fn of(identity: &'a Identity) -> Self {
        Self { identity }
    }

    /// Ids that no other identity has: native id, id, immutable id.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let identity = self.identity;
        [&*identity.native_id, identity.id.as_str()].into_iter().chain(identity.immutable_id.as_deref())
    }

    /// Names that another identity may have too.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let identity = self.identity;
        let names = Self { identity };
        identity.aliases.iter().map(|alias| &**alias).filter(move |alias| names.ids().all(|id| id != *alias))
    }

    /// What patterns are held against: native id, id and names. Not the immutable id: its first characters say no more
    /// than the kind and the account, so that `AROA*` would claim every role without naming any.
    pub(crate) fn readable(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let identity = self.identity;
        [&*identity.native_id, identity.id.as_str()].into_iter().chain(self.aliases())
    }

    /// Those that patterns are held against, but for those that are part of the id, which hold no piece of text that it does not.
    pub(crate) fn distinct(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let id = self.identity.id.as_str();
        std::iter::once(id).chain(self.readable().filter(move |name| !id.ends_with(name)))
    }
}
