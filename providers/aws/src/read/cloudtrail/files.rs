//! Log files, event by event: never a whole file in memory.

use std::{
    fmt,
    io::{BufReader, Read},
};

use flate2::read::MultiGzDecoder;
use serde::{
    Deserialize,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::event::{Event, Row};

/// The most bytes that are read from one log file, once it is unpacked. CloudTrail's own are some megabytes.
const MAX_BYTES: u64 = 8 << 30;

/// Reads the events of a file, by the end of its name.
///
/// # Errors
/// In words, where the file is no log. The events before that place have been taken.
pub(super) fn read(name: &str, reader: impl Read, take: &mut dyn FnMut(&Event)) -> Result<(), String> {
    let lower = name.to_ascii_lowercase();
    let (lower, reader): (&str, Box<dyn Read + '_>) = match lower.strip_suffix(".gz") {
        Some(inner) => (inner, Box::new(MultiGzDecoder::new(BufReader::new(reader)))),
        None => (lower.as_str(), Box::new(reader)),
    };
    let reader = BufReader::new(reader.take(MAX_BYTES));
    if lower.ends_with(".csv") { rows(reader, take) } else { json(reader, take) }
}

/// `{"Records": […]}` as CloudTrail writes it, the bare list, and `{"Events": […]}` as `aws cloudtrail lookup-events`
/// prints it; several one after another.
fn json(reader: impl Read, take: &mut dyn FnMut(&Event)) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_reader(reader);
    loop {
        File(take).deserialize(&mut json).map_err(|error| without_value(&error))?;
        if json.end().is_ok() {
            return Ok(());
        }
    }
}

/// What is wrong and where, without any value: one that stands in the wrong field may be a secret.
fn without_value(error: &serde_json::Error) -> String {
    let place = format!("line {} column {}", error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => format!("{place}: not what CloudTrail writes there"),
        serde_json::error::Category::Eof => format!("{place}: the file ends in the middle"),
        serde_json::error::Category::Syntax => format!("{place}: not JSON"),
        serde_json::error::Category::Io => format!("{place}: cannot be read or unpacked"),
    }
}

struct File<'t>(&'t mut dyn FnMut(&Event));

impl<'de> DeserializeSeed<'de> for File<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for File<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `Records`, or a list of events")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "Records" => map.next_value_seed(Records(&mut *self.0))?,
                "Events" => {
                    for looked_up in map.next_value::<Vec<LookedUp>>()? {
                        let event = serde_json::from_str(&looked_up.cloud_trail_event);
                        (self.0)(&event.map_err(|_| de::Error::custom("not an event"))?);
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            found = true;
        }
        if found { Ok(()) } else { Err(de::Error::missing_field("Records")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Records(self.0).visit_seq(seq)
    }
}

/// An event as `LookupEvents` wraps it: as text.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LookedUp {
    cloud_trail_event: String,
}

struct Records<'t>(&'t mut dyn FnMut(&Event));

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(event) = seq.next_element::<Event>()? {
            (self.0)(&event);
        }
        Ok(())
    }
}

/// The columns of an export; what CloudTrail nests is named with dots or underscores, or run together.
const COLUMNS: [(&str, &[&str]); 10] = [
    ("eventtime", &["eventtime"]),
    ("eventsource", &["eventsource"]),
    ("eventname", &["eventname"]),
    ("awsregion", &["awsregion"]),
    ("errorcode", &["errorcode"]),
    ("eventtype", &["eventtype"]),
    ("eventcategory", &["eventcategory"]),
    ("readonly", &["readonly"]),
    ("useridentity.arn", &["useridentityarn", "arn"]),
    (
        "useridentity.sessioncontext.sessionissuer.arn",
        &["useridentitysessioncontextsessionissuerarn", "sessionissuerarn"],
    ),
];

/// Rows of an export from Athena or CloudTrail Lake.
fn rows(reader: impl Read, take: &mut dyn FnMut(&Event)) -> Result<(), String> {
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let plain = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let header: Vec<String> =
        csv.headers().map_err(|_| "line 1: not CSV".to_owned())?.iter().map(plain).collect();
    let at = COLUMNS
        .map(|(_, names)| names.iter().find_map(|name| header.iter().position(|column| column == name)));
    let needed = [0, 1, 2, 8].into_iter().filter(|number| at.get(*number).copied().flatten().is_none());
    if let Some((missing, _)) = needed.filter_map(|number| COLUMNS.get(number)).next() {
        return Err(format!("line 1: there is no column `{missing}`"));
    }
    let mut record = csv::StringRecord::new();
    loop {
        let line = csv.position().line();
        if !csv.read_record(&mut record).map_err(|_| format!("line {line}: not CSV"))? {
            return Ok(());
        }
        let [time, source, name, region, error, kind, category, read_only, arn, issuer] =
            at.map(|column| column.and_then(|column| record.get(column)).unwrap_or_default().trim());
        let row = Row { time, source, name, region, error, kind, category, read_only, arn, issuer };
        let event = Event::of_row(&row).ok_or_else(|| format!("line {line}: `eventtime` is no time"))?;
        take(&event);
    }
}
