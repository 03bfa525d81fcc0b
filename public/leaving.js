// Before people leave a page on which something would be lost, the app may keep them there: by a link of the app, by the
// browser's buttons, by closing the tab. It hears of it as "leave"; what the event carries leaves after all.
(() => {
  const kept = (leave) => !dispatchEvent(new CustomEvent("leave", { cancelable: true, detail: leave }));
  const page = () => location.pathname + location.search;

  // Not every browser tells which way one of its buttons leads, so the places in the tab's history are numbered.
  let at = history.state?.at ?? 0;
  let shown = page();
  const { pushState, replaceState } = history;
  history.pushState = (_, title, url) => {
    pushState.call(history, { at: ++at }, title, url);
    shown = page();
  };
  history.replaceState = (_, title, url) => {
    replaceState.call(history, { at }, title, url);
    shown = page();
  };
  history.replaceState(null, "");

  // Before the router, which listens to the window as well.
  addEventListener(
    "popstate",
    (event) => {
      const to = event.state?.at;
      if (to === undefined) {
        // A place within the page, new in the history.
        at += 1;
        history.replaceState(null, "");
      } else if (to === at) {
        // Back where the page is.
        event.stopImmediatePropagation();
      } else if (page() !== shown && kept(() => history.go(to - at))) {
        // The address has changed already. Back, unseen by the router.
        event.stopImmediatePropagation();
        history.go(at - to);
      } else {
        at = to;
        shown = page();
      }
    },
    true,
  );

  addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      const special = event.button || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey;
      if (!link || special || event.defaultPrevented) return;
      // A whole new page asks when this one goes.
      const elsewhere = link.target || link.hasAttribute("download") || link.relList.contains("external");
      if (elsewhere || link.origin !== location.origin || link.pathname + link.search === page()) return;
      if (!kept(() => link.click())) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  addEventListener("beforeunload", (event) => {
    if (!kept(null)) return;
    event.preventDefault();
    // Older browsers ask only if there is something to say; what it is they never show.
    event.returnValue = "unsaved";
  });
})();
