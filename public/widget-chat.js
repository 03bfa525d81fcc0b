// The website chat. Plain JavaScript without a framework: visitors pay for these few kilobytes only.
// It talks to /api/widget/v1 with a visitor token, which is kept in this browser and never stands in an address.
"use strict";

(() => {
  const root = document.querySelector("[data-chatbot-id]");
  if (!root) return;

  const chatbot = root.dataset.chatbotId;
  const key = `parlance-visitor-${chatbot}`;
  const log = document.getElementById("chat-log");
  const form = document.getElementById("chat-form");
  const input = document.getElementById("chat-text");
  const status = document.getElementById("chat-status");

  let memory = null; // stands in where storage is forbidden, as in some frames
  let starting = null; // a session that is being made
  let generation = 0; // grows with each session: answers to an older one are dropped
  let last = 0; // the highest number that was shown
  const shown = new Map(); // message id -> bubble
  const pending = new Map(); // client id -> bubble not confirmed yet

  const token = () => {
    try {
      return localStorage.getItem(key) ?? memory;
    } catch {
      return memory;
    }
  };

  const keepToken = (value) => {
    memory = value;
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // The conversation then lasts as long as this page.
    }
  };

  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  async function call(path, body) {
    const headers = { Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (token()) headers.Authorization = `Bearer ${token()}`;
    const answer = await fetch(`/api/widget/v1/${path}`, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({}));
      throw Object.assign(new Error(problem.message ?? ""), { code: answer.status });
    }
    return answer.json();
  }

  function startSession() {
    starting ??= (async () => {
      try {
        const session = await call("session", { chatbot_id: chatbot });
        keepToken(session.token);
        generation += 1;
        last = 0;
        shown.forEach((bubble) => bubble.remove());
        shown.clear();
        showAll(session.messages);
      } finally {
        starting = null;
      }
    })();
    return starting;
  }

  // Makes a session when there is none, and a new one when the old one is not known any more.
  async function withSession(work) {
    if (!token()) await startSession();
    try {
      return await work();
    } catch (error) {
      if (error.code !== 401) throw error;
      keepToken(null);
      await startSession();
      return work();
    }
  }

  function bubble(text, mine) {
    const item = document.createElement("li");
    item.className = `bubble ${mine ? "bubble--out" : "bubble--in"}`;
    item.dir = "auto";
    const words = document.createElement("span");
    words.className = "bubble__text";
    words.textContent = text;
    item.append(words);
    return item;
  }

  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
  };

  // Puts a bubble in its place; what is not confirmed yet stays last. Nothing moves while somebody reads further up.
  function add(item) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const place = Number(item.dataset.seq ?? Infinity);
    const after = [...log.children].find((other) => Number(other.dataset.seq ?? Infinity) > place);
    log.insertBefore(item, after ?? null);
    if (atEnd) toEnd();
  }

  function show(message) {
    if (shown.has(message.id)) return;
    const item = bubble(message.text, message.author === "contact");
    const at = new Date(message.at);
    const time = document.createElement("time");
    time.className = "bubble__meta";
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    item.append(time);
    item.dataset.seq = message.seq;
    shown.set(message.id, item);
    add(item);
  }

  // Only answers that hold everything up to a number may move it forward: what was just sent does not.
  function showAll(messages) {
    for (const message of messages) {
      show(message);
      last = Math.max(last, message.seq);
    }
  }

  async function send(text, clientId) {
    const item = pending.get(clientId) ?? bubble(text, true);
    if (!pending.has(clientId)) {
      pending.set(clientId, item);
      add(item);
      toEnd();
    }
    item.dataset.state = "sending";
    item.querySelector("button")?.remove();
    try {
      const message = await withSession(() => call("messages", { text, client_id: clientId }));
      pending.delete(clientId);
      item.remove();
      show(message);
      say("");
    } catch (error) {
      item.dataset.state = "failed";
      const again = document.createElement("button");
      again.type = "button";
      again.className = "bubble__retry";
      again.textContent = `${error.code && error.message ? error.message : "Not sent."} Tap to try again.`;
      again.addEventListener("click", () => send(text, clientId));
      item.append(again);
    }
  }

  // Asks for news without end. Each question stays open until there is something, up to 25 seconds.
  async function listen() {
    let pause = 1000;
    for (;;) {
      try {
        await withSession(async () => {
          const asked = generation;
          const news = await call(`messages?after=${last}`);
          if (asked === generation) showAll(news.messages);
        });
        say("");
        pause = 1000;
      } catch {
        say("No connection. Trying again…");
        await wait(pause + Math.random() * 500);
        pause = Math.min(pause * 2, 30000);
      }
    }
  }

  const newId = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    input.focus();
    send(text, newId());
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  listen();
})();
