//! The life of a session and who answers which message.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    HoverProviderCapability, InitializeParams, InitializeResult, MessageType, OneOf,
    PositionEncodingKind, PublishDiagnosticsParams, ServerCapabilities, ServerInfo,
    ShowMessageParams, TextDocumentSyncCapability, TextDocumentSyncKind,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::document::Document;
use super::position::Encoding;
use super::session::Session;
use super::transport::Incoming;
use super::{action, answer};
use crate::cli::ExitCode;
use crate::parse::Language;

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Before `initialize`.
    New,
    Running,
    /// After `shutdown`: only `exit` may follow.
    ShutDown,
    Ended(ExitCode),
}

/// A language server, apart from reading and writing.
#[derive(Debug)]
pub(super) struct Server {
    state: State,
    session: Session,
    /// What `--kernel` said.
    kernels: Option<String>,
    /// Whether the client can tell when files change.
    watches_files: bool,
    outgoing: Vec<Message>,
}

impl Server {
    pub(super) fn new(kernels: Option<String>) -> Self {
        let session = Session::default();
        Self { state: State::New, session, kernels, watches_files: false, outgoing: Vec::new() }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    /// Takes in the messages that are waiting, and gives those to send.
    pub(super) fn take(&mut self, batch: Vec<Incoming>) -> Vec<Message> {
        let cancelled = cancelled(&batch);
        for incoming in batch {
            match incoming {
                Incoming::Message(Message::Request(request)) if cancelled.contains(&request.id) => {
                    let message = "cancelled".to_owned();
                    self.fail(request.id, ErrorCode::RequestCanceled, message);
                }
                Incoming::Message(Message::Request(request)) => self.request(request),
                Incoming::Message(Message::Notification(notification)) => {
                    self.notification(notification);
                }
                // We ask the client nothing that needs an answer.
                Incoming::Message(Message::Response(_)) => {}
                Incoming::Malformed(why) => self.log(format!("not a message: {why}")),
            }
        }
        if self.state == State::Running {
            let news = self.guarded(Session::news);
            for params in news.into_iter().flatten() {
                self.publish(params);
            }
            for failure in std::mem::take(&mut self.session.failures) {
                self.show(format!("writ: {failure}"));
            }
        }
        std::mem::take(&mut self.outgoing)
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        match (self.state, method.as_str()) {
            (State::New, "initialize") => return self.initialize(id, params),
            (State::New, _) => {
                let why = "`initialize` comes first".to_owned();
                return self.fail(id, ErrorCode::ServerNotInitialized, why);
            }
            (State::ShutDown | State::Ended(_), _) | (State::Running, "initialize") => {
                let why = format!("`{method}` is not expected now");
                return self.fail(id, ErrorCode::InvalidRequest, why);
            }
            (State::Running, _) => {}
        }
        match method.as_str() {
            "shutdown" => {
                self.state = State::ShutDown;
                self.outgoing.push(Response::new_ok(id, Value::Null).into());
            }
            "textDocument/hover" => self.answer(id, params, |s, p| answer::hover(s, &p)),
            "textDocument/completion" => self.answer(id, params, |s, p| answer::completion(s, &p)),
            "textDocument/definition" => self.answer(id, params, |s, p| answer::definition(s, &p)),
            "textDocument/formatting" => self.answer(id, params, |s, p| answer::formatting(s, &p)),
            "textDocument/codeAction" => self.answer(id, params, |s, p| action::actions(s, &p)),
            _ => self.fail(id, ErrorCode::MethodNotFound, format!("there is no `{method}`")),
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        if method == "exit" {
            let is_expected = self.state == State::ShutDown;
            let code = if is_expected { ExitCode::Clean } else { ExitCode::Findings };
            self.state = State::Ended(code);
        }
        if self.state != State::Running {
            return;
        }
        match method.as_str() {
            "textDocument/didOpen" => self.did(params, open),
            "textDocument/didChange" => self.did(params, change),
            "textDocument/didClose" => {
                self.did(params.clone(), |session, params: DidCloseTextDocumentParams| {
                    session.close(&params.text_document.uri);
                });
                self.unpublish(params);
            }
            "initialized" if self.watches_files => self.watch_settings(),
            "workspace/didChangeWatchedFiles" | "workspace/didChangeConfiguration" => {
                self.guarded(Session::refresh);
            }
            _ => {}
        }
    }

    /// Asks to be told when a `writ.toml` changes.
    fn watch_settings(&mut self) {
        let watchers =
            json!([{ "globPattern": "**/writ.toml" }, { "globPattern": "**/*.wprofile" }]);
        let method = "workspace/didChangeWatchedFiles";
        let options = json!({ "watchers": watchers });
        let registration =
            json!({ "id": "settings", "method": method, "registerOptions": options });
        self.outgoing.push(
            Request {
                id: RequestId::from("watch-settings".to_owned()),
                method: "client/registerCapability".to_owned(),
                params: json!({ "registrations": [registration] }),
            }
            .into(),
        );
    }

    fn initialize(&mut self, id: RequestId, params: Value) {
        let params: InitializeParams = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => return self.fail(id, ErrorCode::InvalidParams, error.to_string()),
        };
        self.session.encoding = encoding(&params);
        self.watches_files = watches_files(&params);
        let options = params.initialization_options.unwrap_or_default();
        let kernels = options.get("kernels").and_then(kernel_list).or_else(|| self.kernels.clone());
        self.session.checker.asked = kernels;
        if let Err(failure) = self.session.checker.warm_up() {
            self.show(format!("writ: {failure}; `--kernel` and the client's kernels are ignored"));
        }
        self.state = State::Running;
        let result = InitializeResult {
            capabilities: capabilities(self.session.encoding),
            server_info: Some(ServerInfo {
                name: "writ".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        self.outgoing.push(ok(id, &result));
    }

    /// Answers a request, unless its parameters make no sense.
    fn answer<P: DeserializeOwned, R: Serialize>(
        &mut self,
        id: RequestId,
        params: Value,
        ask: impl FnOnce(&mut Session, P) -> R,
    ) {
        let params = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => return self.fail(id, ErrorCode::InvalidParams, error.to_string()),
        };
        match self.guarded(|session| ask(session, params)) {
            Some(result) => self.outgoing.push(ok(id, &result)),
            None => self.fail(id, ErrorCode::InternalError, "this is a bug in writ".to_owned()),
        }
    }

    fn did<P: DeserializeOwned>(&mut self, params: Value, act: impl FnOnce(&mut Session, P)) {
        match serde_json::from_value(params) {
            Ok(params) => {
                self.guarded(|session| act(session, params));
            }
            Err(error) => self.log(format!("a notification makes no sense: {error}")),
        }
    }

    /// A defect in one answer must not take the editor's session with it.
    fn guarded<R>(&mut self, act: impl FnOnce(&mut Session) -> R) -> Option<R> {
        catch_unwind(AssertUnwindSafe(|| act(&mut self.session))).ok()
    }

    fn publish(&mut self, params: PublishDiagnosticsParams) {
        self.notify("textDocument/publishDiagnostics", params);
    }

    /// A closed document has no findings.
    fn unpublish(&mut self, params: Value) {
        if let Ok(params) = serde_json::from_value::<DidCloseTextDocumentParams>(params) {
            self.publish(PublishDiagnosticsParams::new(params.text_document.uri, Vec::new(), None));
        }
    }

    fn show(&mut self, message: String) {
        self.notify("window/showMessage", ShowMessageParams { typ: MessageType::ERROR, message });
    }

    fn log(&mut self, message: String) {
        self.notify("window/logMessage", ShowMessageParams { typ: MessageType::WARNING, message });
    }

    fn notify(&mut self, method: &str, params: impl Serialize) {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.outgoing.push(Notification { method: method.to_owned(), params }.into());
    }

    fn fail(&mut self, id: RequestId, code: ErrorCode, why: String) {
        self.outgoing.push(Response::new_err(id, code as i32, why).into());
    }
}

fn ok(id: RequestId, result: &impl Serialize) -> Message {
    let result = serde_json::to_value(result).unwrap_or_default();
    Response { id, response_result: Ok(result) }.into()
}

/// The requests of a batch that the client does not want any more.
fn cancelled(batch: &[Incoming]) -> Vec<RequestId> {
    let notifications = batch.iter().filter_map(|incoming| match incoming {
        Incoming::Message(Message::Notification(notification)) => Some(notification),
        Incoming::Message(Message::Request(_) | Message::Response(_)) | Incoming::Malformed(_) => {
            None
        }
    });
    notifications
        .filter(|notification| notification.method == "$/cancelRequest")
        .filter_map(|notification| {
            serde_json::from_value(notification.params.get("id")?.clone()).ok()
        })
        .collect()
}

fn open(session: &mut Session, params: DidOpenTextDocumentParams) {
    let item = params.text_document;
    let language = match item.language_id.as_str() {
        "writ" => Language::Writ,
        _ => Language::of(item.uri.as_str()),
    };
    session.open(item.uri, Document::new(language, item.version, item.text));
}

fn change(session: &mut Session, params: DidChangeTextDocumentParams) {
    let encoding = session.encoding;
    if let Some(document) = session.document_mut(&params.text_document.uri) {
        document.change(params.text_document.version, params.content_changes, encoding);
    }
}

/// `"6.1,6.12"` or `["6.1", "6.12"]`.
fn kernel_list(value: &Value) -> Option<String> {
    let words = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    let joined = words.collect::<Vec<_>>().join(",");
    value.as_str().map(str::to_owned).or_else(|| (!joined.is_empty()).then_some(joined))
}

/// UTF-8 where the client can do it, since we count so ourselves.
fn encoding(params: &InitializeParams) -> Encoding {
    let general = params.capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_ref());
    let has_utf8 = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
    if has_utf8 { Encoding::Utf8 } else { Encoding::Utf16 }
}

fn watches_files(params: &InitializeParams) -> bool {
    let workspace = params.capabilities.workspace.as_ref();
    let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
    watched.is_some_and(|watched| watched.dynamic_registration == Some(true))
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let encoding = match encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
    };
    let triggers = [":", ".", " ", "(", "\"", "[", "{", "-"];
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(
            TextDocumentSyncKind::INCREMENTAL,
        )),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(triggers.map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_a_text_or_a_list() {
        assert_eq!(kernel_list(&json!("6.1,7.2")).as_deref(), Some("6.1,7.2"));
        assert_eq!(kernel_list(&json!(["6.1", "7.2"])).as_deref(), Some("6.1,7.2"));
        assert_eq!(kernel_list(&json!([])), None);
        assert_eq!(kernel_list(&json!(7)), None);
    }
}
