//! The keys of a selector, its conditions and its actions.

use super::{FLAG, HOST_SELECTOR, I32, Key, LABEL_SELECTOR, Record, Shape, TEXTS, U32, U64, Words};
use crate::policy::{NamespaceKind, Operator, RateScope};

pub(super) static SELECTOR: Record = Record {
    name: "a selector",
    keys: &[
        Key::optional("label", Shape::Text),
        Key::optional("matchBinaries", Shape::List { of: &Shape::Record(&BINARY), most: 1 }),
        Key::optional("matchPIDs", Shape::list(&Shape::Record(&PID))),
        Key::optional("matchNamespaces", Shape::list(&Shape::Record(&NAMESPACE))),
        Key::optional("matchArgs", Shape::list(&Shape::Record(&ARGUMENT_TEST))),
        Key::optional("matchActions", Shape::list(&Shape::Record(&ACTION))),
        Key::optional("matchReturnArgs", Shape::list(&Shape::Record(&ARGUMENT_TEST))),
        Key::optional("matchReturnActions", Shape::list(&Shape::Record(&ACTION))),
        Key::optional("macros", TEXTS),
        Key::optional("matchData", Shape::list(&Shape::Record(&ARGUMENT_TEST))),
        Key::optional("matchParentBinaries", Shape::List { of: &Shape::Record(&BINARY), most: 1 }),
        Key::optional("matchNamespaceChanges", Shape::list(&Shape::Record(&NAMESPACE_CHANGE))),
        Key::optional("matchCapabilities", Shape::list(&Shape::Record(&CAPABILITY))),
        Key::optional("matchCapabilityChanges", Shape::list(&Shape::Record(&CAPABILITY))),
        Key::optional("matchWorkloads", Shape::Record(&WORKLOADS)),
    ],
};

static BINARY: Record = Record {
    name: "a condition on binaries",
    keys: &[
        Key::required("operator", Shape::Word(&BINARY_OPERATORS)),
        Key::required("values", TEXTS),
        Key::optional("followChildren", FLAG).nullable(),
    ],
};

static PID: Record = Record {
    name: "a condition on process ids",
    keys: &[
        Key::required("operator", Shape::Word(&SET_OPERATORS)),
        Key::required("values", Shape::list(&U32)),
        Key::optional("isNamespacePID", FLAG).nullable(),
        Key::optional("followForks", FLAG).nullable(),
    ],
};

static NAMESPACE: Record = Record {
    name: "a condition on namespaces",
    keys: &[
        Key::required("namespace", Shape::Word(&NAMESPACES)),
        Key::required("operator", Shape::Word(&SET_OPERATORS)),
        Key::required("values", TEXTS),
    ],
};

static NAMESPACE_CHANGE: Record = Record {
    name: "a condition on namespace changes",
    keys: &[Key::required("operator", Shape::Word(&SET_OPERATORS)), Key::required("values", TEXTS)],
};

static CAPABILITY: Record = Record {
    name: "a condition on capabilities",
    keys: &[
        Key::optional("type", Shape::Word(&CAPABILITY_SETS)).nullable(),
        Key::required("operator", Shape::Word(&SET_OPERATORS)),
        Key::required("values", TEXTS),
        Key::optional("isNamespaceCapability", FLAG).nullable(),
    ],
};

static ARGUMENT_TEST: Record = Record {
    name: "a condition on an argument",
    keys: &[
        Key::optional("index", U32),
        Key::optional("args", Shape::list(&U32)),
        Key::required("operator", Shape::Word(&OPERATORS)),
        Key::optional("values", TEXTS),
    ],
};

static WORKLOADS: Record = Record {
    name: "`matchWorkloads`",
    keys: &[
        Key::optional("podSelector", Shape::Record(&LABEL_SELECTOR)).nullable(),
        Key::optional("containerSelector", Shape::Record(&LABEL_SELECTOR)).nullable(),
        Key::optional("hostSelector", Shape::Record(&HOST_SELECTOR)).nullable(),
    ],
};

static ACTION: Record = Record {
    name: "an action",
    keys: &[
        Key::required("action", Shape::Word(&ACTIONS)),
        Key::optional("argError", I32),
        Key::optional("argSig", U32),
        Key::optional("rateLimit", Shape::Text),
        Key::optional("rateLimitScope", Shape::Word(&RATE_SCOPES)),
        Key::optional("kernelStackTrace", FLAG),
        Key::optional("userStackTrace", FLAG),
        Key::optional("imaHash", FLAG),
        // These belong to actions that are not done yet themselves.
        Key::optional("argUrl", Shape::Text),
        Key::optional("argFqdn", Shape::Text),
        Key::optional("argSock", U32),
        Key::optional("argIndex", U32),
        Key::optional("argValue", U32),
        Key::optional("argRegs", TEXTS),
        Key::optional("argNewSymbol", Shape::Text),
        Key::optional("argNewAddr", U64),
        Key::optional("argNewOffset", U64),
    ],
};

static OPERATORS: Words = Words {
    name: "operator",
    list: || {
        let long = ["GreaterThan", "LessThan"];
        Operator::ALL
            .iter()
            .map(|operator| operator.name())
            .filter(|name| !["In", "NotIn"].contains(name))
            .chain(long)
            .collect()
    },
};

static SET_OPERATORS: Words = Words { name: "operator", list: || vec!["In", "NotIn"] };

static BINARY_OPERATORS: Words = Words {
    name: "operator",
    list: || vec!["In", "NotIn", "Prefix", "NotPrefix", "Postfix", "NotPostfix"],
};

static NAMESPACES: Words = Words {
    name: "namespace",
    list: || NamespaceKind::ALL.iter().map(|kind| kind.name()).collect(),
};

static CAPABILITY_SETS: Words =
    Words { name: "set of capabilities", list: || vec!["Effective", "Inheritable", "Permitted"] };

static RATE_SCOPES: Words = Words {
    name: "scope of a rate limit",
    list: || RateScope::ALL.iter().map(|scope| scope.name()).collect(),
};

static ACTIONS: Words = Words {
    name: "action",
    list: || {
        vec![
            "Post",
            "NoPost",
            "Sigkill",
            "Signal",
            "Override",
            "GetUrl",
            "DnsLookup",
            "TrackSock",
            "UntrackSock",
            "NotifyEnforcer",
            "CleanupEnforcerNotification",
            "Set",
        ]
    },
};
