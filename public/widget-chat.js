// The website chat. Plain JavaScript without a framework: visitors pay for these few kilobytes only.
// It talks to /api/widget/v1 with a visitor token, which is kept in this browser and never stands in an address.
(() => {
  // Words come with the page, in its language.
  const { integrationId: integration, ...words } = document.querySelector("[data-integration-id]").dataset;
  const key = `parlance-visitor-${integration}`;
  const log = document.getElementById("chat-log");
  const pane = log.parentElement;
  const form = document.getElementById("chat-form");
  const input = document.getElementById("chat-text");
  const status = document.getElementById("chat-status");

  let memory = null; // stands in where storage is forbidden, as in some frames
  let starting = null; // a session that is being made
  let generation = 0; // grows with each session: answers to an older one are dropped
  let conversation = null; // the one that is shown
  let last = 0; // the highest number that was shown of it
  let wake = null; // ends the pause of listening
  const shown = new Map(); // message id -> bubble
  const pending = new Map(); // client id -> bubble not confirmed yet
  let line = Promise.resolve(); // one message goes after the other, so that they arrive in order

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

  // The tab keeps what is written and not sent: the website around may go to another page at any time.
  const unsentKey = `parlance-unsent-${integration}`;
  const STILL_MEANT = 120000; // how old what broke off with a page may be to go on by itself; later nobody expects it

  function recallUnsent() {
    try {
      return JSON.parse(sessionStorage.getItem(unsentKey)) ?? {};
    } catch {
      return {};
    }
  }

  const { draft = "", unsent = [] } = recallUnsent();

  function keepUnsent() {
    const written = [...pending].map(([id, { dataset }]) => ({ id, text: dataset.text, at: Number(dataset.at) }));
    const all = [...unsent, ...written.filter(({ text }) => text)];
    try {
      sessionStorage.setItem(unsentKey, JSON.stringify({ draft: input.value, unsent: all }));
    } catch {
      // It then lasts as long as this page.
    }
  }

  const say = (text) => status.textContent !== text && (status.textContent = text);

  async function call(path, body) {
    const used = token();
    const headers = body ? { "Content-Type": "application/json" } : {};
    if (used) headers.Authorization = `Bearer ${used}`;
    const options = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) };
    // A line that is dead without saying so is given up: a question stays open for 25 seconds at most.
    const signal = AbortSignal.timeout?.(45000);
    const asked = fetch(`/api/widget/v1/${path}`, { ...options, signal, credentials: "omit", cache: "no-store" });
    const answer = await asked.catch((error) => {
      throw new Error(error.message);
    });
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({}));
      const words = [problem.message, problem.action].filter(Boolean).join(" ");
      const after = Number(answer.headers.get("Retry-After")) * 1000 || 0;
      throw Object.assign(new Error(words), { code: answer.status, after, used });
    }
    const found = await answer.json();
    // A token ends; while it is used there is a fresh one in time.
    if (found.token && token() === used) keepToken(found.token);
    return found;
  }

  // Another conversation than the one that is shown: it has begun, or the one before was erased. What is being sent stays.
  function turnTo(id) {
    if (conversation === id) return;
    if (conversation) {
      last = 0;
      shown.forEach((bubble) => bubble.remove());
      shown.clear();
    }
    conversation = id;
  }

  function startSession() {
    starting ??= (async () => {
      try {
        await call("session", { integration_id: integration });
        generation += 1;
        turnTo(null);
      } finally {
        starting = null;
      }
    })();
    return starting;
  }

  // Makes a session when there is none, and a new one when the old one has ended.
  async function withSession(work) {
    if (!token()) await startSession();
    try {
      return await work();
    } catch (error) {
      if (error.code !== 401) throw error;
      // Another tab may have begun anew already.
      if (token() === error.used) {
        keepToken(null);
        await startSession();
      }
      return work();
    }
  }

  const element = (tag, className, textContent) =>
    Object.assign(document.createElement(tag), { className, textContent });

  function bubble(text, mine) {
    const item = element("li", `bubble ${mine ? "bubble--out" : "bubble--in"}`, "");
    item.dir = "auto";
    item.append(element("span", "bubble__text", text));
    return item;
  }

  // Who stands at the end stays there, also when the field below grows or a phone's keyboard opens. Only who scrolls up leaves it.
  let atEnd = true;
  let top = 0;
  pane.addEventListener("scroll", () => {
    const near = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
    if (near || pane.scrollTop < top) atEnd = near;
    top = pane.scrollTop;
  });
  const toEnd = () => {
    atEnd = true;
    pane.scrollTop = pane.scrollHeight;
  };
  new ResizeObserver(() => atEnd && toEnd()).observe(pane);

  // Puts a bubble in its place; what is not confirmed yet stays last. Nothing moves while somebody reads further up.
  function add(item) {
    const place = Number(item.dataset.seq ?? Infinity);
    const after = [...log.children].find((other) => Number(other.dataset.seq ?? Infinity) > place);
    log.insertBefore(item, after ?? null);
    if (atEnd) toEnd();
  }

  function show(message) {
    if (shown.has(message.id)) return;
    const mine = message.author === "contact";
    // What is listened to may bring one's own message before the answer to its sending does.
    const early = mine ? [...pending.values()].find((p) => p.dataset.text === message.text) : null;
    confirm(early ?? bubble(message.text, mine), message);
  }

  // Gives a bubble its number and time; from then on it stands in its place.
  function confirm(item, message) {
    const at = new Date(message.at);
    const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    item.append(Object.assign(element("time", "bubble__meta", clock), { dateTime: at.toISOString() }));
    item.dataset.seq = message.seq;
    delete item.dataset.text;
    delete item.dataset.state;
    item.querySelector("button")?.remove();
    shown.set(message.id, item);
    keepUnsent();
    if (item.nextSibling || !item.isConnected) add(item);
  }

  // Only answers that hold everything up to a number may move it forward: what was just sent does not.
  function showAll(messages) {
    for (const message of messages) {
      show(message);
      last = Math.max(last, message.seq);
    }
  }

  // Shows what is to be sent at once, whatever has to go before it.
  function send(text, clientId, at = Date.now()) {
    const item = pending.get(clientId) ?? bubble(text, true);
    if (!pending.has(clientId)) {
      Object.assign(item.dataset, { text, at });
      pending.set(clientId, item);
      add(item);
      toEnd();
    }
    item.dataset.state = "sending";
    item.querySelector("button")?.remove();
    keepUnsent();
    line = line.then(() => post(item, text, clientId));
  }

  async function post(item, text, clientId) {
    try {
      const message = await withSession(() => call("messages", { text, client_id: clientId }));
      pending.delete(clientId);
      keepUnsent();
      turnTo(message.conversation);
      wake?.();
      if (!shown.has(message.id)) confirm(item.dataset.seq ? bubble(text, true) : item, message);
      else if (shown.get(message.id) !== item) item.remove();
      say("");
    } catch (error) {
      if (!error.code) say(words.noConnection);
      if (item.dataset.seq) return; // it arrived all the same
      fail(item, clientId, error.code && error.message ? error.message : words.notSent);
    }
  }

  function fail(item, clientId, why) {
    const { text } = item.dataset;
    item.dataset.state = "failed";
    const again = element("button", "bubble__retry", `${why} Tap to try again.`);
    again.type = "button";
    again.addEventListener("click", () => send(text, clientId));
    item.append(again);
  }

  // What broke off with the page before goes on, under its id: it arrives once. What has arrived is shown before.
  function goOn() {
    for (const { id, text, at } of unsent.splice(0)) {
      if (Date.now() - at < STILL_MEANT) send(text, id, at);
      else {
        const item = bubble(text, true);
        Object.assign(item.dataset, { text, at });
        pending.set(id, item);
        add(item);
        fail(item, id, words.notSent);
      }
    }
  }

  const rest = (time) =>
    new Promise((done) => {
      wake = done;
      if (time) setTimeout(done, time + Math.random() * 500);
    });

  // Asks for news without end. Each question stays open until there is something, up to 25 seconds. Where there is no room
  // for open ones, short ones do for a minute. Whoever has not written yet has nothing to hear.
  async function listen() {
    let pause = 1000;
    let short = 0;
    for (;;) {
      if (!token()) await rest();
      const wait = Date.now() > short && !unsent.length;
      let note = "";
      try {
        await withSession(async () => {
          const asked = generation;
          const place = `after=${last}${conversation ? `&conversation=${conversation}` : ""}`;
          const news = await call(`messages?${place}${wait ? "" : "&wait=false"}`);
          if (asked !== generation) return;
          if (conversation && !news.conversation) note = words.deleted;
          turnTo(news.conversation);
          showAll(news.messages);
          goOn();
        });
        say(note);
        pause = 1000;
        if (!wait) await rest(5000);
      } catch (error) {
        if (error.code === 429 && wait) {
          short = Date.now() + 60000;
        } else {
          say([404, 429].includes(error.code) ? error.message : words.noConnection);
          if (error.code === 404) pause = 30000;
          await rest(Math.max(pause, error.after ?? 0));
          pause = Math.min(pause * 2, 30000);
        }
      }
    }
  }

  // Only secure pages have randomUUID.
  const newId = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0"));
    return hex.join("").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  };

  // Half an emoji, as a cut or a faulty keyboard leaves it, cannot be sent: it becomes the sign for what is lost.
  const whole = (text) =>
    text.toWellFormed?.() ??
    text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) => (found.length > 1 ? found : "\ufffd"));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = whole(input.value.trim());
    if (!text) return;
    input.value = "";
    input.focus();
    send(text, newId());
  });
  input.addEventListener("input", keepUnsent);
  input.addEventListener("keydown", (event) => {
    // Enter that ends the composing of a character does not send. Safari tells of its end before that key: 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });

  form.querySelector("[type=submit]").disabled = false;
  // Before what was written since.
  if (draft && !input.value.startsWith(draft)) input.value = [draft, input.value].filter(Boolean).join("\n");
  if (!token()) goOn();
  // What was said meanwhile is asked for as soon as there is a line again.
  addEventListener("online", () => wake?.());
  listen();
})();
