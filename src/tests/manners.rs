//! How the bot behaves: small talk is answered as such, who asks for a person gets one, and where no answer is known there is
//! one apology, then people.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    chatbots::said,
    on_both_databases, simulator,
    visitor::{TRUSTING, Visitor},
};
use crate::{
    domain::chatbot::DEFAULT_FALLBACK,
    server::pipeline::{self, answer::Answer, ingest::Ingest},
};

on_both_databases!(
    the_second_miss_in_a_row_hands_over,
    an_answer_between_them_begins_anew,
    a_person_begins_anew,
    the_bots_last_word_goes_out_though_it_had_to_wait,
    small_talk_is_answered_in_the_customers_language_or_with_silence,
    small_talk_neither_helps_nor_counts,
    the_greeting_comes_once_and_alone,
    a_question_beside_small_talk_is_answered,
    who_asks_for_a_person_gets_one,
    an_article_about_people_may_answer_first,
    the_words_are_the_owners,
    who_says_nothing_does_not_seem_to_type,
    visitors_of_the_website_are_treated_alike,
    customers_of_the_simulator_are_treated_alike,
    trying_it_tells_what_would_happen,
    what_is_not_wanted_is_not_asked_for,
);

const PHONE: &str = "491510000001";
const HANDED_OVER: &str = "A colleague will answer you here.";

/// What a customer was told, in order.
fn told(app: &TestApp) -> Vec<String> {
    app.graph.sent().into_iter().map(|sent| sent.body).collect()
}

async fn row(app: &TestApp) -> Value {
    app.ok("conversations/list", json!({})).await["rows"][0].clone()
}

/// The lines that say what happened, with the reason word of each.
async fn lines(app: &TestApp) -> Vec<String> {
    app.texts("select reason || ': ' || body from messages where kind = 'activity' order by seq").await
}

async fn writes(app: &TestApp, number: &Number, texts: &[&str]) {
    for text in texts {
        app.customer_writes(number, &format!("wamid.{}", Uuid::now_v7()), PHONE, text).await;
    }
}

async fn the_second_miss_in_a_row_hands_over(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?", "And tandems?", "Anybody at home, then?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, HANDED_OVER], "one apology, then people, then silence");
    let lines = lines(&app).await;
    assert!(lines.len() == 1 && lines[0].starts_with("missed: The bot did not know the answer"), "{lines:?}");
    assert_eq!((&row(&app).await["mode"], &row(&app).await["unread"]), (&json!("human"), &json!(3)));
    // Given back, it starts over.
    app.ok("conversations/set_mode", json!({"id": row(&app).await["id"], "mode": "bot"})).await;
    writes(&app, &number, &["Do you sell bicycles?"]).await;
    assert_eq!(told(&app).last().map(String::as_str), Some(DEFAULT_FALLBACK));
    assert_eq!(row(&app).await["mode"], "bot");
}

async fn an_answer_between_them_begins_anew(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?", "Where is your shop?", "And tandems?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, "In Harbour Street 5.", DEFAULT_FALLBACK]);
    assert_eq!(row(&app).await["mode"], "bot");
}

async fn a_person_begins_anew(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?"]).await;
    let id = row(&app).await["id"].clone();
    let reply = json!({"conversation_id": id, "client_id": Uuid::now_v7(), "text": "We do."});
    app.ok("messages/send", reply).await;
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    writes(&app, &number, &["And tandems?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, "We do.", DEFAULT_FALLBACK]);
}

/// A take-over withdraws what the bot has queued. Its own leave-taking is no such thing.
async fn the_bots_last_word_goes_out_though_it_had_to_wait(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let both =
        ["Do you sell bicycles?", "And tandems?"].map(|text| text_message(&format!("wamid.{text}"), PHONE, text));
    assert_eq!(app.deliver(&number, webhook(&[change(&number, &both, &[])])).await, StatusCode::OK);
    // Direct sends are off here: both answers wait in the queue when the conversation is handed over.
    for _ in 0..3 {
        pipeline::step::<Ingest>(&app.state).await.unwrap();
        pipeline::step::<Answer>(&app.state).await.unwrap();
    }
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 2);
    assert_eq!(row(&app).await["mode"], "human");
    app.settle().await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, HANDED_OVER]);
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled'").await, 0);
}

/// What each of these customers, who write one message each, is told.
async fn told_each(app: &TestApp, number: &Number, texts: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for text in texts {
        let nth = app.count("select count(*) from conversations").await;
        let from = format!("49152{nth:07}");
        app.customer_writes(number, &format!("wamid.{}", Uuid::now_v7()), &from, text).await;
        let said = app.graph.sent().into_iter().filter(|sent| sent.to == from).map(|sent| sent.body);
        all.push(said.collect::<Vec<_>>().join(" | "));
    }
    all
}

