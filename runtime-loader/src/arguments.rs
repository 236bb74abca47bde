//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::control::DEFAULT_PATH;

/// Attaches bundles compiled by writ, enforces them and reports events.
#[derive(Debug, Parser)]
#[command(
    name = "writ-loader",
    version,
    after_help = "\
Exit status: 0 done, 1 a bundle or a request is refused, 2 wrong usage, 3 the kernel or the machine
refuses."
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Attach bundles and report events until SIGINT or SIGTERM.
    Run(Run),
    /// Compare what bundles require with what this kernel has. Nothing is attached.
    Preflight(Preflight),
    /// List and switch the policies of a loader that runs.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Explain a code, such as L0104.
    Explain(Explain),
    /// Print a completion script for a shell.
    Completions(Completions),
    /// Write manual pages, one for each command.
    Manual(Manual),
}

/// Bundles of the same policies are alternatives, of which the one for this kernel is taken;
/// bundles of different policies are all attached.
#[derive(Debug, Args)]
pub struct Run {
    /// What `writ compile` wrote.
    #[arg(required = true, value_name = "BUNDLE")]
    pub bundles: Vec<PathBuf>,
    /// Form of the events.
    #[arg(short = 'o', value_enum, default_value_t = Format::Json, value_name = "FORMAT")]
    pub format: Format,
    /// Append events to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Colours in compact output.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Begin each line of compact output with the time.
    #[arg(long)]
    pub timestamps: bool,
    /// Bytes of the ring buffer, made a power of two of pages; the bundle says otherwise.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(4096..=1 << 30))]
    pub ring_buffer_size: Option<u32>,
    /// How many processes programs keep in mind at once. Without it as many as this machine runs at
    /// most, up to 16,384. One that finds no room is counted, and is not followed.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(64..=1 << 22))]
    pub processes: Option<u32>,
    /// Show in stack traces where code stands in memory. Without it they name functions only, since
    /// addresses help to attack a kernel or a program.
    #[arg(long)]
    pub expose_stack_addresses: bool,
    /// Fetch addresses from these hosts when a policy's `GetUrl` asks for it; `*` for all. Without
    /// it none is fetched.
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    pub allow_get_url: Vec<String>,
    /// Look these names up when a policy's `DnsLookup` asks for it; `*` for all. Without it none is
    /// looked up.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub allow_dns: Vec<String>,
    /// JSON file, or directory of them, that says which pods and containers run on this node. It is
    /// read again when it was written.
    #[arg(long, value_name = "PATH")]
    pub workloads: Option<PathBuf>,
    /// A label of this node, for policies with a nodeSelector. May be repeated.
    #[arg(long = "node-label", value_name = "KEY=VALUE", value_parser = label)]
    pub node_labels: Vec<(String, String)>,
    /// Socket through which policies are listed and switched. Only root may use it.
    #[arg(long, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// Which messages appear on standard error.
    #[arg(long, value_enum, default_value_t = LogLevel::Warning, value_name = "LEVEL")]
    pub log_level: LogLevel,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("a label is written KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// What is done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show every policy: its state, its mode, and how many events it sent.
    List(List),
    /// Let a policy act: events are reported, signals sent, calls denied.
    Enforce(Switch),
    /// Let a policy report events and enforce nothing.
    Monitor(Switch),
    /// Let a policy do nothing at all, until it is switched to another mode.
    Disable(Switch),
}

/// How policies are listed.
#[derive(Debug, Args)]
pub struct List {
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = ReportFormat::Table)]
    pub format: ReportFormat,
    /// Socket of the loader.
    #[arg(long, value_name = "PATH", default_value = DEFAULT_PATH)]
    pub socket: PathBuf,
}

/// Which policy is switched.
#[derive(Debug, Args)]
pub struct Switch {
    /// The policy's name.
    pub name: String,
    /// Its Kubernetes namespace, when policies of several have that name.
    #[arg(long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Socket of the loader.
    #[arg(long, value_name = "PATH", default_value = DEFAULT_PATH)]
    pub socket: PathBuf,
}

/// What a preflight looks at.
#[derive(Debug, Args)]
pub struct Preflight {
    /// What `writ compile` wrote.
    #[arg(required = true, value_name = "BUNDLE")]
    pub bundles: Vec<PathBuf>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Table)]
    pub format: ReportFormat,
}

/// What is to be explained.
#[derive(Debug, Args)]
pub struct Explain {
    /// A code's id or name; all of them when there is none.
    pub code: Option<String>,
}

/// For which shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Where manual pages go.
#[derive(Debug, Args)]
pub struct Manual {
    /// Where to write them; it is made if it is not there.
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,
}

/// Form of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tetragon's JSON, one event a line.
    Json,
    /// One short line for people.
    Compact,
}

/// Form of a preflight's report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Table,
    /// One JSON array.
    Json,
}

/// When compact lines have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal.
    Auto,
    Always,
    Never,
}

/// From few messages to many. The line that begins with `ready` appears at every level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum LogLevel {
    /// Why the loader stops.
    Error,
    /// Also what was lost or cannot be told.
    Warning,
}
