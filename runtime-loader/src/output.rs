//! Where events and messages go.
#![expect(clippy::disallowed_methods, reason = "the loader knows its node and its output")]

use std::fs::OpenOptions;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use crate::arguments::{ColorChoice, Format, LogLevel, Run};
use crate::code::{self, Problem};
use crate::events::compact::{Color, Style, Timestamps};
use crate::events::json::{Node, Printer};
use crate::events::{Event, compact};

/// Writes events, one a line.
pub struct EventWriter {
    to: BufWriter<Box<dyn Write>>,
    format: Format,
    style: Style,
    printer: Printer,
    /// The line that is being made.
    line: Vec<u8>,
}

impl std::fmt::Debug for EventWriter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("EventWriter").field("format", &self.format).finish_non_exhaustive()
    }
}

impl EventWriter {
    /// Opens what the command line names.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened for appending.
    pub fn open(run: &Run, node: Node) -> Result<Self, Problem> {
        let terminal = run.output.is_none() && io::stdout().is_terminal();
        let to: Box<dyn Write> = match &run.output {
            Some(path) => Box::new(append(path)?),
            None => Box::new(io::stdout()),
        };
        let color = match run.color {
            ColorChoice::Always => Color::On,
            ColorChoice::Auto if terminal => Color::On,
            ColorChoice::Auto | ColorChoice::Never => Color::Off,
        };
        let timestamps = if run.timestamps { Timestamps::On } else { Timestamps::Off };
        let style = Style { color, timestamps };
        let to = BufWriter::with_capacity(1 << 16, to);
        let printer = Printer::new(node);
        Ok(Self { to, format: run.format, style, printer, line: Vec::new() })
    }

    /// Writes events; they are in the output when this returns.
    ///
    /// # Errors
    ///
    /// When the output takes no more: the reader is gone or the disk is full.
    pub fn write(&mut self, events: &[Event]) -> io::Result<()> {
        for event in events {
            self.line.clear();
            match self.format {
                Format::Json => self.printer.put(event, &mut self.line)?,
                Format::Compact => {
                    let line = compact::line(event, self.printer.node(), self.style);
                    self.line.extend(line.as_bytes());
                }
            }
            self.line.push(b'\n');
            self.to.write_all(&self.line)?;
        }
        self.to.flush()
    }
}

fn append(path: &Path) -> Result<std::fs::File, Problem> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| Problem::new(&code::FILE, format!("`{}`: {error}", path.display())))
}

/// Messages for people, on standard error.
#[derive(Debug, Clone, Copy)]
pub struct Messages {
    pub level: LogLevel,
}

impl Messages {
    /// Everything is attached. It is said at every level: who starts a loader waits for it.
    pub fn ready(self, text: &str) {
        self.say(LogLevel::Error, text);
    }

    /// Events are missing or may be.
    pub fn warning(self, text: &str) {
        self.say(LogLevel::Warning, &format!("warning: {text}"));
    }

    /// Why nothing goes on. It is said at every level.
    pub fn problem(self, problem: &Problem) {
        self.say(LogLevel::Error, &problem.to_string());
    }

    fn say(self, level: LogLevel, text: &str) {
        if level <= self.level {
            // There is nobody to tell when standard error is gone.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }
}

/// The node's name: `NODE_NAME`, which Kubernetes manifests set, else the host's name.
pub fn node_name() -> String {
    let given = std::env::var("NODE_NAME").ok().filter(|name| !name.is_empty());
    given.unwrap_or_else(|| {
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        name.trim().to_owned()
    })
}
