//! The document of the API (OpenAPI 3.1), made of what its handlers take and give: each endpoint is routed and told in one line.
//!
//! A handler's arguments are [`Part`]s and its result an [`Answer`]; both say what the document has of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::handler::Handler;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use self::let_through::{LetThrough, forms, only_told};
use self::shared::{limits, problems};
use super::problem::{Kind, Problem, Told};
use crate::app::App;

mod let_through;
mod shared;

/// Where the schemas stand in the document.
const SCHEMAS: &str = "/components/schemas";
/// Its one way to say who asks.
pub(crate) const TOKEN: &str = "token";

/// What a handler takes from a request.
pub(crate) trait Part {
    fn tell(operation: &mut Operation<'_>);
}

/// What it gives back.
pub(crate) trait Answer {
    fn tell(operation: &mut Operation<'_>);
}

/// A handler that says all of it: by its parts `T`.
pub(crate) trait Tells<T> {
    fn tell(operation: &mut Operation<'_>);
}

macro_rules! tells {
    ($($part:ident),*) => {
        impl<F, Told, R, $($part,)*> Tells<($($part,)*)> for F
        where
            F: Fn($($part),*) -> Told,
            Told: Future<Output = Result<R, Problem>>,
            R: Answer,
            $($part: Part,)*
        {
            fn tell(operation: &mut Operation<'_>) {
                $($part::tell(operation);)*
                R::tell(operation);
            }
        }
    };
}

tells!(A);
tells!(A, B);
tells!(A, B, C);
tells!(A, B, C, D);
tells!(A, B, C, D, E);

/// Every handler is given what is at hand; nobody sends it.
impl Part for State<Arc<App>> {
    fn tell(_: &mut Operation<'_>) {}
}

/// What an endpoint is, beside its types.
pub(crate) struct About {
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// Problems of its own, beside those of its parts.
    pub(crate) problems: &'static [Kind],
}

/// One operation as it comes to be.
pub(crate) struct Operation<'s> {
    schemas: &'s mut Schemas,
    parameters: Vec<Value>,
    body: Option<Value>,
    responses: BTreeMap<u16, Value>,
    scope: Option<&'static str>,
    needs_token: bool,
}

impl Operation<'_> {
    /// The fields of `T`, each a parameter of the query, the path or the header.
    pub(crate) fn parameters<T: JsonSchema>(&mut self, place: &str) {
        let schema = self.schemas.asked.root_schema_for::<T>();
        let of = |key: &str| schema.get(key).cloned().unwrap_or_default();
        let (fields, required) = (of("properties"), of("required"));
        for (name, schema) in fields.as_object().into_iter().flatten() {
            let mut schema = schema.clone();
            let taken = |schema: &mut Value, key: &str| schema.as_object_mut().and_then(|schema| schema.remove(key));
            let description = taken(&mut schema, "description").expect("internal error: every parameter is told");
            let examples = taken(&mut schema, "examples");
            // A parameter that is not given is not there; there is none that is null.
            let schema = without_null(schema);
            let required = required.as_array().is_some_and(|all| all.iter().any(|one| one == name));
            let mut told = json!({ "name": name, "in": place, "description": description, "required": required });
            if let Some(example) = examples.and_then(|all| all.as_array()?.first().cloned()) {
                told["example"] = example;
            }
            told["schema"] = schema;
            self.parameters.push(told);
        }
    }

    pub(crate) fn body<T: JsonSchema>(&mut self) {
        let schema = self.schemas.asked.subschema_for::<T>();
        self.body = Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
    }

    /// A JSON answer.
    pub(crate) fn answers<T: JsonSchema>(&mut self, status: StatusCode, description: &str) {
        let schema = self.schemas.answered.subschema_for::<T>();
        self.answers_in(status, description, &["application/json"], Some(&schema.to_value()));
    }

