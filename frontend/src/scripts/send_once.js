// A form is sent once: a second click while the first is on its way does nothing.
// The form's hidden key stays as it is, so that sending again after a cut line does nothing twice on the server either.

const WAIT = 20000;
const WAIT_FOR_FILE = 3000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("data-sending")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sending", "");
  form.setAttribute("aria-busy", "true");
  window.setTimeout(() => release(form), form.matches(".form") ? WAIT : WAIT_FOR_FILE);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) release(form);
});

function release(form) {
  form.removeAttribute("data-sending");
  form.removeAttribute("aria-busy");
}