async fn small_talk_is_answered_in_the_customers_language_or_with_silence(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let answered = [
        ("hiii", "Hello! How can I help you?"),
        ("thx 🙏", "You are welcome!"),
        ("Bom dia!", "Olá! Como posso ajudar?"),
        ("vlw", "De nada!"),
        ("hasta luego", "¡Hasta luego! Que te vaya bien."),
        ("Vielen Dank", "Gern geschehen!"),
        ("makasih kak", "Sama-sama!"),
        ("नमस्ते", "नमस्ते! मैं आपकी क्या मदद कर सकता हूँ?"),
        ("shukriya bhai", "Aapka swagat hai!"),
        ("السلام عليكم", "أهلاً بك! كيف يمكنني مساعدتك؟"),
        ("شكرا", "على الرحب والسعة!"),
    ];
    let said = told_each(&app, &number, &answered.map(|(text, _)| text)).await;
    assert_eq!(said, answered.map(|(_, answer)| answer));
    let quiet = ["ok", "👍", "kkkkkk", "jajaja 😂", "wkwk", "alles klar", "ठीक है", "تمام", "..."];
    assert_eq!(told_each(&app, &number, &quiet).await, [""; 9]);
    let rude = &told_each(&app, &number, &["du bist so dumm"]).await[0];
    assert!(rude.contains("„Mensch“"), "it offers a person: {rude}");
    // Nobody is handed over for it, and nobody waits for an answer.
    assert_eq!(
        app.count("select count(*) from conversations where mode <> 'bot' or inbound_seq > answered_seq").await,
        0
    );
}

async fn small_talk_neither_helps_nor_counts(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?", "ok", "thanks", "👍", "And tandems?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, "You are welcome!", HANDED_OVER]);
}

async fn the_greeting_comes_once_and_alone(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "greeting": "Welcome!"})).await;
    writes(&app, &number, &["hi", "Where is your shop?", "hello again"]).await;
    assert_eq!(told(&app), ["Welcome!", "In Harbour Street 5.", "Hello! How can I help you?"]);
    let first = ["hi, where is your shop?", "ok", "Do you sell bicycles?", "thanks", "I want to talk to a human"];
    let said = told_each(&app, &number, &first).await;
    let fallback = format!("Welcome! | {DEFAULT_FALLBACK}");
    assert_eq!(said, ["Welcome! | In Harbour Street 5.", "", fallback.as_str(), "You are welcome!", HANDED_OVER]);
    // What began with silence is greeted when something is said.
    app.customer_writes(&number, "wamid.late", "491520000002", "Where is your shop?").await;
    let late: Vec<_> = app.graph.sent().into_iter().filter(|s| s.to == "491520000002").map(|s| s.body).collect();
    assert_eq!(late, ["Welcome!", "In Harbour Street 5."]);
}

async fn a_question_beside_small_talk_is_answered(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "1"]).await;
    let number = app.number().await;
    // A burst is one turn.
    for (nth, text) in ["hi", "😀", "when are you open?", "thx"].iter().enumerate() {
        let message = text_message(&format!("wamid.{nth}"), PHONE, text);
        app.deliver(&number, webhook(&[change(&number, &[message], &[])])).await;
        app.settle().await;
    }
    app.advance(2_000);
    app.settle().await;
    assert_eq!(told(&app), ["We are open from 9 to 18."]);
}

async fn who_asks_for_a_person_gets_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let asked = [
        ("can i talk to a human please", HANDED_OVER),
        ("My parcel is lost and your page is down, let me speak to someone", HANDED_OVER),
        ("atendente", "Um colega vai responder por aqui."),
        ("quiero hablar con una persona", "Un compañero te responderá por aquí."),
        ("Ich möchte mit einem Mitarbeiter sprechen", "Ein Kollege antwortet hier gleich persönlich."),
        ("mau bicara sama admin kak", "Rekan kami akan membalas Anda di sini."),
        ("किसी इंसान से बात करनी है", "हमारे सहकर्मी आपको यहीं जवाब देंगे।"),
        ("mujhe kisi insaan se baat karni hai", "Hamare sahkarmi aapko yahin jawab denge."),
        ("اريد التحدث مع موظف", "سيرد عليك أحد زملائنا هنا."),
    ];
    let said = told_each(&app, &number, &asked.map(|(text, _)| text)).await;
    assert_eq!(said, asked.map(|(_, answer)| answer));
    assert_eq!(app.count("select count(*) from conversations where mode = 'human' and unread = 1").await, 9);
    for line in lines(&app).await {
        assert!(line.starts_with("asked: The customer asked for a person."), "{line}");
    }
    // The bot is silent, whatever they write; what it said is what the list shows.
    app.customer_writes(&number, "wamid.more", "491520000000", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 9);
    // Who does not want to, and who only speaks of people, is no such case.
    told_each(&app, &number, &["I don't want to talk to a human", "Do your agents sell houses?"]).await;
    assert_eq!(app.count("select count(*) from conversations where mode = 'human'").await, 9);
}

