// Ticked rows of a list: tick all, tick a range with Shift, say how many are ticked, and keep the ticks from page to page.
// Only ids are kept, in this tab, under the address of the list with its filters.

let last = null;

const bar = () => document.querySelector("form[data-chosen]");
const boxes = () => [...document.querySelectorAll("tbody .tick input[type=checkbox]")];
const placeOf = (form) => `ticks ${form.dataset.chosen}`;
const kept = (form) => new Set(JSON.parse(sessionStorage.getItem(placeOf(form)) || "[]"));

document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.matches?.("[data-untick]")) return untick(bar());
  if (!box.matches?.("input[type=checkbox]") || !bar()) return;
  const table = box.closest("table");
  if (table && box.matches("[data-tick-all]")) boxes().forEach((other) => { other.checked = box.checked; });
  else if (table && event.shiftKey && last && boxes().includes(last)) range(boxes(), box);
  else if (!table && !box.matches("[data-everything]")) return;
  if (table) last = box;
  keep(bar());
  show(bar());
});

function range(all, box) {
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
}

function keep(form) {
  const ids = kept(form);
  boxes().forEach((box) => ids[box.checked ? "add" : "delete"](box.value));
  sessionStorage.setItem(placeOf(form), JSON.stringify([...ids]));
}

function untick(form) {
  sessionStorage.removeItem(placeOf(form));
  form.querySelector("[data-everything]").checked = false;
  boxes().forEach((box) => { box.checked = false; });
  show(form);
}

function show(form) {
  const all = document.querySelector("[data-tick-all]");
  const here = boxes().filter((box) => box.checked).length;
  const ticked = kept(form).size;
  const everything = form.querySelector("[data-everything]").checked;
  if (all) {
    all.checked = here > 0 && here === boxes().length;
    all.indeterminate = here > 0 && here < boxes().length;
  }
  form.classList.toggle("is-on", ticked > 0 || everything);
  form.querySelector("[data-ticked]").textContent = ticked;
}

function comeBack() {
  const form = bar();
  if (!form) return;
  const ids = kept(form);
  boxes().forEach((box) => { box.checked = ids.has(box.value); });
  show(form);
}

// Ticks of other pages travel along; after that the choice is the server's.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-chosen]")) return;
  const here = new Set(boxes().map((box) => box.value));
  [...kept(form)].filter((id) => !here.has(id)).forEach((id) => {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "tick", value: id }));
  });
});

document.addEventListener("htmx:afterSwap", comeBack);
window.addEventListener("pageshow", comeBack);
