//! The double of Meta as a program, for tests that are written in another language: the browser tests.
//!
//! It prints one line of JSON, `{"graph": URL, "control": URL}`, and ends when its input does. At the second address:
//!
//! | call | body | what it does |
//! |---|---|---|
//! | `POST /fail` | `{"call": "account", "answer": "silence"}` | makes a call fail until it is mended |
//! | `POST /mend` | | makes every call work again, and answers those that wait |
//! | `POST /change` | fields of the world | changes what Meta knows |
//! | `GET /seen` | | `{"calls": […], "sent": […], "world": {…}}` |

use std::{io::Write as _, process::ExitCode};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, stdin},
    net::TcpListener,
    task::JoinSet,
};

use self::double::{Answer, Call, Double, Result, Sent, Setup, World, http::Connection};

#[path = "mod.rs"]
#[expect(dead_code, reason = "what is steered from outside is a part of what can be steered")]
mod double;

#[derive(Deserialize)]
struct Fail {
    call: Call,
    answer: Answer,
}

#[derive(Serialize)]
struct Seen {
    calls: Vec<String>,
    sent: Vec<Sent>,
    world: World,
}

fn main() -> ExitCode {
    let run = || -> Result<()> { tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve()) };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "meta: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<()> {
    let double = Double::start(Setup::default()).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let control = format!("http://{}", listener.local_addr()?);
    writeln!(std::io::stdout(), "{}", json!({"graph": double.url, "control": control}))?;
    let mut rest = Vec::new();
    tokio::select! {
        // What nobody needs any more ends, however its parent did.
        ended = async { stdin().read_to_end(&mut rest).await } => drop(ended?),
        failed = accept(&listener, &double) => failed?,
    }
    Ok(())
}

async fn accept(listener: &TcpListener, double: &Double) -> Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        while connections.try_join_next().is_some() {}
        let double = double.clone();
        connections.spawn(async move {
            let mut connection = Connection::over(stream)?;
            while let Some(request) = connection.receive().await? {
                let line = request.head().split(" HTTP/").next().unwrap_or_default();
                let (status, answer) = match steer(&double, line, request.body()) {
                    Ok(answer) => (200, answer),
                    Err(error) => (400, json!({"error": error.to_string()})),
                };
                let body = answer.to_string();
                let head = format!(
                    "HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                connection.send(&[head, body].concat().into_bytes()).await?;
            }
            Result::<()>::Ok(())
        });
    }
}

fn steer(double: &Double, call: &str, body: &[u8]) -> Result<Value> {
    match call {
        "POST /fail" => {
            let Fail { call, answer } = read(body)?;
            double.fail(call, answer);
        }
        "POST /mend" => double.mend(),
        "POST /change" => {
            let changes = read(body)?;
            double.change(|world| world.with(&changes).map(|changed| *world = changed))?;
        }
        "GET /seen" => {
            let calls = double.calls();
            return Ok(serde_json::to_value(Seen { calls, sent: double.sent(), world: double.change(|w| w.clone()) })?);
        }
        _ => return Err(format!("there is no {call}").into()),
    }
    Ok(json!({}))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    Ok(serde_json::from_slice(body)?)
}
