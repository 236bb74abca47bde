//! The form for test reports of CI systems: `JUnit` XML, a suite a file, a test a finding.

use std::fmt::Write as _;

use super::json;
use crate::diagnostic::{Diagnostic, Severity, visible};
use crate::source::SourceMap;

/// The document. Findings at or above `fail_level` are failed tests, the others are passed tests
/// with output; a file without findings has one passed test, so that it is seen to be checked.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, fail_level: Severity) -> String {
    let mut suites = String::new();
    let mut first = 0;
    // Findings are ordered by source.
    for (id, source) in sources.iter() {
        let rest = diagnostics.get(first..).unwrap_or_default();
        let count = rest.iter().take_while(|it| it.finding.span.source == id).count();
        suites.push_str(&suite(
            &source.name,
            rest.get(..count).unwrap_or_default(),
            sources,
            fail_level,
        ));
        first += count;
    }
    let failures = failures(diagnostics, fail_level);
    let tests = suites.matches("<testcase ").count();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"writ\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n\
         {suites}</testsuites>\n"
    )
}

fn failures(diagnostics: &[Diagnostic], fail_level: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity >= fail_level).count()
}

fn suite(
    file: &str,
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    fail_level: Severity,
) -> String {
    let name = escaped(file);
    let tests = diagnostics.len().max(1);
    let failures = failures(diagnostics, fail_level);
    let mut text = format!(
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    if diagnostics.is_empty() {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(
            text,
            "    <testcase name=\"no findings\" classname=\"{name}\" file=\"{name}\"/>"
        );
    }
    for diagnostic in diagnostics {
        test(&mut text, &name, diagnostic, sources, fail_level);
    }
    text.push_str("  </testsuite>\n");
    text
}

fn test(
    text: &mut String,
    file: &str,
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    fail_level: Severity,
) {
    let (line, column) = sources.line_column(diagnostic.finding.span);
    let code = diagnostic.code;
    let _ = writeln!(
        text,
        "    <testcase name=\"{} {} ({line}:{column})\" classname=\"{file}\" file=\"{file}\" \
         line=\"{line}\">",
        code.id, code.name
    );
    let severity = json::severity(diagnostic.severity);
    let message = escaped(&diagnostic.finding.message);
    let details = escaped(&details(diagnostic, line, column));
    let _ = if diagnostic.severity >= fail_level {
        writeln!(
            text,
            "      <failure type=\"{severity}\" message=\"{message}\">{file}:{details}</failure>"
        )
    } else {
        writeln!(text, "      <system-out>{file}:{details}</system-out>")
    };
    text.push_str("    </testcase>\n");
}

fn details(diagnostic: &Diagnostic, line: usize, column: usize) -> String {
    let finding = &diagnostic.finding;
    let severity = json::severity(diagnostic.severity);
    let doubt = super::doubt(finding.certainty);
    let mut text = format!("{line}:{column}: {severity}: {}{doubt}", finding.message);
    for (word, lines) in [("help", &finding.help), ("note", &finding.notes)] {
        for line in lines {
            let _ = write!(text, "\n{word}: {line}");
        }
    }
    if !finding.kernels.is_empty() {
        let _ = write!(text, "\non {}", finding.kernels.join(", "));
    }
    text
}

/// `text` in XML, in which most control characters cannot stand at all, not even escaped. Line ends
/// are escaped, since those of attributes would be read as blanks.
fn escaped(text: &str) -> String {
    let mut xml = String::new();
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push_str("&#10;"),
            '\t' => xml.push_str("&#9;"),
            '\r' => xml.push_str("&#13;"),
            '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            control if u32::from(control) < 0x20 => xml.push('\u{fffd}'),
            unseen if visible::is_unsafe(unseen) => {
                let _ = write!(xml, "&#{};", u32::from(unseen));
            }
            other => xml.push(other),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Finding, code};
    use crate::source::Span;

    #[test]
    fn findings_fail_from_the_level_on_and_clean_files_pass() {
        let mut sources = SourceMap::default();
        let source = sources.add("a&b.yaml", "k: v\n");
        sources.add("clean.yaml", "");
        let mut diagnostics = Diagnostics::default();
        let at = |range| Finding::at(Span::new(source, range), "<\"x\u{1}\">");
        diagnostics.add(&code::UNKNOWN_KEY, at(0..1));
        diagnostics.add(&code::HOT_HOOK, at(3..4).help(Some("do".into())));
        let text = render(&diagnostics.into_sorted(), &sources, Severity::Error);
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="writ" tests="3" failures="1" errors="0">
  <testsuite name="a&amp;b.yaml" tests="2" failures="1" errors="0">
    <testcase name="TP0108 unknown-key (1:1)" classname="a&amp;b.yaml" file="a&amp;b.yaml" line="1">
      <failure type="error" message="&lt;&quot;x\u{1}&quot;&gt;">a&amp;b.yaml:1:1: error: &lt;&quot;x\u{1}&quot;&gt;</failure>
    </testcase>
    <testcase name="TP0914 hot-hook (1:4)" classname="a&amp;b.yaml" file="a&amp;b.yaml" line="1">
      <system-out>a&amp;b.yaml:1:4: warning: &lt;&quot;x\u{1}&quot;&gt;&#10;help: do</system-out>
    </testcase>
  </testsuite>
  <testsuite name="clean.yaml" tests="1" failures="0" errors="0">
    <testcase name="no findings" classname="clean.yaml" file="clean.yaml"/>
  </testsuite>
</testsuites>
"#;
        assert_eq!(text, expected);
    }
}
