//! Expressions of the Common Expression Language: the text of `CelExpr` to [`Expression`].
//!
//! All of CEL's syntax is read, so that what no engine runs can be named by who checks types. The
//! grammar is that of the language's definition; comprehension macros are calls like any other.

mod token;

use std::ops::Range;

use crate::diagnostic::{Diagnostics, Finding, code};
use crate::policy::cel::{BinaryOperator, Expression, Kind, UnaryOperator};
use crate::source::{Span, Spanned};
use token::{Token, TokenKind, tokens};

/// Tokens of one expression. It bounds how deep an expression of many equal operators becomes.
const TOKENS_MAX: usize = 1000;

/// Parentheses, calls and prefixes inside one another. The reference implementation allows 250.
const DEPTH_MAX: usize = 64;

/// Words that CEL keeps for other languages' sake.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Reads an expression. `written` is how the text stands in its source, quotes and escapes included:
/// the source's text under `text.span`.
///
/// Spans point inside the text where it stands as it is, or in quotes without escapes; otherwise
/// each of them is the whole text's.
///
/// `None` when it reported a mistake.
pub fn parse(
    text: &Spanned<String>,
    written: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let mut reader = Reader {
        text: &text.value,
        places: Places::new(text, written),
        tokens: tokens(&text.value, TOKENS_MAX + 1),
        at: 0,
        depth: 0,
    };
    match reader.whole() {
        Ok(expression) => Some(expression),
        Err(finding) => {
            diagnostics.add(&code::CEL_SYNTAX, *finding);
            None
        }
    }
}

/// From bytes of the expression to the source.
#[derive(Debug, Clone, Copy)]
struct Places {
    whole: Span,
    /// Where the expression's first byte stands in the source; `None` when escapes or folded lines
    /// move what is behind them.
    first: Option<u32>,
}

impl Places {
    fn new(text: &Spanned<String>, written: &str) -> Self {
        let inside = |quote: char| written.strip_prefix(quote)?.strip_suffix(quote);
        let first = if written == text.value {
            Some(text.span.start)
        } else {
            ['"', '\'']
                .into_iter()
                .find_map(inside)
                .filter(|inside| *inside == text.value)
                .map(|_| text.span.start.saturating_add(1))
        };
        Self { whole: text.span, first }
    }

    fn span(self, range: Range<usize>) -> Span {
        let Some(first) = self.first else { return self.whole };
        let offset = |at: usize| first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
        Span { start: offset(range.start), end: offset(range.end), ..self.whole }
    }
}

/// Reads tokens from left to right.
struct Reader<'a> {
    text: &'a str,
    places: Places,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// A part of an expression, or what is wrong with it.
type Read<T> = Result<T, Box<Finding>>;

impl<'a> Reader<'a> {
    fn whole(&mut self) -> Read<Expression> {
        if self.tokens.len() > TOKENS_MAX {
            return Err(too_large(self.places.whole, "longer than 1000 words and signs"));
        }
        if self.tokens.is_empty() {
            return Err(Box::new(
                Finding::at(self.places.whole, "the expression is empty")
                    .label("nothing to decide")
                    .help("write an expression such as `arg0 == 1`".to_owned()),
            ));
        }
        let expression = self.expression()?;
        if self.tokens.get(self.at).is_some() {
            return Err(self.unexpected("an operator"));
        }
        Ok(expression)
    }

    /// `a ? b : c`, or anything that binds more tightly.
    fn expression(&mut self) -> Read<Expression> {
        self.deeper(|reader| {
            let condition = reader.binary(0)?;
            if !reader.take("?") {
                return Ok(condition);
            }
            let yes = reader.binary(0)?;
            reader.expect(":", "`:` and what holds otherwise")?;
            let no = reader.expression()?;
            let span = condition.span.to(no.span);
            let (condition, yes, no) = (Box::new(condition), Box::new(yes), Box::new(no));
            Ok(Expression { span, kind: Kind::Conditional { condition, yes, no } })
        })
    }

