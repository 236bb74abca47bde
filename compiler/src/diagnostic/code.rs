//! The catalogue of diagnostic codes. A code is never renumbered or used again.
//!
//! Ranges: TP00 files, TP01 syntax and schema, TP02 names, TP03 types and values, TP04 kernel
//! features, TP05 limits, TP06 actions, TP07 bundle, TP08 Tetragon compatibility, TP09 lints.

/// How bad a finding is, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// The policy cannot be compiled, or would not do what it says.
    Error,
}

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `TP` and four digits.
    pub id: &'static str,
    /// Readable after "allow": `unknown-hook`.
    pub name: &'static str,
    pub severity: Severity,
    /// One line for lists.
    pub summary: &'static str,
    /// The page that `writ explain` prints.
    pub page: &'static str,
}

macro_rules! catalogue {
    ($($constant:ident = $id:literal $name:literal $severity:ident $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: Code = Code {
                id: $id,
                name: $name,
                severity: Severity::$severity,
                summary: $summary,
                page: include_str!(concat!("../../codes/", $id, ".md")),
            };
        )*
        /// Every code, ordered by id.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

catalogue! {
    NOT_UTF8 = "TP0001" "not-utf8" Error "the file is not UTF-8 text";
    CONFIG_SYNTAX = "TP0010" "config-syntax" Error "`writ.toml` is not well-formed TOML";
    UNKNOWN_SETTING = "TP0011" "unknown-setting" Error "`writ.toml` has no setting of this name";
    SETTING_VALUE = "TP0012" "setting-value" Error "a setting of `writ.toml` has a value that it cannot have";
    UNKNOWN_RULE = "TP0013" "unknown-rule" Error "`writ.toml` sets the level of a rule that does not exist";
    LOWERED_ERROR = "TP0014" "lowered-error" Warning "`writ.toml` lowers what stops a compilation";
    SUPPRESSION_SYNTAX = "TP0015" "suppression-syntax" Warning "a comment begins like a suppression and is none";
    MISSING_REASON = "TP0016" "missing-reason" Warning "a suppression does not say why";
    UNKNOWN_SUPPRESSION = "TP0017" "unknown-suppression" Warning "a suppression names a code that does not exist";
    SUPPRESSION_DATE = "TP0018" "suppression-date" Warning "a suppression ends on a day that does not exist";
    EXPIRED_SUPPRESSION = "TP0019" "expired-suppression" Warning "a suppression has ended, and what it hid is still there";
    UNUSED_SUPPRESSION = "TP0020" "unused-suppression" Warning "a suppression hides nothing";
    SUPPRESSED_ERROR = "TP0021" "suppressed-error" Warning "a suppression names an error that stops compilation";
    BASELINE_SYNTAX = "TP0022" "baseline-syntax" Error "a line of a baseline cannot be read";
    STALE_BASELINE = "TP0023" "stale-baseline" Note "a baseline holds a finding that is gone";
    EXCLUDED_FILE = "TP0024" "excluded-file" Note "a file was named that `writ.toml` excludes";
    SYNTAX = "TP0101" "syntax" Error "the text is not well-formed YAML";
    YAML_LIMIT = "TP0102" "yaml-limit" Error "the YAML is nested too deep or its aliases expand to too much";
    DUPLICATE_KEY = "TP0103" "duplicate-key" Error "a key or an option stands twice";
    MERGE_KEY = "TP0104" "merge-key" Error "`<<` is given something else than a mapping";
    YAML_TAG = "TP0105" "yaml-tag" Error "a YAML tag means nothing in a policy";
    UNKNOWN_KIND = "TP0106" "unknown-kind" Error "the document is of no kind that is a policy";
    PASSED_OVER = "TP0107" "passed-over-document" Note "a document that is no policy is passed over";
    UNKNOWN_KEY = "TP0108" "unknown-key" Error "a key is not part of TracingPolicy";
    MISSING_KEY = "TP0109" "missing-key" Error "a key that must be there is not";
    WRONG_TYPE = "TP0110" "wrong-type" Error "a value has another type than its key takes";
    UNKNOWN_WORD = "TP0111" "unknown-word" Error "a word is none of those that its key takes";
    OUT_OF_RANGE = "TP0112" "out-of-range" Error "a number is too small or too large for its key";
    TOO_MANY = "TP0113" "too-many-entries" Error "a list has more entries than it may have";
    POLICY_NAME = "TP0114" "policy-name" Error "a policy or namespace has a name that Kubernetes forbids";
    POLICY_NAMESPACE = "TP0115" "policy-namespace" Error "a namespace is missing, or is where none may be";
    SEVERAL_SECTIONS = "TP0116" "several-sections" Error "a policy has hooks of more than one sort";
    RETURN_WITHOUT_ARGUMENT = "TP0117" "return-without-argument" Error "`return: true` without `returnArg`";
    RETURN_CONDITION = "TP0118" "return-condition" Error "a condition or action on the return, at a hook that does not return";
    UNUSED_RETURN_ARGUMENT = "TP0119" "unused-return-argument" Warning "`returnArg` without `return: true`";
    TEXT_TOO_SHORT = "TP0120" "text-too-short" Error "a message or tag is too short";
    TEXT_TOO_LONG = "TP0121" "text-too-long" Warning "a message or tag is so long that Tetragon cuts it off";
    UNKNOWN_OPTION = "TP0122" "unknown-option" Error "there is no option of this name";
    OPTION_VALUE = "TP0123" "option-value" Error "an option has no value, or one that it cannot have";
    EXCLUSIVE_KEYS = "TP0124" "exclusive-keys" Error "two keys of which there may be one";
    CLUSTER_ONLY = "TP0125" "cluster-only" Error "a namespaced policy has what only a cluster policy may have";
    ACTION_ARGUMENT_UNUSED = "TP0126" "unused-action-argument" Warning "an action has an argument that it does not read";
    ACTION_ARGUMENT_MISSING = "TP0127" "missing-action-argument" Error "an action lacks the argument that says what it does";
    EMPTY_POLICY = "TP0128" "empty-policy" Warning "a policy has no hooks";
    DUPLICATE_POLICY = "TP0129" "duplicate-policy" Error "two policies of a source have one name";
    UNEXPECTED = "TP0130" "unexpected-text" Error "the text does not follow the grammar of the Writ language";
    UNBALANCED = "TP0131" "unbalanced-brace" Error "a brace has no partner";
    BAD_TEXT = "TP0132" "malformed-text" Error "a text in quotes is not closed, or has an unknown escape";
    TOO_DEEP = "TP0133" "nested-too-deep" Error "a condition is nested too deep";
    UNKNOWN_TERM = "TP0134" "unknown-term" Error "a word means nothing where it stands";
    UNKNOWN_NAME = "TP0135" "unknown-name" Error "a name is not declared by its hook or policy";
    DECLARED_TWICE = "TP0136" "declared-twice" Error "a name or a setting is given twice";
    MIXED_TIMES = "TP0137" "entry-and-return-mixed" Error "a condition mixes the entry of a call with its return";
    WRONG_VALUE = "TP0138" "wrong-value" Error "a value has the wrong form for its place";
    WRONG_COMPARISON = "TP0139" "wrong-comparison" Error "a comparison is not possible on its subject";
    UNEVEN_RATE = "TP0140" "uneven-rate" Error "a rate is not one event in a whole number of seconds";
    TOO_LARGE = "TP0141" "expands-too-far" Error "constants or lists of hooks expand too far, or a text has too many policies";
    MISCASED_KEY = "TP0142" "miscased-key" Error "a key is written in another case";
    FIELD_PATH = "TP0143" "field-path" Error "the path in `resolve` is malformed";
    LABEL_VALUE = "TP0144" "label-value" Error "the value of a label has a form that Kubernetes forbids";
    CONTAINER_LABEL = "TP0145" "container-label" Error "containers have no label of this name";
    API_VERSION = "TP0146" "api-version" Warning "the `apiVersion` is missing, or is not that of policies";
    LATER_DOCUMENT = "TP0147" "later-document" Note "a policy is not the first document of its file";
    UNKNOWN_LIST = "TP0148" "unknown-list" Error "`list:` names no list of the policy";
    UNUSED_LIST = "TP0149" "unused-list" Warning "nothing uses a list";
    LIST_VALUES = "TP0150" "list-values" Error "a list does not say, or says twice, where its values come from";
    IDLE_PATTERN = "TP0151" "idle-pattern" Warning "a list has a `pattern` that nobody looks at";
    VALIDATED_LIST = "TP0152" "validated-list" Warning "a list is marked as checked";
    UNKNOWN_MACRO = "TP0153" "unknown-macro" Error "a selector uses a macro that the policy does not have";
    UNUSED_MACRO = "TP0154" "unused-macro" Warning "no selector uses a macro";
    NESTED_MACRO = "TP0155" "nested-macro" Error "a macro uses another macro";
    MACRO_CONFLICT = "TP0156" "macro-conflict" Error "a selector and its macros say the same key";
    MACRO_WORKLOADS = "TP0157" "macro-workloads" Warning "`matchWorkloads` stands in a macro, where it has no effect";
    TEMPLATE = "TP0158" "template" Note "a template of Helm's is passed over";
    OCTAL_NUMBER = "TP0159" "octal-number" Warning "a number begins with 0, which makes it octal";
    MISPLACED_MACRO = "TP0170" "misplaced-macro" Error "a macro stands where only conditions can stand";
    NO_YAML_FORM = "TP0171" "inexpressible-in-yaml" Error "TracingPolicy has no form for a part of the policy";
    UNNUMBERED_NAME = "TP0172" "unnumbered-name" Error "nothing tells the index that TracingPolicy needs in place of a name";
    BEYOND_TETRAGON = "TP0173" "beyond-tetragon" Warning "the converted policy has more of something than Tetragon takes";
    TOO_MANY_SELECTORS = "TP0174" "too-many-selectors" Error "a rule becomes too many selectors";
    UNKNOWN_FUNCTION = "TP0201" "unknown-function" Error "the kernel has no function of this name";
    RENAMED_FUNCTION = "TP0202" "renamed-function" Error "the compiler gave the function another name";
    UNKNOWN_SYSCALL = "TP0203" "unknown-syscall" Error "the kernel has no system call of this name";
    UNKNOWN_LSM_HOOK = "TP0204" "unknown-lsm-hook" Error "the kernel has no LSM hook of this name";
    UNKNOWN_TRACEPOINT = "TP0205" "unknown-tracepoint" Error "the kernel has no tracepoint of this name";
    UNKNOWN_ARGUMENT = "TP0206" "unknown-argument" Error "what is hooked has no such argument";
    UNDECLARED_ARGUMENT = "TP0207" "undeclared-argument" Error "a condition is about an argument that the hook does not read";
    UNKNOWN_FIELD = "TP0208" "unknown-field" Error "an argument has no part of this name";
    AMBIGUOUS_FUNCTION = "TP0209" "ambiguous-function" Error "the kernel has several functions of this name";
    RETURNS_NOTHING = "TP0210" "returns-nothing" Error "the function has no return value";
    CHANGED_PARAMETER = "TP0220" "changed-parameter" Warning "a parameter has another number on another kernel";
    CHANGED_FIELD = "TP0221" "changed-field" Warning "a tracepoint's field has another number on another kernel";
    UNDESCRIBED_FUNCTION = "TP0222" "undescribed-function" Error "the kernel's BTF does not describe the function";
    UNUSED_SYSCALL = "TP0223" "unused-syscall" Warning "64-bit programs never make this system call";
    UNKNOWN_MEMBER = "TP0242" "unknown-member" Error "a structure of the kernel has no field of this name";
    UNKNOWN_STRUCTURE = "TP0243" "unknown-structure" Error "the kernel has no structure of this name";
    UNKNOWN_REGISTER = "TP0244" "unknown-register" Error "there is no register of this name";
    UNKNOWN_CAPABILITY = "TP0245" "unknown-capability" Error "there is no capability of this name";
    NETWORK_NAME = "TP0246" "unknown-network-name" Error "there is no protocol, family or state of this name";
    PROGRAM_TYPES = "TP0247" "program-types" Error "the types of a program are not known";
    ARGUMENT_TYPE = "TP0301" "argument-type" Error "the declared type does not fit the kernel's";
    DIFFERENT_TYPE = "TP0302" "different-type" Note "the declared type shows some values differently";
    UNTYPED_ARGUMENT = "TP0303" "untyped-argument" Error "no type can be chosen for an argument without one";
    OPERATOR_TYPE = "TP0304" "operator-type" Error "the operator does not fit the argument's type";
    NOT_A_NUMBER = "TP0305" "not-a-number" Error "a number is compared with something that is none";
    VALUE_OUT_OF_RANGE = "TP0306" "value-out-of-range" Error "the argument can never have this value";
    REVERSED_RANGE = "TP0307" "reversed-range" Error "a range begins after its end";
    IMPOSSIBLE_COMPARISON = "TP0308" "impossible-comparison" Error "a comparison can never hold";
    ZERO_MASK = "TP0309" "zero-mask" Error "a mask asks for no bit";
    EMPTY_VALUES = "TP0310" "empty-values" Error "a condition compares with nothing";
    EMPTY_TEXT = "TP0311" "empty-text" Error "a text to compare with is empty";
    NAMESPACE_VALUE = "TP0312" "namespace-value" Error "a value names no namespace";
    IMPOSSIBLE_STEP = "TP0320" "impossible-step" Error "a `resolve` path goes on where there is nothing to go through";
    BUFFER_SIZE = "TP0321" "size-argument" Error "no argument holds the size, or the value has none";
    MISSING_REGISTER = "TP0322" "missing-register" Error "`source: pt_regs` without the name of a register";
    ADDRESS = "TP0323" "address" Error "a value is no IP address and no network";
    FILE_TYPE = "TP0324" "file-type" Error "a value is no type of files";
    LIST_AS_VALUE = "TP0325" "list-as-value" Error "a list cannot be compared with this argument";
    SECOND_ARGUMENT = "TP0326" "second-argument" Error "`CapabilitiesGained` is given one argument";
    PROGRAM_POINT = "TP0327" "program-point" Error "a place in a program is named wrongly";
    DIGEST = "TP0328" "digest" Error "a digest has an unknown algorithm or the wrong length";
    ASSIGNMENT = "TP0329" "assignment" Error "an assignment sets no register of a program";
    CEL_SYNTAX = "TP0350" "cel-syntax" Error "an expression of `CelExpr` does not follow the grammar of CEL";
    CEL_NAME = "TP0351" "cel-name" Error "an expression names something that does not exist";
    CEL_TYPES = "TP0352" "cel-types" Error "types in an expression do not go together";
    CEL_RESULT = "TP0353" "cel-result" Error "an expression does not give `true` or `false`";
    CEL_UNSUPPORTED = "TP0354" "cel-unsupported" Error "an expression uses what no engine runs";
    CEL_VALUES = "TP0355" "cel-values" Error "`CelExpr` is given no expression, or several";
    NOT_ATTACHABLE = "TP0401" "not-attachable" Error "nothing can be attached to this hook";
    UNTRACEABLE_FUNCTION = "TP0402" "untraceable-function" Error "the kernel lets nobody trace the function";
    MISSING_NAMESPACE_KIND = "TP0403" "missing-namespace-kind" Warning "the kernel has no namespaces of this kind";
    FORCED_ATTACHMENT = "TP0404" "forced-attachment" Error "a hook cannot be attached as asked for";
    EMPTY_LIST = "TP0405" "empty-list" Error "no function of the kernel is on a list";
    VALUE_TOO_LONG = "TP0502" "value-too-long" Error "a text is longer than anything it is compared with";
    BUNDLE_TOO_LARGE = "TP0503" "bundle-too-large" Error "the policies do not fit in one bundle";
    OVER_BUDGET = "TP0590" "over-budget" Error "a program costs more than the budget allows";
    OVERRIDE_UNSUPPORTED = "TP0601" "override-unsupported" Error "the kernel cannot make this call fail";
    OVERRIDE_ERROR = "TP0602" "override-error" Error "the error number does not exist";
    OVERRIDE_ZERO = "TP0603" "override-zero" Error "an error of 0 denies nothing";
    OVERRIDE_ON_RETURN = "TP0604" "override-on-return" Error "a call is denied after it has run";
    SIGNAL_NUMBER = "TP0605" "signal-number" Error "the signal does not exist";
    RATE_LIMIT = "TP0606" "rate-limit" Error "the interval of a rate limit cannot be read";
    CONTRADICTING_POSTS = "TP0607" "contradicting-posts" Warning "a selector asks for an event and forbids it";
    LATE_KILL = "TP0608" "late-kill" Warning "a process is killed where its call could have been denied";
    UNCONDITIONAL_ENFORCEMENT = "TP0609" "unconditional-enforcement" Warning "a selector without conditions kills or denies";
    SILENT_ENFORCEMENT = "TP0610" "silent-enforcement" Warning "a selector kills or denies without an event";
    ALLOW_LIST_ENFORCEMENT = "TP0611" "allow-list-enforcement" Warning "every program outside a list is killed or denied";
    RACY_ARGUMENT = "TP0612" "racy-argument" Warning "enforcement rests on memory that the caller can change";
    REPEATED_ACTION = "TP0613" "repeated-action" Warning "a selector does the same twice";
    IDLE_MODE = "TP0614" "idle-mode" Warning "a policy that enforces nothing is in enforce mode";
    MISPLACED_ACTION = "TP0621" "misplaced-action" Error "an action does nothing at this kind of hook";
    ACTION_ARGUMENT = "TP0622" "action-argument" Error "an action names an argument that it cannot use";
    MISSING_ENFORCER = "TP0623" "missing-enforcer" Error "an enforcer is told, and the policy has none";
    ENFORCER_CALL = "TP0624" "enforcer-call" Error "an enforcer cannot act on this function";
    ENFORCER_SIGNALS = "TP0625" "enforcer-signals" Warning "an enforcer cannot make a call fail, only signal its caller";
    DIGEST_UNAVAILABLE = "TP0626" "digest-unavailable" Error "nothing gives the digest of a file here";
    ESSENTIAL_CALLER = "TP0650" "essential-caller" Warning "enforcement can stop the programs that run the node";
    WEAK_SIGNAL = "TP0651" "weak-signal" Note "a signal need not end the process";
    ESSENTIAL_PROGRAM = "TP0653" "essential-program" Warning "a file is denied without which the node does not run";
    EXITING_PROCESS = "TP0654" "exiting-process" Warning "enforcement comes when the process ends by itself";
    LOST_RETURN = "TP0655" "lost-return" Warning "return actions wait for an event that is not sent";
    IO_URING_BYPASS = "TP0656" "io-uring-bypass" Note "`io_uring` does the same without the system call";
    COMPAT_BYPASS = "TP0657" "compat-bypass" Note "32-bit programs make the call through another function";
    SAME_NAME_IN_BUNDLE = "TP0701" "same-name-in-bundle" Error "two policies of one bundle have one name";
    TETRAGON_LIST_VALUE = "TP0802" "tetragon-list-value" Error "a list of system calls has a value that names none";
    TETRAGON_SMALL_PROGRAMS = "TP0804" "tetragon-small-programs" Error "Tetragon's small programs cannot do what is asked";
    TETRAGON_UNKNOWN_CALL = "TP0805" "tetragon-unknown-call" Error "the kernel's BTF has no function of the name that Tetragon looks for";
    TETRAGON_ARGUMENT_TYPE = "TP0806" "tetragon-argument-type" Error "Tetragon does not take this type at this kind of hook";
    TETRAGON_TOO_MANY_ARGUMENTS = "TP0807" "tetragon-too-many-arguments" Error "a hook reads more arguments than Tetragon has room for";
    TETRAGON_ARGUMENT_INDEX = "TP0808" "tetragon-argument-index" Error "the index of an argument is beyond what Tetragon can read";
    TETRAGON_ARGUMENT_SOURCE = "TP0809" "tetragon-argument-source" Error "`source` stands where Tetragon takes none, or is missing";
    TETRAGON_SIZE_ARGUMENT = "TP0810" "tetragon-size-argument" Error "`sizeArgIndex` is beyond what Tetragon can write down";
    TETRAGON_RESOLVE_PATH = "TP0811" "tetragon-resolve-path" Error "a `resolve` path leads nowhere, or too far";
    TETRAGON_DUPLICATE_FUNCTION = "TP0812" "tetragon-duplicate-function" Error "a function is hooked twice where one program serves all hooks";
    TETRAGON_OVERRIDE_PLACE = "TP0813" "tetragon-override-place" Error "Tetragon overrides only system calls and security hooks";
    TETRAGON_OVERRIDE_MULTI = "TP0814" "tetragon-override-multi" Error "Tetragon does not override a security hook where one program serves all hooks";
    TETRAGON_OVERRIDE_UNAVAILABLE = "TP0815" "tetragon-override-unavailable" Error "the kernel lacks what Tetragon's `Override` needs";
    TETRAGON_MISSING_ENFORCER = "TP0816" "tetragon-missing-enforcer" Error "`NotifyEnforcer` in a policy without enforcers";
    TETRAGON_ENFORCER_CALL = "TP0817" "tetragon-enforcer-call" Error "an enforcer is asked for what it cannot do";
    TETRAGON_FENTRY_ENFORCEMENT = "TP0819" "tetragon-fentry-enforcement" Error "an entry of `fentries` enforces something";
    TETRAGON_LSM_SELECTOR = "TP0820" "tetragon-lsm-selector" Error "a selector of an LSM hook asks for what Tetragon does only elsewhere";
    TETRAGON_LSM_HOOK = "TP0821" "tetragon-lsm-hook" Error "the kernel's BTF has no LSM hook of this name";
    TETRAGON_LSM_UNAVAILABLE = "TP0822" "tetragon-lsm-unavailable" Error "the kernel runs no BPF programs at LSM hooks";
    TETRAGON_TRACEPOINT = "TP0823" "tetragon-tracepoint" Error "the kernel has no tracepoint of this name";
    TETRAGON_UPROBE_PLACE = "TP0824" "tetragon-uprobe-place" Error "a uprobe does not say exactly one sort of place";
    TETRAGON_USER_PROBE_ACTION = "TP0825" "tetragon-user-probe-action" Error "Tetragon refuses an action at probes in programs";
    TETRAGON_USER_PROBE_FEATURE = "TP0826" "tetragon-user-probe-feature" Error "the kernel lacks what a probe in a program needs";
    TETRAGON_USDT_SET = "TP0827" "tetragon-usdt-set" Error "`Set` writes to an argument that the hook does not read";
    TETRAGON_LOADER = "TP0828" "tetragon-loader" Error "`loader` is restricted to workloads, or the kernel cannot do it";
    TETRAGON_FILTER_ARGUMENT = "TP0829" "tetragon-filter-argument" Error "a condition is about an argument that the hook does not read";
    TETRAGON_TOO_MANY_SELECTORS = "TP0830" "tetragon-too-many-selectors" Error "a hook has more selectors than Tetragon takes";
    TETRAGON_TOO_MANY_FILTERS = "TP0831" "tetragon-too-many-filters" Error "a selector asks more about arguments than Tetragon takes";
    TETRAGON_TOO_MANY_VALUES = "TP0832" "tetragon-too-many-values" Error "a condition compares with more values than Tetragon takes";
    TETRAGON_OPERATOR_TYPE = "TP0833" "tetragon-operator-type" Error "Tetragon refuses the operator for the argument's type";
    TETRAGON_FILTER_VALUE = "TP0834" "tetragon-filter-value" Error "Tetragon cannot read a value";
    TETRAGON_TEXT_TOO_LONG = "TP0835" "tetragon-text-too-long" Error "a text is longer than Tetragon takes";
    TETRAGON_LIST_CONDITION = "TP0836" "tetragon-list-condition" Error "a condition compares with a list where Tetragon does not";
    TETRAGON_CAPABILITIES_GAINED = "TP0837" "tetragon-capabilities-gained" Error "`CapabilitiesGained` without two sets of capabilities";
    TETRAGON_FORMULA = "TP0838" "tetragon-formula" Error "Tetragon does not compile a formula";
    TETRAGON_TOO_MANY_ACTIONS = "TP0839" "tetragon-too-many-actions" Error "a selector has more actions than Tetragon carries out";
    TETRAGON_RATE_LIMIT = "TP0840" "tetragon-rate-limit" Error "Tetragon cannot read an interval";
    TETRAGON_NAMESPACE_FILTER = "TP0841" "tetragon-namespace-filter" Error "Tetragon does not take a question about namespaces";
    TETRAGON_PROCESS_FILTER = "TP0842" "tetragon-process-filter" Error "Tetragon does not take a question about executables or capabilities";
    TETRAGON_TOO_MANY_MAPS = "TP0843" "tetragon-too-many-maps" Error "the conditions of a program need more maps than there is room for";
    TETRAGON_NOT_ATTACHABLE = "TP0844" "tetragon-not-attachable" Error "the kernel attaches no program of Tetragon to the hook";
    TETRAGON_NOT_INJECTABLE = "TP0845" "tetragon-not-injectable" Error "the kernel lets nobody replace what the call returns";
    TETRAGON_CRASH_ARGUMENTS = "TP0846" "tetragon-crash-arguments" Error "Tetragon's agent crashes on a hook with more than five arguments";
    TETRAGON_CRASH_RETURN_COPY = "TP0847" "tetragon-crash-return-copy" Error "Tetragon's agent crashes on `returnCopy` in `data`";
    TETRAGON_CRASH_EMPTY_TEXT = "TP0848" "tetragon-crash-empty-text" Error "Tetragon's agent crashes on an empty text";
    TETRAGON_CRASH_FILTER_SIZE = "TP0849" "tetragon-crash-filter-size" Error "Tetragon's agent crashes on selectors of more than 4096 bytes";
    TETRAGON_CRASH_COUNTERS = "TP0850" "tetragon-crash-counters" Error "Tetragon's agent crashes when addresses lack their counters";
    TETRAGON_WRAPPED_FILTER = "TP0855" "tetragon-wrapped-filter" Warning "Tetragon reads selectors of more than 1024 bytes wrongly";
    TETRAGON_SEVERAL_PROCESS_FILTERS = "TP0856" "tetragon-several-process-filters" Warning "Tetragon asks only the first of several questions about the process";
    TETRAGON_MANY_PIDS = "TP0857" "tetragon-many-pids" Warning "Tetragon compares with the first four process ids";
    TETRAGON_EMPTY_FILTER = "TP0858" "tetragon-empty-filter" Warning "Tetragon takes a condition without values";
    TETRAGON_SMALL_IGNORED = "TP0859" "tetragon-small-ignored" Warning "Tetragon's small programs leave out what is asked";
    TETRAGON_DEAF_OPERATOR = "TP0860" "tetragon-deaf-operator" Warning "an operator that Tetragon takes for the type, and that never matches";
    TETRAGON_OPEN_OPERATOR = "TP0861" "tetragon-open-operator" Warning "an operator that Tetragon takes for the type, and that always matches";
    TETRAGON_LONG_PREFIX = "TP0862" "tetragon-long-prefix" Warning "a prefix of 256 bytes never matches in Tetragon";
    TETRAGON_UNREACHABLE_NUMBER = "TP0863" "tetragon-unreachable-number" Warning "a number that a value of this size never is";
    TETRAGON_UNSIGNED_COMPARE = "TP0864" "tetragon-unsigned-compare" Warning "Tetragon compares signed numbers without their sign";
    TETRAGON_NEGATIVE_IN_MAP = "TP0865" "tetragon-negative-in-map" Warning "Tetragon never finds a negative number in a map";
    TETRAGON_PORT_NUMBER = "TP0866" "tetragon-port-number" Warning "a port above 65535";
    TETRAGON_SIZE_BITS = "TP0867" "tetragon-size-bits" Warning "Tetragon compares the lower half of a size";
    TETRAGON_HUGE_RANGE = "TP0868" "tetragon-huge-range" Warning "Tetragon writes a huge range into a map, number by number";
    TETRAGON_SHIFTED_BUFFER = "TP0869" "tetragon-shifted-buffer" Warning "Tetragon compares the wrong bytes of a buffer with `maxData`";
    TETRAGON_FORCED_MONITOR = "TP0870" "tetragon-forced-monitor" Warning "enforcement that Tetragon does not see, so that it never happens";
    TETRAGON_IDLE_ACTION = "TP0871" "tetragon-idle-action" Warning "an action that Tetragon takes at this kind of hook, and does not do";
    TETRAGON_RAW_ARGUMENT = "TP0872" "tetragon-raw-argument" Warning "the sixth argument of a raw tracepoint, of which Tetragon reads five";
    TETRAGON_BUFFER_SIZE = "TP0873" "tetragon-buffer-size" Warning "a buffer of which Tetragon does not know the size";
    TETRAGON_COPY_FLAGS = "TP0874" "tetragon-copy-flags" Warning "`maxData` or `returnCopy` where Tetragon ignores it";
    TETRAGON_SOCK_ARGUMENT = "TP0875" "tetragon-sock-argument" Warning "`TrackSock` names an argument that is no socket";
    TETRAGON_IMA_HASH_HOOK = "TP0876" "tetragon-ima-hash-hook" Warning "`imaHash` at a hook where no digest is known";
    TETRAGON_POST_BEFORE_ACTION = "TP0877" "tetragon-post-before-action" Warning "Tetragon misreads an action behind `Post` on kernels 5.3 to 5.10";
    TETRAGON_IDLE_ENFORCER = "TP0878" "tetragon-idle-enforcer" Warning "an enforcer that is never asked, or asked for nothing";
    TETRAGON_OPTIONAL_HOOKS = "TP0882" "tetragon-optional-hooks" Warning "every function of a policy may be missing, and is";
    TETRAGON_USDT_TYPE = "TP0883" "tetragon-usdt-type" Warning "a type that Tetragon cannot read from a USDT probe";
    TETRAGON_DEAF_FORMULA = "TP0884" "tetragon-deaf-formula" Warning "a formula at a hook where Tetragon never looks at it";
    TETRAGON_PARENTS_MAP = "TP0885" "tetragon-parents-map" Warning "`matchParentBinaries`, which Tetragon refuses unless it was started for it";
    TETRAGON_SHARED_MAPS = "TP0886" "tetragon-shared-maps" Note "hooks of one program whose values share a map in Tetragon";
    TETRAGON_RATE_BUCKET = "TP0887" "tetragon-rate-bucket" Note "Tetragon's rate limit tells long texts apart by their beginning";
    TETRAGON_RESOLVED_TYPE = "TP0889" "tetragon-resolved-type" Warning "a declared type is another than that of the field";
    TETRAGON_BAD_URL = "TP0890" "tetragon-bad-url" Warning "an address that Tetragon cannot ask";
    UNREACHABLE_SELECTOR = "TP0901" "unreachable-selector" Warning "an earlier selector always matches";
    SHADOWED_SELECTOR = "TP0902" "shadowed-selector" Warning "an earlier selector takes all that a later one could match";
    CALLER_BINARY = "TP0903" "caller-binary" Warning "`matchBinaries` looks at the caller of `execve`, not at the new program";
    PREFIX_BOUNDARY = "TP0904" "prefix-boundary" Note "a prefix of a path ends in the middle of a name";
    SYMLINKED_PATH = "TP0905" "symlinked-path" Warning "a path goes through a symbolic link";
    CONTRADICTION = "TP0906" "contradiction" Warning "two conditions of a selector exclude each other";
    DUPLICATE_VALUE = "TP0907" "duplicate-value" Warning "a value is named twice";
    CONSTANT_CONDITION = "TP0908" "constant-condition" Warning "a condition holds always, or never";
    REDUNDANT_VALUE = "TP0909" "redundant-value" Warning "another value matches all that a value could match";
    UNREAL_PATH = "TP0910" "unreal-path" Warning "no file can have this path";
    GLOB_PATTERN = "TP0911" "glob-pattern" Warning "a value looks like a shell pattern";
    MISSING_PATH = "TP0912" "missing-path" Note "a negative condition does not hold for files without a path";
    SYSCALL_VARIANT = "TP0913" "syscall-variant" Warning "another system call does the same and is not hooked";
    HOT_HOOK = "TP0914" "hot-hook" Warning "a hook is on one of the kernel's busiest paths";
    DUPLICATE_ARGUMENT = "TP0915" "duplicate-argument" Warning "a hook reads the same argument twice";
    FIXED_PID = "TP0916" "fixed-pid" Warning "a process is named by a number that the next start changes";
    FIXED_NAMESPACE = "TP0917" "fixed-namespace" Warning "a namespace is named by a number that the next start changes";
    POSITIVE_ERROR = "TP0918" "positive-error" Warning "a returned error is compared as a positive number";
    SHELL_EXPANSION = "TP0919" "shell-expansion" Warning "a value has a variable or `~` in it";
    TAUTOLOGY = "TP0920" "tautology" Warning "one of two alternatives always holds";
    SCRIPT_BINARY = "TP0921" "script-binary" Warning "a script is named where its interpreter is meant";
    LINKED_FILE = "TP0922" "linked-file" Note "a path is a symbolic link on many systems";
    CALLER_SPELLING = "TP0923" "caller-spelling" Note "a path is compared as the caller spelled it";
    EXACT_FLAGS = "TP0924" "exact-flags" Note "flags are compared as a whole";
    REPEATED_HOOK = "TP0925" "repeated-hook" Note "a policy hooks the same place twice";
    DOUBLE_REPORT = "TP0926" "double-report" Note "two hooks report one operation";
    EVENT_FLOOD = "TP0927" "event-flood" Note "every hit of a busy hook becomes an event";
    HOT_ENFORCEMENT = "TP0928" "hot-enforcement" Warning "enforcement at a hot hook costs more than its budget";
    LATE_FILTER = "TP0929" "late-filter" Note "nothing that costs little rules out most hits of a hot hook";
    FOREIGN_LANGUAGE = "TP0930" "foreign-language" Warning "a policy for Tetragon stands in a language that Tetragon does not read";
    ZERO_BYTE = "TP0931" "zero-byte" Warning "a text to compare with has a zero byte inside";
}

/// The code with this id or name.
pub fn find(id_or_name: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id_or_name) || code.name == id_or_name)
}
