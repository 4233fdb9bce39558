//! What is missing, and what that leaves open.

use census_model::{EstateBuilder, Gap, GapId, GapReason, IdentityId, Provider, ScopeId, Text};
use census_provider_api::DocumentStore;

use super::files::List;
use crate::documents::AccountFile;

/// The gaps that a live fetch noted beside its documents.
#[derive(Clone)]
pub(super) struct Noted {
    gaps: Vec<Gap>,
    /// Whether the documents come from a fetch: there is a manifest.
    pub(super) live: bool,
}

impl Noted {
    pub(super) fn of(documents: &dyn DocumentStore) -> Self {
        let manifest = documents.manifest();
        let mut gaps: Vec<Gap> = manifest
            .iter()
            .flat_map(|manifest| &manifest.gaps)
            .filter(|gap| gap.provider == Provider::Aws)
            .cloned()
            .collect();
        gaps.sort_by(|a, b| a.id.cmp(&b.id));
        Self { gaps, live: manifest.is_some() }
    }

    /// Notes one more.
    pub(super) fn add(&mut self, gap: Gap) {
        self.gaps.push(gap);
        self.gaps.sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// All of them, by id.
    pub(super) fn all(&self) -> &[Gap] {
        &self.gaps
    }

    /// Those of some reads in a scope.
    pub(super) fn at<'s>(
        &'s self,
        scope: Option<&'s ScopeId>,
        reads: &'s [&str],
    ) -> impl Iterator<Item = &'s Gap> + 's {
        self.gaps.iter().filter(move |gap| gap.scope.as_ref() == scope && reads.contains(&&*gap.read))
    }

    /// What a file of a scope leaves open. A file that is absent is a gap `not-provided`, unless the fetch already
    /// noted why.
    pub(super) fn coverage(
        &self,
        scope: Option<&ScopeId>,
        reads: &[&str],
        presence: Presence,
        estate: &mut EstateBuilder,
    ) -> Coverage {
        let mut gaps: Vec<Gap> = self.at(scope, reads).cloned().collect();
        let read = reads.first().copied().unwrap_or_default();
        let note =
            |reason, detail: &str| Gap::new(Provider::Aws, scope.cloned(), read, reason, detail, Vec::new());
        match presence {
            Presence::Whole => {}
            Presence::Truncated => {
                gaps.push(note(GapReason::Truncated, "the document says that pages are missing"));
            }
            Presence::Absent if gaps.is_empty() => {
                gaps.push(note(GapReason::NotProvided, "the folder does not hold this document"));
            }
            Presence::Absent => {}
        }
        for gap in &gaps {
            estate.gap(gap.clone());
        }
        Coverage { absent: presence == Presence::Absent, gaps }
    }

    /// What a file of a scope leaves open that no fetch writes yet: after a live scan its absence is a gap
    /// `not-requested`. Either way it is one gap, which stands for everything that the file could tell.
    pub(super) fn coverage_unfetched(
        &self,
        scope: &ScopeId,
        file: AccountFile,
        presence: Presence,
        absence: &Unfetched,
        estate: &mut EstateBuilder,
    ) {
        let reads = file.reads();
        if presence != Presence::Absent || self.at(Some(scope), reads).next().is_some() {
            self.coverage(Some(scope), reads, presence, estate);
            return;
        }
        let (reason, detail) = if self.live {
            (GapReason::NotRequested, absence.live)
        } else {
            (GapReason::NotProvided, absence.folder)
        };
        let read = reads.first().copied().unwrap_or_default();
        estate.gap(Gap::new(Provider::Aws, Some(scope.clone()), read, reason, detail, Vec::new()));
    }
}

/// What the absence of a file says that no fetch writes yet.
pub(super) struct Unfetched {
    /// After a live scan.
    pub(super) live: &'static str,
    /// Of a folder.
    pub(super) folder: &'static str,
}

/// Whether a file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// With all its pages.
    Whole,
    /// With pages missing.
    Truncated,
    /// Not at all.
    Absent,
}

impl Presence {
    /// Of a file that cannot be truncated.
    pub(super) fn of<T>(file: Option<&T>) -> Self {
        if file.is_some() { Self::Whole } else { Self::Absent }
    }

    /// Of a list.
    pub(super) fn of_list<T>(list: &List<T>) -> Self {
        match list {
            None => Self::Absent,
            Some(listed) if listed.is_truncated => Self::Truncated,
            Some(_) => Self::Whole,
        }
    }
}

/// What is open about one file.
pub(super) struct Coverage {
    absent: bool,
    gaps: Vec<Gap>,
}

impl Coverage {
    /// Whether nothing is open.
    pub(super) fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// The gap that leaves the file's answer about an identity open, if one does.
    pub(super) fn about(&self, id: &IdentityId, native_id: &str) -> Option<&GapId> {
        let names = |gap: &Gap| self.absent || gap.concerns(id.as_str()) || gap.concerns(native_id);
        self.gaps.iter().find(|gap| names(gap)).map(|gap| &gap.id)
    }

    /// The gap that leaves the file as a whole open, if one does.
    pub(super) fn whole(&self) -> Option<&GapId> {
        self.gaps.iter().find(|gap| self.absent || gap.affects.is_empty()).map(|gap| &gap.id)
    }
}

/// Two sources that contradict each other about some identities.
pub(super) fn inconsistent(scope: &ScopeId, read: &str, detail: impl Into<Text>, affects: Vec<Text>) -> Gap {
    Gap::new(Provider::Aws, Some(scope.clone()), read, GapReason::Inconsistent, detail, affects)
}