    /// Operators between two operands that bind at least as tightly as `least`; those of one
    /// strength from left to right.
    fn binary(&mut self, least: u8) -> Read<Expression> {
        let mut left = self.unary()?;
        while let Some((operator, strength)) = self.peek().and_then(binary_operator)
            && strength >= least
        {
            let operator = Spanned::new(operator, self.span_here());
            self.at += 1;
            let right = self.binary(strength + 1)?;
            let span = left.span.to(right.span);
            let (boxed, right) = (Box::new(left), Box::new(right));
            left = Expression { span, kind: Kind::Binary { operator, left: boxed, right } };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Read<Expression> {
        let operator = match self.peek() {
            Some("!") => UnaryOperator::Not,
            Some("-") => UnaryOperator::Negate,
            _ => return self.member(),
        };
        let operator = Spanned::new(operator, self.span_here());
        let is_number =
            self.tokens.get(self.at + 1).is_some_and(|next| next.kind == TokenKind::Integer);
        self.at += 1;
        if operator.value == UnaryOperator::Negate && is_number {
            let number = self.integer("-")?;
            let span = operator.span.to(number.span);
            return self.members(Expression { span, ..number });
        }
        let operand = self.deeper(Self::unary)?;
        let span = operator.span.to(operand.span);
        Ok(Expression { span, kind: Kind::Unary { operator, operand: Box::new(operand) } })
    }

    fn member(&mut self) -> Read<Expression> {
        let first = self.primary()?;
        self.members(first)
    }

    /// What follows a value: `.field`, `.method(a)`, `[index]`.
    fn members(&mut self, first: Expression) -> Read<Expression> {
        let mut operand = first;
        loop {
            let start = operand.span;
            let kind = if self.take(".") {
                let name = self.name("the name of a field")?;
                if self.take("(") {
                    let arguments = self.list(")")?;
                    Kind::Call { function: name, receiver: Some(Box::new(operand)), arguments }
                } else {
                    Kind::Select { operand: Box::new(operand), field: name }
                }
            } else if self.take("[") {
                let index = Box::new(self.expression()?);
                self.expect("]", "`]`")?;
                Kind::Index { operand: Box::new(operand), index }
            } else {
                return Ok(operand);
            };
            operand = Expression { span: start.to(self.span_before()), kind };
        }
    }

    fn primary(&mut self) -> Read<Expression> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(self.unexpected("a value"));
        };
        let word = self.peek().unwrap_or("");
        let span = self.span_here();
        match token.kind {
            TokenKind::Integer => self.integer(""),
            TokenKind::Unsigned => self.unsigned(),
            TokenKind::Fraction => Ok(self.literal(Kind::OtherLiteral("a number with a fraction"))),
            TokenKind::Text => Ok(self.literal(Kind::OtherLiteral("a text"))),
            TokenKind::Bytes => Ok(self.literal(Kind::OtherLiteral("bytes"))),
            TokenKind::OpenText => Err(Box::new(
                Finding::at(span, "a text in the expression is not closed")
                    .label("its closing quote is missing"),
            )),
            TokenKind::Word => match word {
                "true" => Ok(self.literal(Kind::Boolean(true))),
                "false" => Ok(self.literal(Kind::Boolean(false))),
                "null" => Ok(self.literal(Kind::OtherLiteral("`null`"))),
                "in" => Err(self.unexpected("a value")),
                _ => self.named(),
            },
            TokenKind::Sign => match word {
                "(" => self.parenthesised(),
                "[" => {
                    self.at += 1;
                    let items = self.list("]")?;
                    Ok(Expression { span: span.to(self.span_before()), kind: Kind::List(items) })
                }
                "{" => self.map(span),
                "." => {
                    self.at += 1;
                    let named = self.named()?;
                    Ok(Expression { span: span.to(named.span), ..named })
                }
                _ => Err(self.unexpected("a value")),
            },
        }
    }

    fn parenthesised(&mut self) -> Read<Expression> {
        let opening = self.span_here();
        self.at += 1;
        let inner = self.expression()?;
        self.expect(")", "`)`")?;
        Ok(Expression { span: opening.to(self.span_before()), ..inner })
    }

    /// A name, a call of a function, or a message such as `Name{field: value}`.
    fn named(&mut self) -> Read<Expression> {
        let name = self.name("a value")?;
        if self.take("(") {
            let arguments = self.list(")")?;
            let span = name.span.to(self.span_before());
            let kind = Kind::Call { function: name, receiver: None, arguments };
            return Ok(Expression { span, kind });
        }
        if self.peek() == Some("{") {
            return self.map(name.span);
        }
        Ok(Expression { span: name.span, kind: Kind::Name(name.value) })
    }

    /// `{a: b}`, whose parts nothing asks for.
    fn map(&mut self, start: Span) -> Read<Expression> {
        self.at += 1;
        while !self.take("}") {
            self.expression()?;
            self.expect(":", "`:` and a value")?;
            self.expression()?;
            if !self.take(",") {
                self.expect("}", "`,` or `}`")?;
                break;
            }
        }
        Ok(Expression { span: start.to(self.span_before()), kind: Kind::Map })
    }

    /// Expressions up to `closing`, which may follow a last comma.
    fn list(&mut self, closing: &str) -> Read<Vec<Expression>> {
        let mut items = Vec::new();
        while !self.take(closing) {
            items.push(self.expression()?);
            if !self.take(",") {
                self.expect(closing, &format!("`,` or `{closing}`"))?;
                break;
            }
        }
        Ok(items)
    }