    /// An answer of one of these media types.
    pub(crate) fn answers_in(
        &mut self,
        status: StatusCode,
        description: &str,
        media_types: &[&str],
        schema: Option<&Value>,
    ) {
        let told = |media_type: &&str| {
            let content = schema.map_or_else(|| json!({}), |schema| json!({ "schema": schema }));
            ((*media_type).to_owned(), content)
        };
        let content: Map<_, _> = media_types.iter().map(told).collect();
        let headers = if self.needs_token { limits() } else { json!({}) };
        let told = json!({ "description": description, "headers": headers, "content": content });
        self.responses.insert(status.as_u16(), told);
    }

    pub(crate) fn header(&mut self, status: StatusCode, name: &str, description: &str) {
        if let Some(response) = self.responses.get_mut(&status.as_u16()) {
            response["headers"][name] = json!({ "description": description, "schema": { "type": "string" } });
        }
    }

    pub(crate) fn problem(&mut self, kind: Kind) {
        let status = kind.status().as_u16();
        self.responses.insert(status, json!({ "$ref": format!("#/components/responses/{status}") }));
    }

    pub(crate) fn needs_token(&mut self, scope: Option<&'static str>) {
        (self.scope, self.needs_token) = (scope, true);
    }

    fn told(mut self, about: &About) -> Value {
        self.problem(Kind::Broken);
        self.problem(Kind::BadRequest);
        self.problem(Kind::NotAcceptable);
        about.problems.iter().for_each(|kind| self.problem(*kind));
        let security = match (self.needs_token, self.scope) {
            (false, _) => json!([]),
            (true, scope) => json!([{ TOKEN: scope.into_iter().collect::<Vec<_>>() }]),
        };
        let needs = match self.scope {
            Some(scope) => format!("Needs a token with the scope `{scope}`."),
            None if self.needs_token => "Needs a token of any scope.".to_owned(),
            None => "Needs no token.".to_owned(),
        };
        let responses: Map<_, _> =
            self.responses.into_iter().map(|(status, told)| (status.to_string(), told)).collect();
        let mut told = json!({
            "operationId": about.id,
            "summary": about.summary,
            "description": needs,
            "security": security,
            "parameters": self.parameters,
            "responses": responses,
        });
        if let Some(body) = self.body {
            told["requestBody"] = body;
        }
        told
    }
}

/// `T`, where a schema says `T` or null.
fn without_null(mut schema: Value) -> Value {
    if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
        let left: Vec<_> = several.iter().filter(|one| one["type"] != "null").cloned().collect();
        if let [one] = left.as_slice() {
            return one.clone();
        }
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            schema["type"] = one.clone();
        }
    }
    schema
}

/// Schemas of what is sent, and of what is answered: a field with a default need not be sent, and is always answered.
struct Schemas {
    asked: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = SCHEMAS.into();
            settings.meta_schema = None;
        });
        let answered = settings.clone().for_serialize().into_generator();
        Self { asked: settings.for_deserialize().into_generator(), answered }
    }

    fn told(mut self) -> Map<String, Value> {
        let mut all = self.asked.take_definitions(true);
        all.extend(self.answered.take_definitions(true));
        all.sort_keys();
        all
    }
}

/// Under which the endpoints are served.
const BASE: &str = "/api/v1";

