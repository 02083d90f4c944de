// Live pages. The parts of this page that have the attribute data-live are replaced as soon as the
// gateway says that something changed. Without this script the page shows what it showed when it was loaded.
// The stream is open while the page can be seen, so that many tabs do not use up the browser's connections.
(() => {
  "use strict";

  const AGAIN_MS = 30000; // after an answer that is no stream, or no page: signed out, too many streams, shutdown
  const parts = () => document.querySelectorAll("[data-live]");
  let stream = null;
  let timer = null;
  let refreshing = false;
  let stale = false;

  const found = (link, root) => [...root.querySelectorAll("a, button, summary")].find((each) => each.outerHTML === link);

  const replace = (old, now) => {
    if (!now || old.isEqualNode(now)) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.outerHTML : null;
    const open = new Set([...old.querySelectorAll("details[open] > summary")].map((each) => each.outerHTML));
    for (const each of now.querySelectorAll("details > summary")) {
      if (open.has(each.outerHTML)) each.parentElement.open = true;
    }
    old.replaceChildren(...now.childNodes);
    if (focused) found(focused, old)?.focus();
  };

  const refresh = async () => {
    stale = true;
    if (refreshing) return;
    refreshing = true;
    try {
      while (stale) {
        stale = false;
        const answer = await fetch(window.location.pathname + window.location.search, { headers: { Accept: "text/html" } });
        if (!answer.ok || answer.redirected) return openLater();
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of parts()) replace(part, page.getElementById(part.id));
      }
    } catch {
      // The network is away: the stream ends, too, and its return refreshes the page.
    } finally {
      refreshing = false;
    }
  };

  const close = () => {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };

  const openLater = () => {
    close();
    timer = setTimeout(open, AGAIN_MS);
  };

  const open = () => {
    close();
    if (document.hidden) return;
    stream = new EventSource("/v1/events");
    for (const name of [
      "snapshot", "resync", "connection.added", "connection.changed", "connection.removed",
      "approval.waiting", "approval.decided", "approval.ended",
    ]) stream.addEventListener(name, refresh);
    stream.addEventListener("error", () => {
      if (stream?.readyState === EventSource.CLOSED) openLater();
    });
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
  if (parts().length > 0) open();
})();
