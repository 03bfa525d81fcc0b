//! All routes, and the layers around them. The only place that knows the pages.

use std::{any::Any, sync::LazyLock, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use leptos::prelude::{Owner, RenderHtml, provide_context, use_context, view};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    sensitive_headers::SetSensitiveRequestHeadersLayer,
    timeout::TimeoutLayer,
    trace::{DefaultOnFailure, DefaultOnResponse, TraceLayer},
};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time::Duration as CookieDuration},
};

use super::{
    catalogue,
    layers::{self, REQUEST_ID, local::keep_local, pages},
    state::AppState,
};
use crate::{
    error::{ApiError, ErrorCode},
    server::{
        auth::{layer, second_step, session_store::DatabaseSessions, sign_in},
        base::assets,
        error::ApiErrorResponse,
        http::{
            Web, downloads, events, health,
            whatsapp::{self, callback},
            widget,
        },
        service::Services,
    },
    texts::Language,
    ui::{
        App,
        pages::widget::WidgetPage,
        shell::{Now, Program, shell},
    },
};

/// The longest body of a server function or form.
const BODY_MAX: usize = 1 << 20;
/// How long somebody stays signed in.
const SESSION_DAYS: i64 = 30;

/// Builds the router.
///
/// # Errors
/// When the public URL is no origin: the configuration has checked that.
pub fn build(state: AppState) -> Result<Router, tower_http::csrf::ConfigError> {
    let guarded = pages_and_api(&state)?;
    let router = Router::new()
        .merge(visitors())
        .route(catalogue::ROUTE, get(catalogue::serve).layer(CompressionLayer::new()))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(guarded)
        .fallback(fallback)
        .with_state(state.clone());
    let router = match &state.sandbox {
        Some(sandbox) => router.nest("/sandbox/graph", sandbox.graph_router()),
        None => router,
    };
    // Inside of the headers and ids, so that even the answer to a panic has them.
    let router = local_only(&state, router.layer(CatchPanicLayer::custom(panicked))).layer(from_fn(layers::speak));
    let router = router.layer(from_fn_with_state(state.clone(), layers::security_headers)).layer(
        ServiceBuilder::new()
            .layer(SetSensitiveRequestHeadersLayer::new([header::AUTHORIZATION, header::COOKIE]))
            .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(|request: &Request| {
                        let id = request.headers().get(REQUEST_ID).and_then(|v| v.to_str().ok()).unwrap_or_default();
                        // The path only: queries may hold verify tokens.
                        tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
                    })
                    .on_response(DefaultOnResponse::new().level(tracing::Level::DEBUG))
                    // The failure was logged where it occurred; a 503 may only mean that the provider is unavailable.
                    .on_failure(DefaultOnFailure::new().level(tracing::Level::DEBUG)),
            )
            .layer(PropagateRequestIdLayer::new(REQUEST_ID)),
    );
    let webhooks = webhooks(state);
    // For the rest only: what a provider calls by its exact path is found before.
    let rest = Router::new().fallback_service(router).layer(from_fn_with_state(webhooks.clone(), spelt_otherwise));
    Ok(webhooks.fallback_service(rest))
}

/// A public server need not ask.
fn local_only(state: &AppState, router: Router) -> Router {
    if state.config.local { router.layer(from_fn_with_state(state.clone(), keep_local)) } else { router }
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    ApiErrorResponse(ApiError::internal()).into_response()
}

/// The webhook: outside of all that is around the rest.
fn webhooks(state: AppState) -> Router {
    let router = Router::new()
        .route("/api/whatsapp/webhook", explained(get(whatsapp::verify_deployment)).post(whatsapp::receive_deployment))
        .route("/api/whatsapp/webhook/{integration_id}", explained(get(whatsapp::verify)).post(whatsapp::receive))
        .fallback(callback::nothing_here)
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(20)))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(state.clone());
    local_only(&state, router).layer(from_fn_with_state(state, layers::around_webhooks))
}

/// Deliveries need no explanation.
fn explained(verification: MethodRouter<AppState>) -> MethodRouter<AppState> {
    verification.layer(from_fn(callback::explain))
}

/// Webhooks whose path has a slash too many go where they are meant to go. Nothing below that path is for anybody else.
async fn spelt_otherwise(State(webhooks): State<Router>, mut request: Request, next: Next) -> Response {
    let Some(uri) =
        callback::meant_path(request.uri().path()).and_then(|path| callback::with_path(request.uri(), &path))
    else {
        return next.run(request).await;
    };
    *request.uri_mut() = uri;
    webhooks.oneshot(request).await.into_response()
}

