//! How the JSON looks: one element of a list a line, so that line tools and diffs work on it, and nothing in it
//! that a terminal would act on.

use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

use crate::{
    format::RenderError,
    sanitize::{holds_hidden, is_hidden},
};

/// Depth of nesting to which members and elements have lines of their own.
const LINES_TO: usize = 2;

/// How many bytes are gathered before they are written.
const GATHERED: usize = 64 << 10;

/// The value as JSON; ends with one line break.
pub(crate) fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>, RenderError> {
    let mut bytes = Vec::new();
    to_writer(value, &mut bytes)?;
    Ok(bytes)
}

/// The same, written as it is made. A serializer writes a few bytes at a time, so they are gathered here, where that is
/// no call through a pointer.
pub(crate) fn to_writer(value: &impl Serialize, out: impl Write) -> Result<(), RenderError> {
    let mut out = BufWriter::with_capacity(GATHERED, out);
    value.serialize(&mut Serializer::with_formatter(&mut out, Lines::default()))?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(serde_json::Error::io)?;
    Ok(())
}

/// The value as JSON on one line, without a line break at its end.
///
/// # Errors
/// When the JSON writer refuses, which writing to memory gives no cause for.
pub fn to_line(value: &impl Serialize) -> Result<String, RenderError> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Lines { depth: LINES_TO, filled: false }))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Default)]
struct Lines {
    depth: usize,
    filled: bool,
}

impl Lines {
    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        writer.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if self.filled && self.depth < LINES_TO {
            self.new_line(writer)?;
        }
        self.filled = true;
        writer.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.filled = true;
        if self.depth <= LINES_TO { self.new_line(writer) } else { Ok(()) }
    }

    fn new_line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b" "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.close(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.depth <= LINES_TO { b": " } else { b":" })
    }

    /// Hidden characters leave as `\u` escapes: the value is the same, and a terminal shows it.
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        if !holds_hidden(text) {
            return writer.write_all(text.as_bytes());
        }
        let mut rest = text;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
            let (clean, tail) = rest.split_at(at);
            writer.write_all(clean.as_bytes())?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = tail.get(hidden.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let short: &[u8] = match escape {
            CharEscape::Quote => b"\\\"",
            CharEscape::ReverseSolidus => b"\\\\",
            CharEscape::Solidus => b"/",
            CharEscape::Backspace => b"\\b",
            CharEscape::FormFeed => b"\\f",
            CharEscape::LineFeed => b"\\n",
            CharEscape::CarriageReturn => b"\\r",
            CharEscape::Tab => b"\\t",
            CharEscape::AsciiControl(byte) => return write!(writer, "\\u{byte:04x}"),
        };
        writer.write_all(short)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn elements_of_lists_have_a_line_each() {
        let value = json!({"a": [], "b": [{"c": [1, 2]}, {"d": {}}], "e": {"f": "g"}});
        let text = String::from_utf8(to_bytes(&value).unwrap()).unwrap();
        assert_eq!(
            text,
            "{\n \"a\": [],\n \"b\": [\n  {\"c\":[1,2]},\n  {\"d\":{}}\n ],\n \"e\": {\n  \"f\": \"g\"\n }\n}\n"
        );
    }

    proptest! {
        #[test]
        fn text_survives_and_nothing_hidden_is_written(text in any::<String>()) {
            let line = to_line(&[&text]).unwrap();
            prop_assert!(!line.chars().any(is_hidden), "{line:?}");
            prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), json!([text]));
        }
    }

    #[test]
    fn hidden_characters_beyond_the_basic_plane_become_surrogate_pairs() {
        assert_eq!(to_line(&"\u{e0061}\u{202e}").unwrap(), r#""\udb40\udc61\u202e""#);
    }
}
