//! Sheets that came back.

use std::collections::{BTreeMap, HashMap};

use census_model::{Attests, Identity, Index, ReviewDecision, Text};
use jiff::Timestamp;

use super::{AskedIdentity, Campaign};
use crate::{
    attestations::{NewAttestation, NewLine},
    config::OwnersConfig,
    intake::{Column, Header, Layout, Reader, Row, Source, read},
    life::{Attestation, Wanted, may_attest},
    records::Records,
    registry::{Place, Problems, RegistryError, shown},
};

/// By whom and when sheets are answered, and what there is now.
#[derive(Clone, Copy)]
pub struct Answering<'a> {
    /// The identities.
    pub index: &'a Index<'a>,
    /// The registries.
    pub written: &'a Records,
    /// How owners are found.
    pub config: &'a OwnersConfig,
    /// Who answers.
    pub by: &'a Text,
    /// When.
    pub at: Timestamp,
}

/// One decision on a sheet, as a line of the log.
#[derive(Clone, Debug)]
pub struct Answer {
    identity: Text,
    immutable_id: Option<Text>,
    attestation: NewAttestation,
    /// The line, not signed yet.
    pub line: NewLine,
}

impl Answer {
    /// Whether the last word of the same person since the campaign was opened is the same already.
    pub fn is_known(&self, log: &[Attestation], campaign: &Campaign) -> bool {
        let same = |one: &&Attestation| {
            one.at >= campaign.opened
                && one.identity == self.identity
                && one.immutable_id == self.immutable_id
                && one.attests == self.attestation.attests
                && one.by == self.attestation.by
        };
        let last = log.iter().filter(same).max_by_key(|one| (one.at, one.decision));
        last.is_some_and(|last| last.decision == self.attestation.decision)
    }
}

/// Reads sheets of one campaign, one after another.
pub struct AnswerReader<'a> {
    /// What was asked, by identity.
    asked: HashMap<&'a str, &'a AskedIdentity>,
    answering: Answering<'a>,
    answers: Vec<Answer>,
    /// What was decided, by identity, and where.
    decided: BTreeMap<(Text, Attests), (ReviewDecision, String)>,
    unanswered: usize,
}

impl<'a> AnswerReader<'a> {
    /// Nothing was read yet.
    pub fn new(campaign: &'a Campaign, answering: Answering<'a>) -> Self {
        let identities = campaign.files.values().flat_map(|file| &file.identities);
        let asked = identities.map(|one| (&*one.identity, one)).collect();
        Self { asked, answering, answers: Vec::new(), decided: BTreeMap::new(), unanswered: 0 }
    }

    /// The decisions of all sheets.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// How many rows decide nothing.
    pub fn unanswered(&self) -> usize {
        self.unanswered
    }

    /// Reads a sheet, `.csv` or `.xlsx`. It is taken as a whole or not at all.
    ///
    /// # Errors
    /// When a row is not right: what decides something else than `keep`, `change` or `remove`, is about an identity that
    /// the campaign did not ask about, that is gone or was made anew, or would not count; each problem with its line.
    pub fn read(&mut self, name: &str, source: &mut dyn Source) -> Result<(), RegistryError> {
        let mut problems = Problems::new(name);
        let mut sheet = Sheet {
            asked: &self.asked,
            index: self.answering.index,
            columns: None,
            rows: Vec::new(),
            unanswered: 0,
        };
        read(source, &Layout::default(), &mut sheet, &mut problems);
        let Sheet { rows, unanswered, .. } = sheet;
        let rows = self.lawful(rows, &mut problems);
        let mut answers = Vec::new();
        for row in rows {
            answers.extend(self.answer(&row, &mut problems));
        }
        if !problems.is_empty() {
            return Err(problems.into_error());
        }
        self.answers.extend(answers);
        self.unanswered += unanswered;
        Ok(())
    }

    /// The decisions that would count.
    fn lawful(&self, decisions: Vec<Decided<'a>>, problems: &mut Problems) -> Vec<Decided<'a>> {
        let Answering { index, written, config, by, at } = self.answering;
        let wanted: Vec<Wanted<'_>> =
            decisions.iter().map(|one| Wanted { identity: one.identity, attests: one.attests, by }).collect();
        let answers = may_attest(index, written, config, at, &wanted);
        let mut lawful = Vec::new();
        for (one, answer) in decisions.into_iter().zip(answers) {
            match answer {
                Ok(()) => lawful.push(one),
                Err(refusal) => {
                    problems.at(one.place, format!("{}: {refusal}", shown(&one.identity.native_id)));
                }
            }
        }
        lawful
    }

    fn answer(&mut self, row: &Decided<'a>, problems: &mut Problems) -> Option<Answer> {
        let identity = &row.identity.native_id;
        let here = format!("{}:{}", problems.name(), row.place.line);
        let key = (identity.clone(), row.attests);
        if let Some((decision, place)) = self.decided.get(&key) {
            if *decision != row.decision {
                let what =
                    format!("{} is decided otherwise in {place}: `{}`", shown(identity), decision.as_str());
                problems.at(row.place, what);
            }
            return None;
        }
        self.decided.insert(key, (row.decision, here));
        let attestation = NewAttestation {
            attests: row.attests,
            decision: row.decision,
            by: self.answering.by.clone(),
            at: self.answering.at,
            comment: row.comment.clone(),
            ticket: row.ticket.clone(),
        };
        match attestation.of(row.identity) {
            Ok(line) => {
                let immutable_id = row.identity.immutable_id.clone();
                Some(Answer { identity: identity.clone(), immutable_id, attestation, line })
            }
            Err(why) => {
                problems.at(row.place, why);
                None
            }
        }
    }
}

/// A decision in a row.
struct Decided<'a> {
    identity: &'a Identity,
    attests: Attests,
    decision: ReviewDecision,
    comment: Option<Text>,
    ticket: Option<Text>,
    place: Place,
}

