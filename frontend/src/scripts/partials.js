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
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

// Signed out: the server's answer is a page of its own, so load it as one instead of inside a table.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 || !/<html[\s>]/i.test(xhr.responseText.slice(0, 400))) return;
  event.detail.shouldSwap = false;
  window.location.reload();
});

for (const trouble of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(trouble, () => say("line-cut"));
}
document.addEventListener("htmx:responseError", () => say("part-missing"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) ["line-cut", "part-missing"].forEach(unsay);
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
