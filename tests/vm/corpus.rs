//! Tetragon's examples on real kernels: those that it accepts compile for each kernel that has what
//! they hook, are attached together, and report what one deed of each family does.
//!
//! The examples are data beside the repository; without them the test says that it did nothing.

use std::collections::BTreeSet;
use std::path::Path;

use writ_bundle::Attach;

use super::expectation::Expectation;
use super::guest::{self, Boot, Runs};
use crate::{cases, files, tetragon};

const BOOTS: &[Boot] = &[
    Boot {
        kernel: "7.2",
        lsms: guest::LSMS,
        profile: "7.2+lsm=bpf",
        runs: Runs::All,
        without: &[],
    },
    Boot {
        kernel: "6.12",
        lsms: guest::LSMS,
        profile: "6.12+lsm=bpf",
        runs: Runs::All,
        without: &[],
    },
    Boot {
        kernel: "6.1",
        lsms: guest::LSMS,
        profile: "6.1+lsm=bpf",
        runs: Runs::All,
        without: &[],
    },
    Boot {
        kernel: "5.10",
        lsms: guest::LSMS,
        profile: "5.10+lsm=bpf",
        runs: Runs::All,
        without: &[],
    },
];

/// Examples that Tetragon accepts and some kernels do not have what they need for: how the file
/// begins, the kernels, and why.
const REFUSED: &[(&str, &[&str], &str)] = &[
    ("0019_", &["6.1", "6.12", "7.2"], "`dev_queue_xmit` is inlined"),
    ("0028_", &["5.10", "6.1", "6.12"], "no call can be denied without error injection"),
    ("0036_", &["5.10"], "no helper gives digests of files"),
    ("0052_", &["5.10", "6.1", "6.12"], "no call can be denied without error injection"),
    ("0065_", &["5.10", "6.1", "6.12", "7.2"], "`tty_write` as it was before 5.10"),
];

/// One that hooks every system call: attaching it takes a minute in a guest, and a scenario of its
/// own does.
const SLOW: &str = "0032_";

#[test]
fn tetragons_examples_act_on_real_kernels() {
    let Some((folder, samples)) = tetragon::corpus() else {
        eprintln!("SKIPPED: there is no corpus at ../shared/corpus");
        return;
    };
    if let Err(missing) = guest::prepare_for(&["writ-loader", "writ-trigger"]) {
        assert!(std::env::var("WRIT_VM").as_deref() != Ok("require"), "{missing}");
        eprintln!("SKIPPED: no behaviour on real kernels was proved: {missing}");
        return;
    }
    let is_example = |sample: &&tetragon::Sample| sample.file.starts_with("examples/");
    let samples: Vec<_> = samples.into_iter().filter(|sample| is_example(&sample)).collect();
    let only = std::env::var("WRIT_VM_KERNEL").ok();
    let mut wrong = Vec::new();
    for boot in BOOTS.iter().filter(|boot| only.as_deref().is_none_or(|only| only == boot.kernel)) {
        wrong.extend(problems(boot, &folder, &samples));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn problems(boot: &Boot, folder: &Path, samples: &[tetragon::Sample]) -> Vec<String> {
    let profile = guest::profile(boot, "");
    let (mut wrong, mut examples) = (Vec::new(), Vec::new());
    for sample in samples {
        let name = sample.file.trim_start_matches("examples/").to_owned();
        let text = files::text(&folder.join(&sample.file));
        let run = cases::compile_for(&name, &text, &profile);
        let refused = REFUSED
            .iter()
            .any(|(file, kernels, _)| name.starts_with(file) && kernels.contains(&boot.kernel));
        // What Tetragon refuses is often what the machine lacked that it was asked on.
        if sample.newest && refused != run.compiled.is_none() {
            wrong.push(format!("{}: {name}: {:?}", boot.kernel, run.errors));
        }
        let Some(compiled) = run.compiled else { continue };
        let programs = &compiled.manifest.programs;
        // What they hook is in no guest.
        let is_in_user_space = programs.iter().any(|one| {
            matches!(
                one.attach,
                Attach::Uprobe { .. } | Attach::Uretprobe { .. } | Attach::Usdt { .. }
            )
        });
        if !is_in_user_space && !name.starts_with(SLOW) {
            let names = compiled.manifest.policies.iter().map(|one| one.name.clone()).collect();
            examples.push((names, text));
        }
    }
    let count = examples.len();
    let run = cases::compile_for("examples.yaml", &together(examples), &profile);
    let Some(compiled) = run.compiled else { return vec![run.diagnostics] };
    let here = files::top().join("tests/vm/corpus");
    let [run, deeds] = ["run.sh", "guest.sh"].map(|script| files::text(&here.join(script)));
    let payload = [
        ("examples.bpf.o", compiled.bundle.as_slice()),
        ("examples-run.sh", run.as_bytes()),
        ("examples-guest.sh", deeds.as_bytes()),
    ];
    let results = guest::boot_with(boot, "corpus", &payload, "sh ./examples-run.sh");
    let expected = Expectation::read(&here.join("expect.yaml"));
    let of_kernel = |problem| format!("{}: {problem}", boot.kernel);
    wrong.extend(expected.problems("examples", &results).into_iter().map(of_kernel));
    eprintln!("{}: {count} of {} examples", boot.kernel, samples.len());
    wrong
}

/// One text of all examples: those whose policy has the name of an earlier one's get another.
fn together(examples: Vec<(Vec<String>, String)>) -> String {
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for (number, (names, text)) in examples.into_iter().enumerate() {
        let mut text = text;
        for name in names.into_iter().filter(|name| !known.insert(name.clone())) {
            for written in [format!("name: \"{name}\""), format!("name: {name}\n")] {
                text = text.replacen(&written, &format!("name: {name}-{number}\n"), 1);
            }
        }
        all.push(text);
    }
    all.join("\n---\n")
}