    fn name(&mut self, wanted: &str) -> Read<Spanned<String>> {
        let is_word = self.tokens.get(self.at).is_some_and(|token| token.kind == TokenKind::Word);
        let Some(word) = self.peek().filter(|_| is_word) else {
            return Err(self.unexpected(wanted));
        };
        let name = Spanned::new(word.to_owned(), self.span_here());
        if RESERVED.contains(&word) {
            return Err(Box::new(
                Finding::at(name.span, format!("`{word}` cannot be a name in an expression"))
                    .label("a word that CEL reserves"),
            ));
        }
        self.at += 1;
        Ok(name)
    }

    fn integer(&mut self, sign: &str) -> Read<Expression> {
        let (span, digits) = (self.span_here(), self.peek().unwrap_or(""));
        let number = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            Some(digits) => i64::from_str_radix(&format!("{sign}{digits}"), 16),
            None => format!("{sign}{digits}").parse(),
        };
        match number {
            Ok(number) => Ok(self.literal(Kind::Integer(number))),
            Err(_) => Err(no_number(digits, span, "an integer of 64 bits")),
        }
    }

    fn unsigned(&mut self) -> Read<Expression> {
        let (span, written) = (self.span_here(), self.peek().unwrap_or(""));
        let digits = written.trim_end_matches(['u', 'U']);
        let number = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        match number {
            Ok(number) => Ok(self.literal(Kind::Unsigned(number))),
            Err(_) => Err(no_number(written, span, "an unsigned integer of 64 bits")),
        }
    }

    fn literal(&mut self, kind: Kind) -> Expression {
        let span = self.span_here();
        self.at += 1;
        Expression { span, kind }
    }

    /// Goes one level in.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEPTH_MAX {
            return Err(too_large(self.span_here(), "nested deeper than 64 levels"));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn peek(&self) -> Option<&'a str> {
        self.text.get(self.tokens.get(self.at)?.range.clone())
    }

    fn take(&mut self, sign: &str) -> bool {
        let is_it = self.peek() == Some(sign);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, sign: &str, wanted: &str) -> Read<()> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    /// Where the next token stands; at the end, the last one.
    fn span_here(&self) -> Span {
        match self.tokens.get(self.at).or(self.tokens.last()) {
            Some(token) => self.places.span(token.range.clone()),
            None => self.places.whole,
        }
    }

    /// Where the token stands that was read last.
    fn span_before(&self) -> Span {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or(self.places.whole, |token| self.places.span(token.range.clone()))
    }

    fn unexpected(&self, wanted: &str) -> Box<Finding> {
        let Some(found) = self.peek() else {
            return Box::new(
                Finding::at(self.span_before(), "the expression ends too early")
                    .label(format!("{wanted} should follow")),
            );
        };
        let shown: String = found.chars().take(40).collect();
        let message = format!("expected {wanted} in the expression, found `{shown}`");
        Box::new(
            Finding::at(self.span_here(), message)
                .label("not expected here")
                .help(instead(found).map(|instead| format!("write `{instead}`"))),
        )
    }
}

/// What CEL writes for a sign or word of other languages.
fn instead(found: &str) -> Option<&'static str> {
    match found {
        "=" => Some("=="),
        "&" | "and" | "AND" => Some("&&"),
        "|" | "or" | "OR" => Some("||"),
        "not" | "NOT" | "~" => Some("!"),
        "<>" => Some("!="),
        _ => None,
    }
}

/// The operator with this sign, and how tightly it binds.
fn binary_operator(sign: &str) -> Option<(BinaryOperator, u8)> {
    Some(match sign {
        "||" => (BinaryOperator::Or, 0),
        "&&" => (BinaryOperator::And, 1),
        "==" => (BinaryOperator::Equal, 2),
        "!=" => (BinaryOperator::NotEqual, 2),
        "<" => (BinaryOperator::Less, 2),
        "<=" => (BinaryOperator::LessOrEqual, 2),
        ">" => (BinaryOperator::Greater, 2),
        ">=" => (BinaryOperator::GreaterOrEqual, 2),
        "in" => (BinaryOperator::In, 2),
        "+" => (BinaryOperator::Add, 3),
        "-" => (BinaryOperator::Subtract, 3),
        "*" => (BinaryOperator::Multiply, 4),
        "/" => (BinaryOperator::Divide, 4),
        "%" => (BinaryOperator::Remainder, 4),
        _ => return None,
    })
}

fn no_number(written: &str, span: Span, wanted: &str) -> Box<Finding> {
    let shown: String = written.chars().take(40).collect();
    Box::new(
        Finding::at(span, format!("`{shown}` is no number of the expression language"))
            .label(format!("not {wanted}"))
            .help("write `7`, `0x1f`, or `7u` for an unsigned number".to_owned()),
    )
}

fn too_large(span: Span, what: &str) -> Box<Finding> {
    Box::new(
        Finding::at(span, format!("the expression is {what}"))
            .label("too much")
            .help("use several conditions or selectors".to_owned()),
    )
}

#[cfg(test)]
mod tests;