async fn an_article_about_people_may_answer_first(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let article = json!({"chatbot_id": number.chatbot_id, "question": "How can I reach customer service?", "answer": "By phone: 555."});
    app.ok("knowledge/save", article).await;
    let said =
        told_each(&app, &number, &["how do I reach customer service", "opening hours, let me talk to someone"]).await;
    assert_eq!(said, ["By phone: 555.", HANDED_OVER]);
}

async fn the_words_are_the_owners(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let id = number.chatbot_id.clone();
    let own = json!({"id": id, "hello": " Ahoy! ", "thanks": "–", "goodbye": "Fair winds.", "insult": "Easy now.", "person": "Ana is on her way."});
    let changed = app.ok("chatbots/update", own).await;
    assert_eq!((&changed["small_talk"]["hello"], &changed["small_talk"]["thanks"]), (&json!("Ahoy!"), &json!("–")));
    let said = told_each(&app, &number, &["hola", "danke", "tchau", "idiot", "agent please"]).await;
    assert_eq!(said, ["Ahoy!", "", "Fair winds.", "Easy now.", "Ana is on her way."]);
    // What is not given stays; what is empty is built in again.
    let changed = app.ok("chatbots/update", json!({"id": id, "hello": ""})).await;
    assert_eq!(changed["small_talk"]["goodbye"], "Fair winds.");
    assert_eq!(told_each(&app, &number, &["hola"]).await, ["¡Hola! ¿En qué puedo ayudarte?"]);
    // An article of the same words comes first.
    app.ok("knowledge/save", json!({"chatbot_id": id, "question": "Thanks", "answer": "Any time."})).await;
    assert_eq!(told_each(&app, &number, &["thanks!"]).await, ["Any time."]);
}

async fn who_says_nothing_does_not_seem_to_type(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // The first answer takes the time to load the chatbot.
    app.customer_writes(&number, "wamid.asked", PHONE, "Where is your shop?").await;
    app.customer_writes(&number, "wamid.quiet", PHONE, "ok 👍").await;
    assert_eq!(app.graph.read(), ["wamid.asked", "wamid.quiet"]);
    assert_eq!(app.graph.typing(), ["wamid.asked"]);
}

async fn visitors_of_the_website_are_treated_alike(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = app.chatbot().await;
    app.ok("chatbots/update", json!({"id": chatbot_id, "greeting": "Welcome!"})).await;
    app.open_website(&chatbot_id).await;
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    for text in ["hi", "ok", "Do you sell bicycles?", "And tandems?"] {
        let (status, said) = visitor.say(text, &Uuid::now_v7().to_string()).await;
        assert_eq!(status, StatusCode::OK, "{said}");
        app.settle().await;
    }
    let said = app.texts("select body from messages where author = 'bot' order by seq").await;
    assert_eq!(said, ["Welcome!", DEFAULT_FALLBACK, HANDED_OVER]);
    assert_eq!(row(&app).await["mode"], "human");
    let (_, heard) = visitor.ask("after=0").await;
    assert!(heard.to_string().contains(HANDED_OVER) && !heard.to_string().contains("twice in a row"), "{heard}");
}

async fn customers_of_the_simulator_are_treated_alike(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    app.ok("integrations/whatsapp/use_sandbox", json!({"chatbot_id": chatbot_id})).await;
    let customer = app.ok("sandbox/overview", json!({})).await["customers"][0]["id"].clone();
    for text in ["oi", "👍", "obg", "when are you open", "quero falar com um atendente"] {
        app.ok("sandbox/send", json!({"customer_id": customer, "text": text})).await;
        simulator::settle(&app).await;
    }
    let thread = app.ok("sandbox/thread", json!({"customer_id": customer})).await;
    let messages = thread["messages"].as_array().unwrap();
    let got: Vec<&str> =
        messages.iter().filter(|m| m["mine"] == false).map(|m| m["content"]["text"].as_str().unwrap()).collect();
    let expected =
        ["Olá! Como posso ajudar?", "De nada!", "We are open from 9 to 18.", "Um colega vai responder por aqui."];
    assert_eq!(got, expected);
    assert_eq!(thread["typing"], false, "nobody seems to type after a thumb");
    assert_eq!(row(&app).await["mode"], "human");
    assert!(lines(&app).await[0].starts_with("asked: "));
}

