//! Mistakes: the code, the exact text that is underlined, and what the message says.

use super::read;

/// The text, with the mistake; its code; what is underlined; a part of message and help.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

#[track_caller]
fn check(before: &str, after: &str, mistakes: &[Mistake]) {
    let mut wrong = Vec::new();
    for (body, code, underlined, says) in mistakes {
        let (_, found) = read(&format!("{before}{body}{after}"));
        let is_right = matches!(found.as_slice(), [one]
            if one.code == *code
                && one.underlined == *underlined
                && format!("{} | {}", one.message, one.help).contains(says));
        if !is_right {
            wrong.push(format!("{body}\nwanted {code} `{underlined}` {says}\n{found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn mistakes_in_rules_are_underlined() {
    check(
        "policy \"p\" { on kprobe f(file, fd: int) -> ret: int {\n",
        "\n} }",
        &[
            ("when fd = 1 => kill", "TP0130", "=", "write `==` to compare"),
            ("when fd == 1 -> kill", "TP0130", "->", "write `=>` before actions"),
            ("when fd == 1 && ret < 0 => kill", "TP0130", "&&", "write `and`"),
            ("when fd == 1 || fd == 2 => kill", "TP0130", "||", "write `or`"),
            ("when !(fd == 1) => kill", "TP0130", "!", "write `not`"),
            ("when file == 'x' => kill", "TP0130", "'", "double quotes"),
            ("when fd == 1 kill", "TP0130", "kill", "expected `and`, `or`, `=>`"),
            ("when fd == 1 => kill;", "TP0130", ";", "the next rule"),
            ("when fd == 1 => { kill }", "TP0130", "{", "without braces"),
            ("when fd => kill", "TP0130", "=>", "expected a comparison such as `==`"),
            ("when => kill", "TP0130", "=>", "expected a condition"),
            ("when fd == => kill", "TP0130", "=>", "expected a value or a list"),
            ("when (fd == 1 => kill", "TP0130", "=>", "`)`"),
            ("when fd in [1, 2 => kill", "TP0130", "=>", "`,` or `]`"),
            ("when fd == 1 =>", "TP0130", "}", "expected an action such as `post` or `kill`"),
            ("when fd == 1 => kill,", "TP0130", "}", "expected an action"),
            ("otherwise fd == 1 => kill", "TP0130", "fd", "`=>`"),
            ("mode enforce", "TP0130", "mode", "before its hooks"),
            ("when file == \"a\\q\" => kill", "TP0132", "\\q", "`\\\\` for a backslash"),
            ("when file == \"a => kill", "TP0132", "\"a => kill", "closing"),
            ("when fd == 1 => kil", "TP0134", "kil", "did you mean `kill`?"),
            ("when fd == 1 => signal SIGTREM", "TP0134", "SIGTREM", "`SIGTERM`"),
            ("when fd == 1 => deny EPREM", "TP0134", "EPREM", "`EPERM`"),
            ("when file begins_with \"a\" => kill", "TP0134", "begins_with", "`starts_with`"),
            ("when file.pth == \"a\" => kill", "TP0134", "pth", "`path`"),
            ("when process.bniary == \"a\" => kill", "TP0134", "bniary", "`binary`"),
            ("when ns.pdi != host => kill", "TP0134", "pdi", "`pid`"),
            ("whenn fd == 1 => kill", "TP0134", "whenn", "`when`"),
            ("when fd == 1 => post rate 1/minute", "TP0134", "minute", "`min`"),
            ("when fd == 1 => post rate 1/s per proces", "TP0134", "proces", "`process`"),
            ("when fdd == 1 => kill", "TP0135", "fdd", "did you mean `fd`?"),
            ("when fd == limit => kill", "TP0135", "limit", "`let limit = …`"),
            ("when process.binary == bash => kill", "TP0135", "bash", "a text in quotes"),
            (
                "when fd == 1 or ret < 0 => kill",
                "TP0137",
                "fd == 1 or ret < 0",
                "join the two with `and`",
            ),
            (
                "when not (fd == 1 and ret < 0) => kill",
                "TP0137",
                "not (fd == 1 and ret < 0)",
                "and",
            ),
            ("when fd == 1..5 => kill", "TP0138", "1..5", "`in [low..high]`"),
            ("when process.pid == \"1\" => kill", "TP0138", "\"1\"", "a decimal number"),
            ("when process.pid == -1 => kill", "TP0138", "-1", "a process id"),
            ("when process.binary == 5 => kill", "TP0138", "5", "the path of a binary"),
            ("when ns.pid == 1..2 => kill", "TP0138", "1..2", "`host` or an inode number"),
            ("when fd == 1 => deny 5000", "TP0138", "5000", "no error number"),
            ("when fd == 1 => signal", "TP0138", "signal", "`signal SIGTERM`"),
            ("when fd == 1 => kill post", "TP0138", "post", "a `,` before another action"),
            ("when fd == 1 => kill rate 1/s", "TP0138", "rate 1/s", "after `post`"),
            ("when file.type is privileged => kill", "TP0139", "is", "`in`"),
            ("when ns.pid starts_with \"4\" => kill", "TP0139", "starts_with", "`==`, `!=`"),
            ("when process.binary > \"a\" => kill", "TP0139", ">", "`starts_with`"),
            ("when fd == 1 and descendants => kill", "TP0139", "and descendants", "process.pid"),
            ("when file == \"a\" ignoring case => kill", "TP0139", "ignoring case", "contains"),
            ("when fd == 1 => post rate 7/min", "TP0140", "7/min", "`rate 6/min` or `rate 10/min`"),
            ("when fd == 1 => post rate 2/s", "TP0140", "2/s", "write `rate 1/s`"),
            ("when use outside and fd == 1", "TP0135", "outside", "macro outside = …"),
            ("when fd == 1 and use outsid => kill", "TP0135", "outsid", "no macro"),
            ("when changed ns.mtn => kill", "TP0134", "mtn", "`mnt`"),
            ("when changed cap.efective CAP_BPF => kill", "TP0134", "efective", "`effective`"),
            ("when changed ns => kill", "TP0139", "changed ns", "`changed ns.mnt`"),
            ("when changed pid.mnt => kill", "TP0134", "pid", "`ns` or `cap`"),
            ("when cap.effective == CAP_BPF => kill", "TP0139", "==", "`has`"),
            ("when cap.effective has 5 => kill", "TP0138", "5", "`CAP_SYS_ADMIN`"),
            ("when process.uidd == 5 => kill", "TP0134", "uidd", "`uid`"),
            ("when task == 5 => kill", "TP0138", "task", "`task.comm`"),
            ("when pod.labels[\"a\"] == \"b\" => kill", "TP0138", "pod.labels[\"a\"]", "pod.label"),
            ("when pod.label[\"a\"] > 5 => kill", "TP0139", ">", "`is present`"),
            ("when node.label[\"a\"] == \"b\" => kill", "TP0138", "node.label[\"a\"]", "for nodes"),
            ("when workload(pod()) => kill", "TP0134", "pod", "`pods`"),
            ("when workload(pods() or containers()) => kill", "TP0139", "or", "pods(…) and"),
            ("when fd matches 5 => kill", "TP0138", "5", "in double quotes"),
            ("when fd matches \"arg0 ==\" => kill", "TP0350", "==", "too early"),
            ("when file[0] == 1 => kill", "TP0138", "[0]", "name what is read"),
            ("when fd == 1 => track fdd", "TP0138", "fdd", "`fd`"),
            ("when fd == 1 => set 1 = 5", "TP0138", "set 1 = 5", "`set #1 = 5`"),
            ("when fd == 1 => notify post", "TP0138", "post", "`notify kill`"),
            ("when fd == 1 => resume", "TP0138", "resume", "at symbol"),
            ("when fd == 1 => get_url example", "TP0138", "example", "\"example\""),
            (
                "when fd == 1 => post with kernel_stack, kernel_stack",
                "TP0136",
                "kernel_stack",
                "twice",
            ),
            ("when fd == 1 => post rate 0/h", "TP0140", "0/h", "`rate 1/h`"),
        ],
    );
}

#[test]
fn mistakes_in_hooks_and_settings_are_underlined() {
    check(
        "policy \"p\" {\n",
        "\n}",
        &[
            ("on kprob f(x)", "TP0134", "kprob", "did you mean `kprobe`?"),
            ("on kprobe f(x: itn)", "TP0134", "itn", "`int`"),
            ("on kprobe f(x, x)", "TP0136", "x", "given twice"),
            ("on kprobe f(x) -> x", "TP0136", "x", "given twice"),
            ("on kprobe f(x y)", "TP0130", "y", "expected `,`, `)`"),
            ("on kprobe (x)", "TP0130", "(", "the name of what is hooked"),
            ("on kprobe a:b(x)", "TP0138", "a:b", "`on kprobe name(…)`"),
            ("on tracepoint openat(x)", "TP0138", "openat", "syscalls:sys_enter_openat"),
            ("on kprobe f(#99999999999)", "TP0138", "#99999999999", "counted from 0"),
            ("mode observe", "TP0134", "observe", "`enforce` or `monitor`"),
            ("mode", "TP0130", "}", "expected a name"),
            ("message \"a\" message \"b\"", "TP0136", "message \"b\"", "given twice"),
            ("tags [\"a\" \"b\"]", "TP0130", "\"b\"", "`,` or `]`"),
            ("let a = 1\nlet a = 2", "TP0136", "a", "given twice"),
            ("lett a = 1", "TP0134", "lett", "did you mean `let`?"),
            ("when x == 1 => kill", "TP0130", "when", "a rule stands inside a hook"),
            (
                "option disable-kprobe-mult = true",
                "TP0134",
                "disable-kprobe-mult",
                "`disable-kprobe-multi`",
            ),
            ("option override-method = fmod", "TP0138", "fmod", "`fmod-ret`"),
            ("option policy-mode = monitor", "TP0138", "policy-mode", "`mode monitor`"),
            ("list a: syscall = [\"x\"]", "TP0134", "syscall", "`syscalls`"),
            ("list a = [\"x\"] list a", "TP0136", "a", "given twice"),
            ("for pods { container.name == \"a\" }", "TP0138", "container.name", "pod.label"),
            ("for host { pod.label[\"a\"] == \"b\" }", "TP0138", "{", "`for host`"),
            ("for pods for pods", "TP0136", "for pods", "given twice"),
            ("loader\nloader", "TP0136", "loader", "given twice"),
            ("macro a = use b", "TP0170", "b", "no other macro"),
            ("macro a = task.comm == \"x\"", "TP0138", "task.comm", "in the hooks"),
            ("macro a = fd == 1 on kprobe f(x) { when use a }", "TP0135", "a", "asks about `fd`"),
            (
                "macro a = always on kprobe f(x) { when x == 1 or use a }",
                "TP0170",
                "a",
                "as a whole",
            ),
            ("on fentri f(x)", "TP0134", "fentri", "`fentry`"),
            ("list a = [] on lsm [list a](x)", "TP0138", "list a", "one name"),
            ("on kprobe syscall f(x)", "TP0138", "syscall", "`on fentry syscall"),
            ("on uprobe \"/a\" b:c(x)", "TP0138", ":", "`on uprobe"),
            ("on usdt \"/a\" b(x)", "TP0138", "usdt \"/a\" b", "provider:name"),
            ("on uprobe \"/a\"+-1", "TP0138", "-1", "64 bits"),
            ("on kprobe f(x: char_buf size 3)", "TP0138", "3", "`size #3`"),
            ("on kprobe f(x returned returned)", "TP0136", "returned", "given twice"),
            ("on kprobe f(#0: int = #1.a)", "TP0138", "#1", "same position"),
            ("on kprobe f(x: int = return.a)", "TP0138", "return", "-> name"),
            ("on kprobe f(x) -> r: int = x.a", "TP0138", "x.a", "return.field"),
            ("on kprobe f(x) -> r then trak", "TP0134", "trak", "`track`"),
            ("for podz { }", "TP0134", "podz", "`pods`"),
            ("onn kprobe f(x) { when x == 1 => kill }", "TP0134", "onn", "did you mean `on`?"),
        ],
    );
}

#[test]
fn mistakes_around_policies_are_underlined() {
    check(
        "",
        "",
        &[
            ("polcy \"p\" { }", "TP0134", "polcy", "did you mean `policy`?"),
            ("policy p { }", "TP0130", "p", "a text in double quotes"),
            ("policy \"p\" in space \"n\" { }", "TP0130", "space", "`namespace`"),
            ("apiVersion: cilium.io/v1alpha1", "TP0130", "apiVersion", "expected `policy`"),
            ("policy \"p\"", "TP0130", "", "expected `{`"),
            ("policy \"p\" {", "TP0131", "{", "add a `}`"),
            ("policy \"p\" { } }", "TP0131", "}", "closes nothing"),
        ],
    );
}

#[test]
fn a_mistake_in_a_list_of_values_is_not_repeated_for_each_use() {
    let (_, found) = read(
        "policy \"p\" { let a = [b] on kprobe f(x) { when x == a => kill when x != a => post } }",
    );
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].underlined, "b");
}

#[test]
fn a_hook_with_a_mistake_is_left_out_and_its_policy_is_kept() {
    let (policies, _) = read("policy \"p\" { on kprobe f(x) { when y == 1 } on kprobe g(x) }");
    assert_eq!(policies[0].hooks.len(), 1);
}
