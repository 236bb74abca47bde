//! The JSON Schema (draft 7) of TracingPolicy, made from the schema that the parser uses.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::parse::yaml::schema::{Documentation, Key, Presence, Record, Shape, document};

/// The schema of `TracingPolicy` and `TracingPolicyNamespaced` documents, as JSON text.
pub fn policy() -> String {
    let mut definitions = BTreeMap::new();
    let mut schema = record(document(), &mut definitions);
    if let Some(kind) = schema.pointer_mut("/properties/kind") {
        *kind = with(kind.take(), "enum", json!(["TracingPolicy", "TracingPolicyNamespaced"]));
    }
    for (key, value) in [
        ("$schema", json!("http://json-schema.org/draft-07/schema#")),
        ("title", json!("Tetragon TracingPolicy")),
        ("allOf", json!([namespace()])),
        ("definitions", json!(definitions)),
    ] {
        schema = with(schema, key, value);
    }
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// A namespace belongs to the one kind and not to the other.
fn namespace() -> Value {
    let namespace = json!({ "required": ["namespace"] });
    json!({
        "if": { "properties": { "kind": { "const": "TracingPolicyNamespaced" } } },
        "then": { "properties": { "metadata": namespace } },
        "else": { "properties": { "metadata": { "not": namespace } } },
    })
}

/// Definitions by name; one that is being made stands as `null`.
type Definitions = BTreeMap<String, Value>;

/// A reference to the definition of a record, which is added when it is new.
fn reference(to: &'static Record, definitions: &mut Definitions) -> Value {
    let name = definition_name(to, definitions);
    if !definitions.contains_key(&name) {
        definitions.insert(name.clone(), Value::Null);
        let schema = record(to, definitions);
        definitions.insert(name.clone(), schema);
    }
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// A name such as `condition-on-binaries`. Records that are called the same are told apart by their
/// first keys.
fn definition_name(record: &'static Record, definitions: &Definitions) -> String {
    let words = record.name.trim_start_matches("a ").trim_start_matches("an ");
    let name = words.replace('`', "").replace(' ', "-");
    let first = record.names().next().unwrap_or_default();
    let is_taken = definitions.get(&name).is_some_and(|known| {
        known.pointer("/properties").is_some_and(|keys| keys.get(first).is_none())
    });
    if is_taken { format!("{name}-{first}") } else { name }
}

fn record(record: &'static Record, definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    for key in record.keys {
        let schema = property(key, record.documentation(key), definitions);
        properties.insert(key.name.to_owned(), schema);
    }
    let required: Vec<&str> = record
        .keys
        .iter()
        .filter(|key| key.presence == Presence::Required)
        .map(|key| key.name)
        .collect();
    let schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    // An empty list of required keys is not allowed everywhere.
    if required.is_empty() { schema } else { with(schema, "required", json!(required)) }
}

fn property(
    key: &Key,
    documentation: Option<Documentation>,
    definitions: &mut Definitions,
) -> Value {
    let mut schema = shape(&key.shape, definitions);
    if key.presence == Presence::Nullable {
        schema = json!({ "anyOf": [schema, { "type": "null" }] });
    }
    let Some(Documentation { text, default }) = documentation else { return schema };
    if schema.get("$ref").is_some() {
        // What stands beside a reference is not looked at.
        schema = json!({ "allOf": [schema] });
    }
    schema = with(schema, "description", json!(text));
    match default.and_then(|default| serde_json::from_str(default).ok()) {
        Some(default) => with(schema, "default", default),
        None => schema,
    }
}

fn shape(of: &Shape, definitions: &mut Definitions) -> Value {
    match of {
        Shape::Text => json!({ "type": "string" }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Integer { least, most } => {
            json!({ "type": "integer", "minimum": number(*least), "maximum": number(*most) })
        }
        Shape::Word(words) => json!({ "type": "string", "enum": (words.list)() }),
        Shape::List { of, most } => {
            let schema = json!({ "type": "array", "items": shape(of, definitions) });
            if *most == usize::MAX { schema } else { with(schema, "maxItems", json!(most)) }
        }
        Shape::Record(record) => reference(record, definitions),
        Shape::Dictionary(of) => {
            json!({ "type": "object", "additionalProperties": shape(of, definitions) })
        }
        Shape::Anything => json!({}),
    }
}

/// Every bound of the schema is a 64-bit number of either kind.
fn number(number: i128) -> Value {
    u64::try_from(number)
        .map(Value::from)
        .or_else(|_| i64::try_from(number).map(Value::from))
        .unwrap_or(Value::Null)
}

/// `schema` with one more key.
fn with(schema: Value, key: &str, value: Value) -> Value {
    let Value::Object(mut keys) = schema else { return schema };
    keys.insert(key.to_owned(), value);
    Value::Object(keys)
}