#[derive(Clone, Copy)]
struct Columns {
    identity: Column,
    immutable_id: Option<Column>,
    business: Option<Column>,
    technical: Option<Column>,
    comment: Option<Column>,
    ticket: Option<Column>,
}

/// The rows of a sheet that is read.
struct Sheet<'s, 'a> {
    asked: &'s HashMap<&'a str, &'a AskedIdentity>,
    index: &'a Index<'a>,
    columns: Option<Columns>,
    rows: Vec<Decided<'a>>,
    unanswered: usize,
}

impl Reader for Sheet<'_, '_> {
    fn header(&mut self, header: &Header<'_>, problems: &mut Problems) {
        let mut find = |name| header.find(name, problems);
        let found =
            ["identity", "immutable_id", "business_decision", "technical_decision", "comment", "ticket"]
                .map(&mut find);
        if let [Some(identity), immutable_id @ Some(_), business, technical, comment, ticket] = found
            && (business.is_some() || technical.is_some())
        {
            self.columns = Some(Columns { identity, immutable_id, business, technical, comment, ticket });
        } else {
            problems.file(
                "the header is not that of a review sheet, it needs the columns `identity`, `immutable_id`, \
                 `business_decision` and `technical_decision`",
            );
        }
    }

    fn row(&mut self, row: &Row<'_>, problems: &mut Problems) {
        let Some(columns) = self.columns else { return };
        let cell = |column: Option<Column>| column.and_then(|column| row.cell(column));
        let remark = |column| cell(column).map(|(text, _)| one_line(text));
        let decisions = [
            (Attests::BusinessOwnership, cell(columns.business)),
            (Attests::TechnicalNecessity, cell(columns.technical)),
        ];
        let (comment, ticket) = (remark(columns.comment), remark(columns.ticket));
        if decisions.iter().all(|(_, decision)| decision.is_none()) {
            if comment.is_some() || ticket.is_some() {
                problems.line(
                    row.line,
                    "there is a comment or ticket and no decision, decide `keep`, `change` or `remove`",
                );
            }
            self.unanswered += 1;
            return;
        }
        let Some((name, place)) = row.cell(columns.identity) else {
            return problems.line(row.line, "there is a decision and no identity that it is about");
        };
        let immutable_id = cell(columns.immutable_id).map(|(text, _)| text);
        let identity = match self.identity(name, immutable_id) {
            Ok(identity) => identity,
            Err(why) => return problems.at(place, why),
        };
        for (attests, text, place) in decisions
            .into_iter()
            .filter_map(|(attests, cell)| cell.map(|(text, place)| (attests, text, place)))
        {
            match decision(text) {
                Some(decision) => {
                    let (comment, ticket) = (comment.clone(), ticket.clone());
                    self.rows.push(Decided { identity, attests, decision, comment, ticket, place });
                }
                None => problems
                    .at(place, format!("{} is no decision, write `keep`, `change` or `remove`", shown(text))),
            }
        }
    }
}

impl<'a> Sheet<'_, 'a> {
    /// The identity that a row is about: asked about in this campaign, and the same still.
    fn identity(&self, name: &str, immutable_id: Option<&str>) -> Result<&'a Identity, String> {
        let asked = self.asked.get(name);
        let asked = asked.ok_or_else(|| format!("this campaign did not ask about {}", shown(name)))?;
        if asked.immutable_id.as_deref() != immutable_id {
            return Err(format!("the `immutable_id` of {} is not the one that was asked about", shown(name)));
        }
        let identity = self.index.native(name).ok_or_else(|| {
            format!("{} is not in the estate any more: it is gone, or was not read", shown(name))
        })?;
        if identity.immutable_id != asked.immutable_id {
            return Err(format!(
                "{} was made anew since it was asked about, open a review of what it is now",
                shown(name)
            ));
        }
        Ok(identity)
    }
}

fn decision(text: &str) -> Option<ReviewDecision> {
    use ReviewDecision::{Change, Keep, Remove};
    [Keep, Change, Remove].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(text))
}

/// A remark as the log takes it: spreadsheets let people break lines.
fn one_line(text: &str) -> Text {
    text.split_whitespace().collect::<Vec<_>>().join(" ").into()
}