/// The website's chat: for strangers.
fn visitors() -> Router<AppState> {
    let page = |state: State<Web>, id: Path<String>| widget::page(state, id, render_widget_page);
    Router::new()
        .route("/widget/{integration_id}", get(page))
        .route("/api/widget/v1/session", post(widget::session))
        .route("/api/widget/v1/messages", get(widget::messages).post(widget::say))
        .layer(DefaultBodyLimit::max(widget::BODY_MAX))
}

/// The chat page as HTML: no wasm, no hydration.
fn render_widget_page(integration_id: String, name: String) -> String {
    Owner::new().with(|| view! { <WidgetPage integration_id name /> }.to_html())
}

/// What knows who is asking: pages, server functions, live events.
fn pages_and_api(state: &AppState) -> Result<Router<AppState>, tower_http::csrf::ConfigError> {
    let leptos = state.leptos.clone();
    let sessions = SessionManagerLayer::new(DatabaseSessions::new(state.services()))
        .with_name(if state.config.https { "__Host-parlance" } else { "parlance" })
        .with_secure(state.config.https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(CookieDuration::days(SESSION_DAYS)));
    Ok(Router::new()
        .leptos_routes_with_context(state, PAGES.clone(), context(state), move || shell(leptos.clone(), program()))
        .route_layer(from_fn_with_state(state.clone(), pages::to_their_end))
        .route("/sign-in", post(sign_in::sign_in).layer(DefaultBodyLimit::max(sign_in::FORM_MAX)))
        .route("/sign-in/code", post(second_step::give_code).layer(DefaultBodyLimit::max(sign_in::FORM_MAX)))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/contacts/export", get(downloads::contacts))
        .route("/api/v1/audit/export", get(downloads::audit_log))
        .route("/api/v1/sandbox/events", get(events::sandbox_events))
        .route("/api/{*path}", axum::routing::any(no_such_operation))
        .layer(from_fn_with_state(state.services(), keep_out))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(state.services(), layer::identify))
        .layer(sessions)
        .layer(layers::csrf(&state.config.public_url)?)
        // Around all that may refuse an operation, so that every refusal has its true form.
        .layer(from_fn(layers::api_errors))
        .layer(CompressionLayer::new()))
}

/// What pages and operations find around them.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + use<> {
    let state = state.services();
    move || {
        provide_context(Now(state.now()));
        provide_context(state.clone());
        let language = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Language>().copied());
        provide_context(language.unwrap_or_default());
    }
}

/// The app's pages. Looking for them stops, for ever, whatever a page of this process begins to load just then
/// (`SuppressResourceLoad` of leptos_server, leptos-rs/leptos#4773). So it is done once, before there is a page to ask for;
/// tests have several servers in a process.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Strangers are told apart before anything of theirs is read; forms judge for themselves. Operations ask once more what
/// the person may do.
async fn keep_out(state: State<Services>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_form =
        matches!(path, "/sign-in" | "/sign-in/code" | "/sign-out") && request.method() == axum::http::Method::POST;
    if is_form {
        next.run(request).await
    } else if path.starts_with("/api/") {
        layer::guard_operations(request, next).await
    } else {
        layer::guard_pages(state, request, next).await
    }
}

/// Where pages find the browser's part.
fn program() -> Program {
    let whole = || assets::build() != assets::Build::Unsplit;
    Program { folder: assets::folder(), files_of: assets::chunk_files, catalogue: catalogue::path, whole }
}

async fn no_such_operation() -> Response {
    ApiErrorResponse(
        ApiError::new(ErrorCode::NotFound, "There is no such operation.")
            .action("Compare the path with the description of the API."),
    )
    .into_response()
}

/// Files of the site; else the not-found page for people and an error for programs.
async fn fallback(State(state): State<AppState>, request: Request) -> Response {
    if let Some(file) = assets::serve(&request) {
        return file;
    }
    if request.uri().path().starts_with("/api/") {
        return no_such_operation().await;
    }
    let leptos = state.leptos.clone();
    let page =
        leptos_axum::render_app_async_with_context(context(&state), move || shell(leptos.clone(), program()))(request);
    let mut response = pages::render(&state, async move { page.await.into_response() }).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
