//! The keys of an argument: an entry of `args` or `data`, or `returnArg`.

use super::{FLAG, Key, Record, Shape, U32, Words};
use crate::policy::ArgumentType;

pub(super) static ARGUMENT: Record = Record {
    name: "an argument",
    keys: &[
        // `int32` with minimum 0 in the schema, `uint32` in Go.
        Key::required("index", Shape::Integer { least: 0, most: i32::MAX as i128 }),
        Key::optional("type", Shape::Word(&TYPES)).nullable(),
        Key::optional("label", Shape::Text),
        Key::optional("resolve", Shape::Text),
        Key::optional("source", Shape::Text),
        Key::optional("sizeArgIndex", U32),
        Key::optional("returnCopy", FLAG).nullable(),
        Key::optional("maxData", FLAG).nullable(),
        Key::optional("btfType", Shape::Text),
        Key::optional("btfTypeModule", Shape::Text),
    ],
};

static TYPES: Words = Words {
    name: "argument type",
    list: || {
        let types = ArgumentType::ALL.iter().map(|type_| type_.name());
        std::iter::once("auto").chain(types).collect()
    },
};