async fn trying_it_tells_what_would_happen(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    app.ok("chatbots/update", json!({"id": id, "greeting": "Welcome!"})).await;
    let mut state = json!({"greeted": false, "misses": 0});
    let turns: [(&str, &str, &[&str]); 6] = [
        ("👍", "silence", &[]),
        ("Where is your shop?", "answer", &["Welcome!", "In Harbour Street 5."]),
        ("hi", "small_talk", &["Hello! How can I help you?"]),
        ("Do you sell bicycles?", "fallback", &[DEFAULT_FALLBACK]),
        ("thanks", "small_talk", &["You are welcome!"]),
        ("And tandems?", "hand_over", &[HANDED_OVER]),
    ];
    for (question, outcome, expected) in turns {
        let input = json!({"id": id, "question": question, "greeted": state["greeted"], "misses": state["misses"]});
        let tried = app.ok("chatbots/try", input).await;
        assert_eq!(
            (&tried["outcome"], said(&tried)),
            (&json!(outcome), expected.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()),
            "{question}"
        );
        state = json!({"greeted": state["greeted"] == true || !expected.is_empty(), "misses": tried["misses"]});
    }
    let alone = app.ok("chatbots/try", json!({"id": id, "question": "hola"})).await;
    assert_eq!((&alone["outcome"], said(&alone)), (&json!("small_talk"), vec!["Welcome!".to_owned()]));
    let person = app.ok("chatbots/try", json!({"id": id, "question": "human please"})).await;
    assert_eq!((&person["outcome"], &person["reason"]), (&json!("hand_over"), &json!("asked")));
    assert_eq!(app.count("select count(*) from conversations").await, 0, "nothing is stored");
}

async fn what_is_not_wanted_is_not_asked_for(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    for (question, answer) in [
        ("How can I pay?", "By card or invoice."),
        ("¿Cómo puedo pagar?", "Con tarjeta."),
        ("Como posso pagar?", "Com cartão."),
        ("Wie kann ich bezahlen?", "Mit Karte."),
        ("Bagaimana cara membayar?", "Dengan kartu."),
        ("भुगतान कैसे करें?", "कार्ड से।"),
        ("कैसे payment kare?", "Card se."),
        ("كيف يمكنني الدفع؟", "بالبطاقة."),
        ("I don't want my order any more", "Send it back."),
        ("What if I don't want the article any more?", "Within 14 days."),
        ("¿Y si ya no quiero el artículo?", "En 14 días."),
        ("Was ist, wenn ich den Artikel nicht mehr haben will?", "In 14 Tagen."),
    ] {
        app.ok("knowledge/save", json!({"chatbot_id": id, "question": question, "answer": answer})).await;
    }
    for text in [
        "i don't want to pay",
        "I won't pay",
        "no quiero pagar",
        "não quero pagar",
        "ich will nicht bezahlen",
        "saya tidak mau membayar",
        "मुझे भुगतान नहीं करना",
        "mujhe payment nahi karna",
        "لا اريد الدفع",
    ] {
        let tried = app.ok("chatbots/try", json!({"id": id, "question": text})).await;
        assert_eq!(tried["outcome"], "fallback", "{text}: {tried}");
        assert!(tried["confidence"].as_f64().unwrap() < 0.5, "{text}: {tried}");
    }
    for (text, answer) in [
        ("how can i pay", "By card or invoice."),
        ("I can't pay, how can I pay?", "By card or invoice."),
        ("I don't want to wait, where is your shop?", "In Harbour Street 5."),
        ("i don't want my order any more!", "Send it back."),
        ("so what if i don't want the article any more", "Within 14 days."),
        ("I don't want this article any more", "Within 14 days."),
        ("hola, y si ya no quiero el artículo", "En 14 días."),
        ("okay und was wenn ich den artikel nicht mehr haben will", "In 14 Tagen."),
    ] {
        let tried = app.ok("chatbots/try", json!({"id": id, "question": text})).await;
        assert_eq!(said(&tried), [answer], "{text}: {tried}");
    }
}
