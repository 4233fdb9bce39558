//! Lines of an input of any size, one at a time.

use std::io::{self, BufRead, Read as _};

/// One line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// It is longer than the limit, and was passed by without being kept.
    TooLong,
}

/// Reads lines that end with LF or CRLF; the last one may end with the input.
pub(crate) struct Lines<R> {
    input: R,
    limit: usize,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Lines of at most `limit` bytes.
    pub(crate) fn new(input: R, limit: usize) -> Self {
        Self { input, limit, buffer: Vec::new() }
    }

    /// The input.
    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        // With room for the line's end.
        let most = u64::try_from(self.limit).unwrap_or(u64::MAX).saturating_add(2);
        (&mut self.input).take(most).read_until(b'\n', &mut self.buffer)?;
        let line = self.buffer.strip_suffix(b"\n");
        let ended = line.is_some();
        let line = line.unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > self.limit {
            if !ended {
                self.input.skip_until(b'\n')?;
            }
            return Ok(Some(Line::TooLong));
        }
        Ok((ended || !self.buffer.is_empty()).then_some(Line::Bytes(line)))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    /// The lines, `None` for one that is too long.
    fn lines(text: &[u8], limit: usize, chunk: usize) -> Vec<Option<Vec<u8>>> {
        let mut lines = Lines::new(BufReader::with_capacity(chunk, text), limit);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(match line {
                Line::Bytes(bytes) => Some(bytes.to_vec()),
                Line::TooLong => None,
            });
        }
        found
    }

    #[test]
    fn line_ends_are_no_part_of_a_line() {
        let some = |text: &str| Some(text.as_bytes().to_vec());
        for text in ["a\nb\n", "a\r\nb\r\n", "a\nb", "a\r\nb"] {
            assert_eq!(lines(text.as_bytes(), 9, 2), [some("a"), some("b")], "{text:?}");
        }
        assert_eq!(lines(b"\n\r\n", 9, 2), [some(""), some("")]);
        assert_eq!(lines(b"", 9, 2), []);
    }

    #[test]
    fn the_limit_counts_neither_line_end() {
        let long = Some(b"1234".to_vec());
        for end in ["", "\n", "\r\n"] {
            assert_eq!(lines(format!("1234{end}").as_bytes(), 4, 3), std::slice::from_ref(&long), "{end:?}");
            assert_eq!(lines(format!("12345{end}").as_bytes(), 4, 3), [None], "{end:?}");
        }
        assert_eq!(lines(b"1234567890\n1234\n12345\n1234", 4, 3), [None, long.clone(), None, long]);
    }

    #[test]
    fn a_long_line_is_not_kept() {
        let text = [vec![b'x'; 1 << 20], b"\nshort\n".to_vec()].concat();
        let mut lines = Lines::new(text.as_slice(), 1000);
        assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
        assert_eq!(lines.next().unwrap(), Some(Line::Bytes(b"short")));
        assert!(lines.buffer.capacity() < 10_000, "{}", lines.buffer.capacity());
    }

    proptest! {
        #[test]
        fn every_chunk_size_gives_the_same_lines(text in "[ab\r\n]{0,40}", limit in 0..6usize, chunk in 1..50usize) {
            let whole = lines(text.as_bytes(), limit, 1 << 16);
            prop_assert_eq!(lines(text.as_bytes(), limit, chunk), whole.clone());
            let expected: Vec<Option<Vec<u8>>> = text
                .split_inclusive('\n')
                .map(|line| {
                    let line = line.strip_suffix('\n').unwrap_or(line);
                    let line = line.strip_suffix('\r').unwrap_or(line);
                    (line.len() <= limit).then(|| line.as_bytes().to_vec())
                })
                .collect();
            prop_assert_eq!(whole, expected);
        }
    }
}
