//! The keys of the hook sections: `kprobes`, `tracepoints`, `lsmhooks` and those to come.

use super::argument::ARGUMENT;
use super::selector::SELECTOR;
use super::{FLAG, Key, Record, Shape, TEXTS, U64};

const ARGUMENTS: Shape = Shape::List { of: &Shape::Record(&ARGUMENT), most: usize::MAX };
const SELECTORS: Shape = Shape::List { of: &Shape::Record(&SELECTOR), most: usize::MAX };
/// `maxItems` of the schema.
const TAGS: Shape = Shape::List { of: &Shape::Text, most: 16 };

pub(super) static KPROBE: Record = Record { name: "a kprobe", keys: FUNCTION_KEYS };

/// A fentry hook has the keys of a kprobe.
pub(super) static FENTRY: Record = Record { name: "a fentry hook", keys: FUNCTION_KEYS };

static FUNCTION_KEYS: &[Key] = &[
    Key::required("call", Shape::Text),
    Key::optional("syscall", FLAG).nullable(),
    Key::optional("return", FLAG).nullable(),
    Key::optional("args", ARGUMENTS),
    Key::optional("returnArg", Shape::Record(&ARGUMENT)),
    Key::optional("returnArgAction", Shape::Text),
    Key::optional("data", ARGUMENTS),
    Key::optional("selectors", SELECTORS),
    Key::optional("message", Shape::Text),
    Key::optional("tags", TAGS),
    Key::optional("ignore", Shape::Record(&IGNORE_CALL)),
];

static IGNORE_CALL: Record =
    Record { name: "`ignore`", keys: &[Key::optional("callNotFound", FLAG).nullable()] };

pub(super) static TRACEPOINT: Record = Record {
    name: "a tracepoint",
    keys: &[
        Key::required("subsystem", Shape::Text),
        Key::required("event", Shape::Text),
        Key::optional("raw", FLAG).nullable(),
        Key::optional("args", ARGUMENTS),
        Key::optional("selectors", SELECTORS),
        Key::optional("message", Shape::Text),
        Key::optional("tags", TAGS),
    ],
};

pub(super) static LSM_HOOK: Record = Record {
    name: "an LSM hook",
    keys: &[
        Key::required("hook", Shape::Text),
        Key::optional("args", ARGUMENTS),
        Key::optional("selectors", SELECTORS),
        Key::optional("message", Shape::Text),
        Key::optional("tags", TAGS),
    ],
};

pub(super) static UPROBE: Record = Record {
    name: "a uprobe",
    keys: &[
        Key::required("path", Shape::Text),
        Key::optional("symbols", TEXTS),
        Key::optional("offsets", Shape::list(&U64)),
        Key::optional("addrs", Shape::list(&U64)),
        Key::optional("refCtrOffsets", Shape::list(&U64)),
        Key::optional("btfPath", Shape::Text),
        Key::optional("args", ARGUMENTS),
        Key::optional("data", ARGUMENTS),
        Key::optional("return", FLAG).nullable(),
        Key::optional("returnArg", Shape::Record(&ARGUMENT)),
        Key::optional("binaryDigests", TEXTS),
        Key::optional("ignore", Shape::Record(&IGNORE_DIGEST)),
        Key::optional("selectors", SELECTORS),
        Key::optional("message", Shape::Text),
        Key::optional("tags", TAGS),
    ],
};

static IGNORE_DIGEST: Record = Record {
    name: "`ignore`",
    keys: &[Key::optional("digestVerificationFailure", FLAG).nullable()],
};

pub(super) static USDT: Record = Record {
    name: "a USDT probe",
    keys: &[
        Key::required("path", Shape::Text),
        Key::required("provider", Shape::Text),
        Key::required("name", Shape::Text),
        Key::optional("btfPath", Shape::Text),
        Key::optional("args", ARGUMENTS),
        Key::optional("selectors", SELECTORS),
        Key::optional("message", Shape::Text),
        Key::optional("tags", TAGS),
    ],
};
