// Parts of a page that reload by themselves (htmx). No code in attributes, no copies of pages kept in the browser.
import htmx from "htmx.org";

document.documentElement.classList.add("scripts");

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollBehavior: "auto",
  timeout: 60000,
});

// Signed out, refused or gone: the server's answer is a page of its own, so show it as one instead of inside a table.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const page = /<html[\s>]/i.test(xhr.responseText.slice(0, 400));
  if (!page) return;
  event.detail.shouldSwap = false;
  window.location.reload();
});

for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(trouble, () => say("line-cut"));
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) unsay("line-cut");
});

/** Show one of the notices that the page carries ready and translated in <template id="notice-NAME">. */
export function say(name) {
  const ready = document.getElementById(`notice-${name}`);
  const place = document.getElementById("notices");
  if (!ready || !place) return null;
  unsay(name);
  const notice = ready.content.firstElementChild.cloneNode(true);
  notice.dataset.notice = name;
  place.prepend(notice);
  return notice;
}

export function unsay(name) {
  document.querySelectorAll(`[data-notice="${name}"]`).forEach((notice) => notice.remove());
}
