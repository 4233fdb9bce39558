//! How many identities reach how far.

use std::{cmp::Reverse, collections::BTreeMap};

use census_model::{Bound, Level, Provider};

use crate::{
    page::{Ink, Page, Span, faint, plain},
    reach::level_ink,
    view::View,
};

/// Numbers of identities by level, the most powerful first. Empty where reach was not computed.
pub(crate) struct Levels(BTreeMap<Reverse<Level>, Row>);

/// Whose identities something is said of: each cloud calls what is administered in its own words.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Clouds {
    #[default]
    None,
    One(Provider),
    Several,
}

impl Clouds {
    fn and(self, provider: Provider) -> Self {
        match self {
            Self::None => Self::One(provider),
            Self::One(known) if known == provider => self,
            Self::One(_) | Self::Several => Self::Several,
        }
    }
}

/// The identities of one level.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    pub(crate) identities: usize,
    clouds: Clouds,
    /// Those that have the level only under conditions.
    conditional: usize,
    /// Those that may have a lower one, as a limit was not read.
    may_be_less: usize,
    /// Those that may have a higher one, as something that gives was not read.
    may_be_more: usize,
}

impl Levels {
    pub(crate) fn of(view: &View<'_>) -> Self {
        let mut levels: BTreeMap<Reverse<Level>, Row> = BTreeMap::new();
        let reached = view.identities.iter().filter_map(|one| Some((one.provider, view.reach(&one.id)?)));
        for (provider, reach) in reached {
            let row = levels.entry(Reverse(reach.level)).or_default();
            row.identities += 1;
            row.clouds = row.clouds.and(provider);
            row.conditional += usize::from(reach.conditional);
            row.may_be_less += usize::from(matches!(reach.bound, Bound::Upper | Bound::Open));
            row.may_be_more += usize::from(matches!(reach.bound, Bound::Lower | Bound::Open));
        }
        Self(levels)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn count(&self, level: Level) -> usize {
        self.0.get(&Reverse(level)).map_or(0, |row| row.identities)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = (Level, Row)> {
        self.0.iter().map(|(level, row)| (level.0, *row))
    }

    /// All of it in a line.
    pub(crate) fn words(&self) -> String {
        let parts = self.rows().map(|(level, row)| match row.conditional {
            0 => format!("{} {level}", row.identities),
            some => format!("{} {level} ({some} conditional)", row.identities),
        });
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// A row for each level that occurs.
pub(crate) fn section(page: &mut Page, view: &View<'_>) {
    let levels = Levels::of(view);
    if levels.is_empty() {
        return;
    }
    let powerful = levels.count(Level::Admin) + levels.count(Level::Escalates);
    let ink = if powerful > 0 { Ink::Bad } else { Ink::Plain };
    page.heading(
        "REACH",
        &[Span::new(ink, format!("{powerful} administer or can make themselves administrator"))],
    );
    let rows: Vec<_> = levels
        .rows()
        .map(|(level, row)| {
            vec![
                Span::new(level_ink(level), level.as_str()),
                plain(format!("{:>6}", row.identities)),
                faint(format!("{}{}", meaning(level, row.clouds), doubts(level, row))),
            ]
        })
        .collect();
    page.columns(2, &rows);
    if levels.count(Level::Escalates) > 0 {
        page.line(2, &[faint("how, and what to cut: `census paths`")]);
    }
}

fn doubts(level: Level, row: Row) -> String {
    // Of what is unknown the meaning says so.
    if level == Level::Unknown {
        return String::new();
    }
    let parts = [
        (row.conditional, "only under conditions"),
        (row.may_be_less, "may be less, as a limit was not read"),
        (row.may_be_more, "may be more, as not all was read or tried"),
    ];
    let said = parts.into_iter().filter(|(number, _)| *number > 0);
    said.map(|(number, words)| format!("; {number} {words}")).collect()
}

/// What a level says of an identity.
pub(crate) fn meaning(level: Level, clouds: Clouds) -> &'static str {
    match level {
        Level::Admin => match clouds {
            Clouds::One(Provider::Aws) => "administers an account or more already",
            Clouds::One(Provider::Azure) => {
                "administers a subscription, a management group or the directory already"
            }
            Clouds::One(Provider::Gcp) | Clouds::None | Clouds::Several => {
                "administers an account, a subscription or more already"
            }
        },
        Level::Escalates => "can make itself administrator, step by step",
        Level::Sensitive => {
            "reads secrets or data broadly, makes credentials, or changes or destroys workloads or logs"
        }
        Level::Limited => "less than that",
        Level::None => "no permission at all",
        Level::Unknown => match clouds {
            Clouds::One(Provider::Aws) => "its own grants were not read",
            _ => "nothing that weighs is known, and some of its grants were not read",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_words() {
        let of = |providers: &[Provider]| {
            let clouds = providers.iter().fold(Clouds::None, |clouds, one| clouds.and(*one));
            meaning(Level::Admin, clouds)
        };
        assert_eq!(of(&[Provider::Aws, Provider::Aws]), "administers an account or more already");
        let azure = of(&[Provider::Azure, Provider::Azure, Provider::Azure]);
        assert_eq!(azure, "administers a subscription, a management group or the directory already");
        for mixed in
            [&[Provider::Aws, Provider::Azure][..], &[Provider::Azure, Provider::Azure, Provider::Aws]]
        {
            assert_eq!(of(mixed), "administers an account, a subscription or more already");
        }
    }
}
