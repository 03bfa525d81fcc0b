// A phone's keyboard takes room from the page. Where the browser leaves the page as it is (Safari does), the style sheet is
// told how much: then the composer stands above the keyboard, and the messages above it.
(() => {
  const view = window.visualViewport;
  if (!view) return;
  const root = document.documentElement;
  const tell = () => {
    // Who zooms in sees less of the page as well.
    const taken = view.scale > 1.01 ? 0 : Math.max(0, Math.round(root.clientHeight - view.height));
    root.style.setProperty("--keyboard", `${taken}px`);
    // Safari moves the page up for what is written in; made smaller, it has its place.
    if (taken && view.offsetTop) scrollTo(0, 0);
  };
  view.addEventListener("resize", tell);
})();
