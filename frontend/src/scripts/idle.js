// Shared machines: two minutes before the session ends a notice offers to stay; when it has ended the page leaves the screen.
// Parts that reload by themselves say so (X-Unattended), and do not keep a session alive.
// A file on its way is not idleness: the page waits for it as long as the slowest line needs.
// All tabs of a browser share the time of the last contact with the server (a time, nothing else).
import { say, unsay } from "./partials.js";

const page = document.documentElement.dataset;
const minutes = Number(page.idleMinutes || 0);
const CONTACT = "last-contact";
const MINUTE = 60 * 1000;
const WARN = 2 * MINUTE;
const SLOWEST = 4; // bytes in a millisecond
let arrives = 0;

const contact = () => localStorage.setItem(CONTACT, Date.now());
const left = () => Number(localStorage.getItem(CONTACT) || Date.now()) + minutes * MINUTE - Date.now();
const ask = () => fetch(page.stay, { method: "HEAD", redirect: "manual" }).catch(() => null);

function look() {
  if (Date.now() < arrives) {
    if (left() < (minutes - 1) * MINUTE) ask().then((answer) => answer?.ok && contact());
  } else if (left() <= 0) {
    page.signedOut = "yes";
    window.location.reload();
  } else if (left() < WARN) {
    if (!document.querySelector("[data-notice=idle]")) say("idle")?.querySelector("[data-stay]").addEventListener("click", stay);
  } else unsay("idle");
}

async function stay() {
  if (!(await ask())?.ok) return say("line-cut");
  contact();
  unsay("idle");
}

function sent(event) {
  const files = [...event.target.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes) arrives = Date.now() + bytes / SLOWEST;
}

if (page.user && minutes > 0) {
  contact();
  document.addEventListener("submit", sent);
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "yes";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.triggeringEvent) contact();
  });
  window.setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}
