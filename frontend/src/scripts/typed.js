// Nothing typed is lost: what stands in a form is kept for this tab until the server has taken it, and offered again
// after a cut line, an error page or an expired session. Kept for the same user only, never passwords, codes or files,
// never beyond the tab, two hours at most. Leaving a page with unsent changes asks first.
import { say, unsay } from "./partials.js";

const PREFIX = "typed:";
const MAX_AGE = 2 * 3600 * 1000;
const NEVER = new Set(["password", "file", "submit", "button", "image", "reset"]);
const page = document.documentElement.dataset;
const dirty = new Set();

const formsToKeep = () => [...document.querySelectorAll("form.form:not([data-not-kept])")].filter((form) => form.method === "post");
const nameOf = (form) => `${PREFIX}${location.pathname}#${form.id || formsToKeep().indexOf(form)}`;
const keepable = (control) => control.name && control.name !== "csrfmiddlewaretoken" && !NEVER.has(control.type)
  && control.autocomplete !== "one-time-code" && !control.closest("[data-not-kept]");
const isChoice = (control) => control.type === "checkbox" || control.type === "radio";

function valuesOf(form) {
  return [...form.elements].filter(keepable).map((control) => {
    if (isChoice(control)) return [control.name, control.value, control.checked];
    if (control.type === "select-multiple") return [control.name, null, [...control.selectedOptions].map((option) => option.value)];
    return [control.name, null, control.value];
  });
}

function keep(form, sent) {
  const kept = { user: page.user, at: Date.now(), sent, values: valuesOf(form) };
  try {
    sessionStorage.setItem(nameOf(form), JSON.stringify(kept));
  } catch {
    // Full or switched off: the form still works, it is only not kept.
  }
}

function putBack(form, values) {
  const seen = {};
  for (const [name, value, content] of values) {
    const same = [...form.elements].filter((control) => control.name === name && keepable(control));
    const position = value === null ? (seen[name] = (seen[name] ?? -1) + 1) : same.findIndex((control) => control.value === value);
    const control = same[position];
    if (!control) continue;
    if (isChoice(control)) control.checked = content;
    else if (control.type === "select-multiple") [...control.options].forEach((option) => { option.selected = content.includes(option.value); });
    else control.value = content;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Every kept form as [its key, its content]; foreign and old ones are thrown away on the way. */
function allKept() {
  const found = [];
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX))) {
    const kept = JSON.parse(sessionStorage.getItem(key));
    if (Date.now() - kept.at > MAX_AGE || (page.user && kept.user !== page.user)) sessionStorage.removeItem(key);
    else found.push([key, kept]);
  }
  return found;
}

function offer(form, key, kept) {
  const notice = say("typed");
  if (!notice) return;
  notice.querySelector("[data-put-back]").addEventListener("click", () => {
    putBack(form, kept.values);
    dirty.add(form);
    unsay("typed");
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  notice.querySelector("[data-throw-away]").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    unsay("typed");
  });
}

/**
 * A page that answers a POST shows what was typed by itself: a form with errors, or what will happen before it happens.
 * Any other page means that the server has taken what was sent, unless it is the page of that very form.
 */
function start() {
  if (!page.user || page.page === "error") return;
  const found = allKept();
  if (page.method === "POST") return;
  const here = new Map(formsToKeep().map((form) => [nameOf(form), form]));
  for (const [key, kept] of found) {
    const form = here.get(key);
    if (form && differs(form, kept)) offer(form, key, kept);
    else if (kept.sent || form) sessionStorage.removeItem(key);
  }
}

const ownWords = (values) => JSON.stringify(values.filter(([name]) => name !== "key" && !/^version(-|$)/.test(name)));
const differs = (form, kept) => ownWords(valuesOf(form)) !== ownWords(kept.values);

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form");
  if (!form || !formsToKeep().includes(form)) return;
  dirty.add(form);
  window.clearTimeout(form.keepSoon);
  form.keepSoon = window.setTimeout(() => dirty.has(form) && keep(form, false), 800);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-sign-out")) allKept().forEach(([key]) => sessionStorage.removeItem(key));
  if (event.defaultPrevented || !formsToKeep().includes(form)) return;
  keep(form, true);
  window.clearTimeout(form.keepSoon);
  dirty.clear();
});
window.addEventListener("pagehide", () => dirty.forEach((form) => form.isConnected && keep(form, false)));
window.addEventListener("beforeunload", (event) => {
  if (![...dirty].some((form) => form.isConnected) || page.signedOut) return;
  event.preventDefault();
  event.returnValue = "";
});
start();
