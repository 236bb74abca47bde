//! TracingPolicy's schema as data: every key of Tetragon's CRD, version 1.8.13
//! (`pkg/k8s/apis/cilium.io/v1alpha1/types.go` and `tracing_policy_types.go`).

mod argument;
mod documentation_table;
mod hook;
mod selector;

pub use documentation_table::Documentation;
pub(super) use documentation_table::documentation;

use super::schema::{Key, Record, Shape, Words};

const TEXTS: Shape = Shape::list(&Shape::Text);
const FLAG: Shape = Shape::Boolean;
/// The Go type is `uint32`, and the schema's minimum is 0.
const U32: Shape = Shape::Integer { least: 0, most: u32::MAX as i128 };
const I32: Shape = Shape::Integer { least: i32::MIN as i128, most: i32::MAX as i128 };
const U64: Shape = Shape::Integer { least: 0, most: u64::MAX as i128 };

/// A document of kind `TracingPolicy` or `TracingPolicyNamespaced`.
pub(super) static DOCUMENT: Record = Record {
    name: "a policy",
    keys: &[
        // Tetragon never looks at it.
        Key::optional("apiVersion", Shape::Text),
        Key::required("kind", Shape::Text),
        Key::required("metadata", Shape::Record(&METADATA)),
        Key::required("spec", Shape::Record(&SPEC)),
    ],
};

/// Kubernetes' `ObjectMeta`. Labels and annotations are for those who keep policies in a cluster:
/// no engine acts on them.
static METADATA: Record = Record {
    name: "`metadata`",
    keys: &[
        Key::required("name", Shape::Text),
        Key::optional("namespace", Shape::Text),
        Key::optional("labels", Shape::Dictionary(&Shape::Text)),
        Key::optional("annotations", Shape::Dictionary(&Shape::Text)),
        Key::optional("generateName", Shape::Anything),
        Key::optional("creationTimestamp", Shape::Anything),
        Key::optional("deletionTimestamp", Shape::Anything),
        Key::optional("deletionGracePeriodSeconds", Shape::Anything),
        Key::optional("finalizers", Shape::Anything),
        Key::optional("generation", Shape::Anything),
        Key::optional("managedFields", Shape::Anything),
        Key::optional("ownerReferences", Shape::Anything),
        Key::optional("resourceVersion", Shape::Anything),
        Key::optional("selfLink", Shape::Anything),
        Key::optional("uid", Shape::Anything),
    ],
};

static SPEC: Record = Record {
    name: "`spec`",
    keys: &[
        Key::optional("kprobes", Shape::list(&Shape::Record(&hook::KPROBE))),
        Key::optional("tracepoints", Shape::list(&Shape::Record(&hook::TRACEPOINT))),
        Key::optional("lsmhooks", Shape::list(&Shape::Record(&hook::LSM_HOOK))),
        Key::optional("fentries", Shape::list(&Shape::Record(&hook::FENTRY))),
        Key::optional("uprobes", Shape::list(&Shape::Record(&hook::UPROBE))),
        Key::optional("usdts", Shape::list(&Shape::Record(&hook::USDT))),
        Key::optional("loader", FLAG),
        Key::optional("lists", Shape::list(&Shape::Record(&LIST))),
        Key::optional("enforcers", Shape::List { of: &Shape::Record(&ENFORCER), most: 1 }),
        Key::optional("options", Shape::list(&Shape::Record(&OPTION))),
        Key::optional("selectorsMacros", Shape::Dictionary(&Shape::Record(&selector::SELECTOR))),
        Key::optional("podSelector", Shape::Record(&LABEL_SELECTOR)).nullable(),
        Key::optional("containerSelector", Shape::Record(&LABEL_SELECTOR)).nullable(),
        Key::optional("nodeSelector", Shape::Record(&LABEL_SELECTOR)).nullable(),
        Key::optional("hostSelector", Shape::Record(&HOST_SELECTOR)).nullable(),
    ],
};

static LIST: Record = Record {
    name: "a list of functions",
    keys: &[
        Key::required("name", Shape::Text),
        Key::optional("values", TEXTS),
        Key::optional("type", Shape::Word(&LIST_TYPES)),
        Key::optional("pattern", Shape::Text),
        Key::optional("validated", FLAG),
    ],
};

static LIST_TYPES: Words = Words {
    name: "type of list",
    list: || vec!["syscalls", "generated_syscalls", "generated_ftrace"],
};

static ENFORCER: Record = Record { name: "an enforcer", keys: &[Key::required("calls", TEXTS)] };

static OPTION: Record = Record {
    name: "an option",
    keys: &[Key::required("name", Shape::Text), Key::optional("value", Shape::Text)],
};

/// Kubernetes' `LabelSelector`.
static LABEL_SELECTOR: Record = Record {
    name: "a label selector",
    keys: &[
        Key::optional("matchLabels", Shape::Dictionary(&Shape::Text)),
        Key::optional("matchExpressions", Shape::list(&Shape::Record(&LABEL_EXPRESSION))),
    ],
};

/// Tetragon's schema allows only `null` and `{}`: "The hostSelector should be either null or {}."
static HOST_SELECTOR: Record = Record { name: "a host selector", keys: &[] };

static LABEL_EXPRESSION: Record = Record {
    name: "a label expression",
    keys: &[
        Key::required("key", Shape::Text),
        Key::required("operator", Shape::Word(&LABEL_OPERATORS)),
        Key::optional("values", TEXTS),
    ],
};

static LABEL_OPERATORS: Words =
    Words { name: "operator", list: || vec!["In", "NotIn", "Exists", "DoesNotExist"] };
