//! Where this project and Tetragon's recorded verdicts differ, and which warnings on good policies
//! are justified. Each line was reviewed.

/// The beginning of a file's name, and why the verdicts differ.
pub(super) type Difference = (&'static str, &'static str);

const NO_PROGRAM: &str = "Tetragon looked for a program that its machine did not have";
const NO_TRACEFS: &str = "Tetragon could not read tracefs on its machine";
const OTHER_KERNEL: &str = "the function is on one of the two kernels only";

/// With every feature; asked about 7.2 with BPF LSM, which is nearest to the machine that was used.
pub(super) const NEWEST: &[Difference] = &[
    ("docs/0010", NO_PROGRAM),
    ("docs/0016", "the type is looked for in a module, whose BTF no profile has"),
    ("examples/0019", OTHER_KERNEL),
    ("examples/0028", "this kernel has no CONFIG_BPF_KPROBE_OVERRIDE"),
    ("examples/0031", NO_TRACEFS),
    ("examples/0052", "this kernel has no CONFIG_BPF_KPROBE_OVERRIDE"),
    ("examples/0066", NO_PROGRAM),
    ("examples/0067", NO_PROGRAM),
    ("examples/0070", NO_PROGRAM),
    ("examples/0071", NO_PROGRAM),
    ("examples/0075", OTHER_KERNEL),
];

/// With small programs; asked about 6.1 that takes no large ones.
pub(super) const SMALL_PROGRAMS: &[Difference] = &[
    ("docs/0010", NO_PROGRAM),
    ("docs/0020", "formulas need 5.10; the machine that was asked was newer than it pretended"),
    ("examples/0019", OTHER_KERNEL),
    ("examples/0031", NO_TRACEFS),
    ("examples/0050", OTHER_KERNEL),
    ("examples/0066", NO_PROGRAM),
    ("examples/0067", NO_PROGRAM),
    ("examples/0070", NO_PROGRAM),
    ("examples/0071", NO_PROGRAM),
    ("examples/0075", OTHER_KERNEL),
    ("examples/0078", OTHER_KERNEL),
];

/// A code, files on which it is justified, and why.
type Reviewed = (&'static str, &'static [&'static str], &'static str);

/// Warnings on policies that Tetragon runs.
pub(super) const REVIEWED: &[Reviewed] = &[
    ("TP0119", &["examples/0048"], "it has `returnArg` and no `return`"),
    ("TP0126", &["examples/0082", "examples/0083"], "it gives `Sigkill` an error number"),
    ("TP0206", &["examples/0065"], "it is written for 5.4, where `tty_write` took other arguments"),
    ("TP0301", &["examples/0065"], "it is written for 5.4, where `tty_write` took other arguments"),
    ("TP0301", &["testdata/0007", "testdata/0009"], "test data with a wrong type on purpose"),
    ("TP0609", &["docs/0029"], "it kills whoever gets there"),
    ("TP0612", &["examples/0028", "examples/0052"], "it overrides by a path in user memory"),
    ("TP0625", &["examples/0029"], "its enforcer may only signal, as the kernel injects no errors"),
    (
        "TP0815",
        &["examples/0028", "examples/0052"],
        "Debian's kernels cannot override system calls",
    ),
    (
        "TP0856",
        &["docs/0029", "examples/0053", "examples/0055"],
        "it has two entries of `matchPIDs`",
    ),
    ("TP0874", &["examples/0064"], "it has `maxData` for an `iov_iter`; Tetragon warns as well"),
    ("TP0887", &["examples/0074"], "it limits events about libraries in one directory"),
    ("TP0909", &["docs/0024", "examples/0009"], "it names a prefix and what begins with it"),
    ("TP0910", &["examples/0009"], "it names `.bashrc` under `Prefix`, where no path begins so"),
    (
        "TP0913",
        &[
            "docs/0019",
            "examples/0027",
            "examples/0028",
            "examples/0034",
            "examples/0042",
            "examples/0051",
            "examples/0052",
            "examples/0053",
            "examples/0054",
            "examples/0057",
        ],
        "it hooks one of several system calls that do the same",
    ),
    (
        "TP0914",
        &[
            "docs/0004",
            "docs/0024",
            "examples/0002",
            "examples/0009",
            "examples/0025",
            "examples/0026",
            "examples/0029",
            "examples/0032",
            "examples/0044",
            "examples/0061",
            "examples/0062",
            "examples/0072",
        ],
        "it hooks `fd_install`, `tcp_sendmsg`, every system call or such, which are hit all the time",
    ),
    ("TP0916", &["examples/0068", "testdata/0001"], "they name processes 61697 and 1111"),
    ("TP0917", &["examples/0023"], "it names namespaces by number"),
];
