// Until the program runs, nothing on the page answers. What people do meanwhile is not lost: what they type stays, and what
// they sent or pressed last happens as soon as it can. It is in the document itself, so that it is there before anything else.
(() => {
  const root = document.documentElement;
  const typed = new Map(); // field -> what stands in it, and where one writes
  let waits = null; // what happens later
  let waiting = null; // the button that shows it
  let runs = false; // the program is there, and what was typed before is not back yet
  let was = ""; // what stood in a field before the last key

  const note = (field) => {
    const { value, selectionStart: place } = field;
    if (!field.matches?.("input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select")) return;
    const before = typed.get(field);
    if (runs && !before) return; // nothing was there, so nothing is given back
    // Where the program has put its own in since, what comes now comes behind what was there.
    const put = before?.put ?? (runs && was !== before.value ? was : undefined);
    const own = before?.own ?? before?.value;
    if (put === undefined) typed.set(field, { value, place });
    else if (value.startsWith(put)) typed.set(field, { value: own + value.slice(put.length), own, put });
  };
  const hold = (act, button) => {
    waiting?.removeAttribute("aria-busy");
    waits = act;
    waiting = button;
    waiting?.setAttribute("aria-busy", "true");
  };

  const early = {
    beforeinput: ({ target }) => {
      was = target.value;
    },
    input: ({ target }) => {
      note(target);
      hold(null, null); // whoever goes on writing has not sent it yet
    },
    change: ({ target }) => note(target),
    submit: (event) => {
      const form = event.target;
      if (form.hasAttribute("action") && !runs) return; // the server takes it
      event.preventDefault();
      event.stopImmediatePropagation();
      hold(() => form.requestSubmit(), event.submitter ?? form.querySelector("[type=submit]"));
    },
    click: ({ target }) => {
      if (runs) return; // it works
      const button = target.closest?.("button[type=button]:not([popovertarget])");
      if (button) hold(() => button.click(), button);
    },
    keydown: (event) => {
      const composing = event.isComposing || event.keyCode === 229;
      if (event.key !== "Enter" || event.shiftKey || composing) return;
      if (event.target.enterKeyHint !== "send" || !event.target.value.trim()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      event.target.form.requestSubmit();
    },
  };

  // The program gives fields the values it knows: those of people go in again, behind a draft that was kept.
  const giveBack = (field, { value, place, put }) => {
    const now = put ?? field.value;
    if (now === value || !field.isConnected) return;
    const draft = field.tagName === "TEXTAREA" && now !== field.defaultValue && !value.startsWith(now);
    field.value = draft ? `${now}\n${value}` : value;
    if (!draft && Number.isInteger(place)) field.setSelectionRange(place, place);
    field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
  };

  const names = Object.keys(early);
  names.forEach((name) => addEventListener(name, early[name], true));
  // What the browser itself put in, from before a reload or from its memory.
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input, textarea").forEach((field) => field.value !== field.defaultValue && note(field));
  });

  const alive = new MutationObserver(() => {
    alive.disconnect();
    runs = true;
    // Once the program has done all that it does at first. Whoever is typing goes on meanwhile.
    setTimeout(() => {
      names.forEach((name) => removeEventListener(name, early[name], true));
      const act = waits;
      hold(null, null);
      typed.forEach((what, field) => giveBack(field, what));
      act?.();
    });
  });
  alive.observe(root, { attributeFilter: ["data-hydrated"] });
})();
