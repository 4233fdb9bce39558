//! Which line an offset is on, of text that is read once.

use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, Read},
    rc::Rc,
};

/// The lines that were read and not asked for yet.
#[derive(Debug)]
struct Lines {
    /// Where lines that are not blank begin: offset and number.
    starts: VecDeque<(u64, u64)>,
    offset: u64,
    line: u64,
    /// Nothing of this line was seen yet.
    blank: bool,
}

/// A reader that remembers where lines begin. What a CSV reader counts itself begins a record before the blank lines
/// ahead of it.
pub(super) struct Counted<R> {
    inner: R,
    lines: Rc<RefCell<Lines>>,
}

/// Tells lines of offsets.
pub(super) struct LineOf(Rc<RefCell<Lines>>);

impl<R> Counted<R> {
    pub(super) fn new(inner: R) -> (Self, LineOf) {
        let lines = Lines { starts: VecDeque::new(), offset: 0, line: 1, blank: true };
        let lines = Rc::new(RefCell::new(lines));
        (Self { inner, lines: Rc::clone(&lines) }, LineOf(lines))
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let mut lines = self.lines.borrow_mut();
        for byte in buffer.iter().take(count) {
            if lines.blank && !matches!(byte, b'\r' | b'\n') {
                lines.blank = false;
                let start = (lines.offset, lines.line);
                lines.starts.push_back(start);
            }
            if *byte == b'\n' {
                lines.line += 1;
                lines.blank = true;
            }
            lines.offset += 1;
        }
        Ok(count)
    }
}

impl LineOf {
    /// The first line with something on it that begins at this offset or later. Offsets have to grow.
    pub(super) fn offset(&self, offset: u64) -> u64 {
        let mut lines = self.0.borrow_mut();
        while lines.starts.front().is_some_and(|(start, _)| *start < offset) {
            lines.starts.pop_front();
        }
        lines.starts.front().map_or(lines.line, |(_, line)| *line)
    }
}