/// The document itself, as an answer.
pub(crate) struct Document(pub(crate) &'static str);

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

impl Answer for Document {
    fn tell(operation: &mut Operation<'_>) {
        operation.answers::<Map<String, Value>>(StatusCode::OK, "By OpenAPI 3.1.");
    }
}

/// What was made of the endpoints.
pub(crate) struct Routed {
    pub(crate) guarded: Router<Arc<App>>,
    /// For those that come without a token as well.
    pub(crate) free: Router<Arc<App>>,
    pub(crate) document: Value,
}

/// The endpoints, as they are added.
pub(crate) struct Endpoints {
    guarded: Router<Arc<App>>,
    free: Router<Arc<App>>,
    paths: Map<String, Value>,
    schemas: Schemas,
}

impl Endpoints {
    pub(crate) fn new() -> Self {
        Self { guarded: Router::new(), free: Router::new(), paths: Map::new(), schemas: Schemas::new() }
    }

    pub(crate) fn get<H, M, T>(mut self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<M, Arc<App>> + Tells<T>,
        M: 'static,
    {
        let known = self.tell("get", path, H::tell, &about);
        self.guarded = self.guarded.route(path, get(handler).layer(from_fn_with_state(known, only_told)));
        self
    }

    pub(crate) fn post<H, M, T>(mut self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<M, Arc<App>> + Tells<T>,
        M: 'static,
    {
        let known = self.tell("post", path, H::tell, &about);
        self.guarded = self.guarded.route(path, post(handler).layer(from_fn_with_state(known, only_told)));
        self
    }

    pub(crate) fn delete<H, M, T>(mut self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<M, Arc<App>> + Tells<T>,
        M: 'static,
    {
        let known = self.tell("delete", path, H::tell, &about);
        self.guarded = self.guarded.route(path, delete(handler).layer(from_fn_with_state(known, only_told)));
        self
    }

    /// One that may be sent more than others: so many bytes.
    pub(crate) fn post_larger<H, M, T>(mut self, path: &'static str, handler: H, about: About, largest: usize) -> Self
    where
        H: Handler<M, Arc<App>> + Tells<T>,
        M: 'static,
    {
        let known = self.tell("post", path, H::tell, &about);
        let route = post(handler).layer(DefaultBodyLimit::max(largest)).layer(from_fn_with_state(known, only_told));
        self.guarded = self.guarded.route(path, route);
        self
    }

    /// One that needs no token.
    pub(crate) fn free<H, M, T>(mut self, path: &'static str, handler: H, about: About) -> Self
    where
        H: Handler<M, Arc<App>> + Tells<T>,
        M: 'static,
    {
        let known = self.tell("get", path, H::tell, &about);
        self.free = self.free.route(path, get(handler).layer(from_fn_with_state(known, only_told)));
        self
    }

    /// Puts an operation into the document; gives back what the document lets through.
    fn tell(&mut self, method: &str, path: &str, tell: fn(&mut Operation<'_>), about: &About) -> Arc<LetThrough> {
        let mut operation = Operation {
            schemas: &mut self.schemas,
            parameters: Vec::new(),
            body: None,
            responses: BTreeMap::new(),
            scope: None,
            needs_token: false,
        };
        tell(&mut operation);
        let told = operation.told(about);
        let in_query = |one: &&Value| one["in"] == "query";
        let names = told["parameters"].as_array().into_iter().flatten().filter(in_query);
        let query = names.filter_map(|one| one["name"].as_str()).map(ToOwned::to_owned).collect();
        let known = Arc::new(LetThrough { query, forms: forms(&told) });
        self.paths.entry(format!("{BASE}{path}")).or_insert_with(|| json!({}))[method] = told;
        known
    }

    /// The routes, and the document of them.
    pub(crate) fn done(mut self) -> Routed {
        let problem = self.schemas.answered.subschema_for::<Told>().to_value();
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "postlink",
                "version": "1.0.0",
                "summary": "What ads promise, and what their clicks give.",
                "description": "Lists are walked by `next`, which is the `cursor` of the page behind. What is sent again with the \
                    same Idempotency-Key is done once. Problems are told as RFC 9457 has it. Fields are added, and none is renamed \
                    or taken away.",
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            "servers": [{ "url": "/", "description": "Where this console is." }],
            "paths": self.paths,
            "components": {
                "securitySchemes": {
                    TOKEN: {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "Made by `postlink token create`; what it is for are its scopes.",
                    },
                },
                "responses": problems(&problem),
                "schemas": self.schemas.told(),
            },
        });
        Routed { guarded: self.guarded, free: self.free, document }
    }
}
