// Shared machines: two minutes before the session ends a notice offers to stay; when it has ended the page leaves the screen.
// Parts that reload by themselves say so (X-Unattended), and do not keep a session alive.
// All tabs of a browser share the time of the last contact with the server (a time, nothing else).
import { say, unsay } from "./partials.js";

const page = document.documentElement.dataset;
const minutes = Number(page.idleMinutes || 0);
const CONTACT = "last-contact";
const WARN = 2 * 60 * 1000;

const contact = () => localStorage.setItem(CONTACT, Date.now());
const left = () => Number(localStorage.getItem(CONTACT) || Date.now()) + minutes * 60000 - Date.now();

function look() {
  if (left() <= 0) {
    page.signedOut = "yes";
    window.location.reload();
  } else if (left() < WARN) {
    if (!document.querySelector("[data-notice=idle]")) say("idle")?.querySelector("[data-stay]").addEventListener("click", stay);
  } else unsay("idle");
}

async function stay() {
  const answer = await fetch(page.stay, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return say("line-cut");
  contact();
  unsay("idle");
}

if (page.user && minutes > 0) {
  contact();
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "yes";
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.triggeringEvent) contact();
  });
  window.setInterval(look, 15000);
  document.addEventListener("visibilitychange", () => document.hidden || look());
}
