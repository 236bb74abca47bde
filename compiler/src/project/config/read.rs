//! From TOML to a [`Config`], with every mistake reported.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::value::{self, Reader, Value};
use super::{Budgets, Config, PathRules};
use crate::diagnostic::{Diagnostics, Finding, Severity, code, did_you_mean};
use crate::engine::Engine;
use crate::kernel::Way;
use crate::project::level::{Level, Levels, Rules};
use crate::project::pattern::Patterns;
use crate::source::{SourceId, SourceMap, Span};

pub(super) const TOP: [&str; 8] =
    ["kernels", "engine", "fail-level", "baseline", "rules", "path", "budgets", "attach"];
pub(super) const PATH: [&str; 3] = ["files", "exclude", "rules"];
pub(super) const BUDGETS: [&str; 4] =
    ["max-instructions", "max-path", "max-image-bytes", "max-load"];
const FAIL_LEVELS: [&str; 3] = ["error", "warning", "note"];

/// Reads the `writ.toml` in `source`. What is wrong is reported and left out, so that the rest still
/// holds and one run shows every mistake.
pub fn read(source: SourceId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Config {
    let Some(found) = sources.get(source) else { return Config::default() };
    let (table, errors) = DeTable::parse_recoverable(&found.text);
    let mut reader =
        Reader { source, found, engine: Engine::default(), broken: Vec::new(), diagnostics };
    for error in errors {
        reader.syntax(error.message(), error.span());
    }
    reader.config(table.get_ref())
}

impl Reader<'_> {
    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let engine = table.iter().find(|(key, _)| key.get_ref() == "engine");
        let engine = engine.and_then(|(_, value)| Engine::from_name(value.get_ref().as_str()?));
        self.engine = engine.unwrap_or_default();
        let mut config = Config::default();
        for (key, value) in table {
            let value = self.value(key, value);
            match value.key {
                "kernels" => config.kernels = self.texts(value, "kernels"),
                "engine" => {
                    let word = self.word(value, &Engine::NAMES.map(|(name, _)| name));
                    config.engine = word.and_then(|word| Engine::from_name(&word.value));
                }
                "fail-level" => {
                    let word = self.word(value, &FAIL_LEVELS);
                    config.fail_level = word.and_then(|word| severity(&word.value));
                }
                "baseline" => config.baseline = self.text(value, "the path of a file"),
                "rules" => config.rules = self.rules(value),
                "path" => config.paths = self.paths(value),
                "budgets" => config.budgets = self.budgets(value),
                "attach" => config.attach = self.attach(value),
                _ => self.unknown(value, &TOP, "writ.toml"),
            }
        }
        config
    }

    fn rules(&mut self, value: Value<'_>) -> Levels {
        let mut levels = Levels::default();
        let Some(table) = self.table(value, "a table of rules and their levels") else {
            return levels;
        };
        let mut places = Vec::new();
        for (key, value) in table {
            let value = self.value(key, value);
            let Some(rules) = Rules::find(value.key) else {
                self.unknown_rule(value);
                continue;
            };
            let Some(word) = self.word(value, &Level::WORDS) else { continue };
            let Some(level) = Level::of(&word.value) else { continue };
            if let Some((_, first)) = places.iter().find(|(known, _)| *known == rules) {
                self.twice(value, *first);
                continue;
            }
            self.lowered(value, rules, level);
            places.push((rules, value.key_span));
            levels.set(rules, level);
        }
        levels
    }

    fn paths(&mut self, value: Value<'_>) -> Vec<PathRules> {
        let wanted = "a list of tables, each written as `[[path]]`";
        let Some(items) = self.list(value, wanted) else { return Vec::new() };
        let items: Vec<_> = items.into_iter().map(|item| self.path(item)).collect();
        items.into_iter().flatten().collect()
    }

    fn path(&mut self, value: Value<'_>) -> Option<PathRules> {
        let table = self.table(value, "a table with `files`")?;
        let (mut files, mut exclude, mut rules) = (None, None, Levels::default());
        let mut has_files = false;
        for (key, value) in table {
            let value = self.value(key, value);
            match value.key {
                "files" => {
                    has_files = true;
                    files = self.patterns(value);
                }
                "exclude" => {
                    let is_excluded = self.truth(value) == Some(true);
                    exclude = is_excluded.then_some(value.key_span);
                }
                "rules" => rules = self.rules(value),
                _ => self.unknown(value, &PATH, "[[path]]"),
            }
        }
        if !has_files {
            let help =
                "add `files = [\"…\"]`, with patterns of the paths that are meant".to_owned();
            self.wrong(
                value.span,
                "a `[[path]]` does not say which `files` it is about".into(),
                help,
            );
        }
        Some(PathRules { files: files?, exclude, rules })
    }

    fn patterns(&mut self, value: Value<'_>) -> Option<Patterns> {
        let texts = self.texts(value, "patterns of paths")?;
        let list: Vec<&str> = texts.iter().map(|text| text.value.as_str()).collect();
        let wrong = match Patterns::new(&list) {
            Ok(patterns) => return Some(patterns),
            Err(wrong) => wrong,
        };
        for (at, why) in wrong {
            let Some(text) = texts.get(at) else { continue };
            let message = format!("the pattern `{}` cannot be read: {why}", text.value);
            let help = "`*` stands for any name, `**` for any folders, `{a,b}` for either";
            self.wrong(text.span, message, help.to_owned());
        }
        None
    }

    fn budgets(&mut self, value: Value<'_>) -> Budgets {
        let mut budgets = Budgets::default();
        let Some(table) = self.table(value, "a table of budgets") else { return budgets };
        for (key, value) in table {
            let value = self.value(key, value);
            match value.key {
                "max-instructions" => budgets.max_instructions = self.number(value),
                "max-path" => budgets.max_path = self.number(value),
                "max-image-bytes" => budgets.max_image_bytes = self.number(value),
                "max-load" => budgets.max_load = self.number(value),
                _ => self.unknown(value, &BUDGETS, "[budgets]"),
            }
        }
        budgets
    }

    fn attach(&mut self, value: Value<'_>) -> BTreeMap<String, Way> {
        let mut ways = BTreeMap::new();
        let wanted = "a table of hooks and the ways to attach them";
        let Some(table) = self.table(value, wanted) else { return ways };
        for (key, value) in table {
            let value = self.value(key, value);
            let Some(word) = self.word(value, &Way::ALL.map(Way::name)) else { continue };
            ways.extend(Way::from_name(&word.value).map(|way| (value.key.to_owned(), way)));
        }
        ways
    }

    fn syntax(&mut self, message: &str, range: Option<std::ops::Range<usize>>) {
        let length = self.found.text.len();
        let range = range.unwrap_or(0..length);
        let line = |offset: usize| self.found.lines.number(offset.min(length));
        self.broken.push((line(range.start), line(range.end)));
        self.diagnostics.error(
            &code::CONFIG_SYNTAX,
            Finding::at(self.span(range), "the text is not well-formed TOML").label(message),
        );
    }

    fn unknown(&mut self, value: Value<'_>, legal: &[&str], place: &str) {
        let all = legal.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let near = did_you_mean(value.key, legal.iter().copied());
        let help = near.unwrap_or_else(|| format!("there are {all}"));
        let message = format!("`{place}` has no setting `{}`", value.key);
        self.diagnostics.error(
            &code::UNKNOWN_SETTING,
            Finding::at(value.key_span, message).label("means nothing here").help(help),
        );
    }

    fn unknown_rule(&mut self, value: Value<'_>) {
        let help = Rules::near(value.key)
            .unwrap_or_else(|| "`writ explain --list` has all codes and their names".to_owned());
        self.diagnostics.error(
            &code::UNKNOWN_RULE,
            Finding::at(value.key_span, format!("there is no rule `{}`", value.key))
                .label("neither a code nor the name of one")
                .help(help),
        );
    }

    fn lowered(&mut self, value: Value<'_>, rules: Rules, level: Level) {
        let Rules::One(code) = rules else { return };
        // What Tetragon accepts is a warning there, whatever it is here.
        let stops = code.severity == Severity::Error && self.engine == Engine::Writ;
        if !stops || level == Level::Error {
            return;
        }
        self.diagnostics.add(
            &code::LOWERED_ERROR,
            Finding::at(value.span, format!("`{}` is an error, and stays one", code.name))
                .label("cannot be lowered")
                .help("take this line out, and mend or exclude what cannot be compiled".to_owned()),
        );
    }

    fn twice(&mut self, value: Value<'_>, first: Span) {
        let message = format!("`{}` is given a level twice", value.key);
        let finding = Finding::at(value.key_span, message).label("again here");
        value::wrong(finding.also(first, "first here"), self.diagnostics);
    }
}

fn severity(word: &str) -> Option<Severity> {
    Level::of(word).and_then(Level::severity)
}

/// The word for the type of a value, for messages.
pub(super) fn type_word(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
