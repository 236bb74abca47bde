use super::*;
use crate::source::SourceMap;

/// The expression of a text that stands in a source as `written`, or the finding about it, with
/// what is underlined.
fn read(written: &str, value: &str) -> Result<(Expression, SourceMap), (String, String)> {
    let mut sources = SourceMap::default();
    let before = "values: [";
    let source = sources.add("policy.yaml", format!("{before}{written}]"));
    let span = Span::new(source, before.len()..before.len() + written.len());
    let mut diagnostics = Diagnostics::default();
    let value = Spanned::new(value.to_owned(), span);
    if let Some(expression) = parse(&value, written, &mut diagnostics) {
        return Ok((expression, sources));
    }
    let list = diagnostics.into_sorted();
    let finding = &list[0].finding;
    Err((sources.slice(finding.span).to_owned(), finding.message.clone()))
}

/// The expression in prefix form, which shows what belongs to what.
fn outline(expression: &Expression) -> String {
    let all = |parts: &[Expression]| parts.iter().map(outline).collect::<Vec<_>>().join(" ");
    match &expression.kind {
        Kind::Integer(number) => number.to_string(),
        Kind::Unsigned(number) => format!("{number}u"),
        Kind::Boolean(value) => value.to_string(),
        Kind::OtherLiteral(what) => format!("<{what}>"),
        Kind::Name(name) => name.clone(),
        Kind::Unary { operator, operand } => format!("({:?} {})", operator.value, outline(operand)),
        Kind::Binary { operator, left, right } => {
            format!("({:?} {} {})", operator.value, outline(left), outline(right))
        }
        Kind::Conditional { condition, yes, no } => {
            format!("(If {} {} {})", outline(condition), outline(yes), outline(no))
        }
        Kind::Call { function, receiver: None, arguments } => {
            format!("({} {})", function.value, all(arguments))
        }
        Kind::Call { function, receiver: Some(on), arguments } => {
            format!("({} on {} {})", function.value, outline(on), all(arguments))
        }
        Kind::Select { operand, field } => format!("{}.{}", outline(operand), field.value),
        Kind::Index { operand, index } => format!("{}[{}]", outline(operand), outline(index)),
        Kind::List(items) => format!("[{}]", all(items)),
        Kind::Map => "{}".to_owned(),
    }
}

#[test]
fn operators_bind_as_the_language_says() {
    let cases = [
        ("a || b && c", "(Or a (And b c))"),
        ("a && b || c && d", "(Or (And a b) (And c d))"),
        ("a == b + c * d", "(Equal a (Add b (Multiply c d)))"),
        ("a - b - c", "(Subtract (Subtract a b) c)"),
        ("a < b == c", "(Equal (Less a b) c)"),
        ("(a || b) && c", "(And (Or a b) c)"),
        ("!a && -b < 1", "(And (Not a) (Less (Negate b) 1))"),
        ("!!a", "(Not (Not a))"),
        ("a ? b : c ? d : e", "(If a b (If c d e))"),
        ("a-1", "(Subtract a 1)"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("0x1F == 31u", "(Equal 31 31u)"),
        (
            "1.5 + 'x' + b'y' + null",
            "(Add (Add (Add <a number with a fraction> <a text>) <bytes>) <`null`>)",
        ),
        ("a.b.c(1, 2)[3]", "(c on a.b 1 2)[3]"),
        ("has(a.b) || x in [1, 2,]", "(Or (has a.b) (In x [1 2]))"),
        ("{1: 2, 'a': b} == T{f: 1}", "(Equal {} {})"),
        ("true // and so on", "true"),
        (".a", "a"),
    ];
    for (text, wanted) in cases {
        let (found, _) = read(text, text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        assert_eq!(outline(&found), wanted, "{text}");
    }
}

#[test]
fn a_part_is_underlined_inside_the_text() {
    for (written, value) in
        [("arg0 == 1", "arg0 == 1"), ("'arg0 == 1'", "arg0 == 1"), ("\"arg0 == 1\"", "arg0 == 1")]
    {
        let (expression, sources) = read(written, value).unwrap();
        let Kind::Binary { operator, right, .. } = &expression.kind else { panic!("{written}") };
        assert_eq!(sources.slice(expression.span), "arg0 == 1", "{written}");
        assert_eq!(sources.slice(operator.span), "==", "{written}");
        assert_eq!(sources.slice(right.span), "1", "{written}");
    }
}

#[test]
fn behind_an_escape_the_whole_value_is_underlined() {
    let (expression, sources) = read("\"\\x61rg0 == 1\"", "arg0 == 1").unwrap();
    assert_eq!(sources.slice(expression.span), "\"\\x61rg0 == 1\"");
}

#[test]
fn a_mistake_is_underlined_where_it_stands() {
    let cases = [
        ("arg0 = 1", "="),
        ("arg0 == ", "=="),
        ("(arg0 == 1", "1"),
        ("arg0 == 1)", ")"),
        ("arg0 and arg1", "and"),
        ("arg0 == 'open", "'open"),
        ("arg0 == 99999999999999999999", "99999999999999999999"),
        ("arg0 == 1x", "1x"),
        ("if == 1", "if"),
        ("a ? b", "b"),
        ("f(1 2)", "2"),
        ("", ""),
        ("§ == 1", "§"),
        ("a.1", ".1"),
    ];
    for (text, wanted) in cases {
        let (underlined, message) = read(text, text).expect_err(text);
        assert_eq!(underlined, wanted, "{text}: {message}");
    }
}

#[test]
fn deep_and_long_expressions_are_refused() {
    for text in [
        "(".repeat(100_000),
        "!".repeat(100_000),
        "[".repeat(100_000),
        "a?".repeat(100_000),
        vec!["a"; 100_000].join("+"),
        "a[".repeat(100_000),
        "a.b".repeat(100_000),
    ] {
        read(&text, &text).unwrap_err();
    }
}
