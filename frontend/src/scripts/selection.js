// Ticked rows of a list: tick all, tick a range with Shift, and say how many are ticked.

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("input[type=checkbox]")) return;
  const table = box.closest("table");
  if (!table) return;
  const boxes = rowBoxes(table);
  if (box.matches("[data-tick-all]")) boxes.forEach((other) => { other.checked = box.checked; });
  else if (event.shiftKey && last && boxes.includes(last)) range(boxes, box);
  last = box;
  count(table, boxes);
});

const rowBoxes = (table) => [...table.querySelectorAll("tbody .tick input[type=checkbox]")];

function range(boxes, box) {
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  boxes.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
}

function count(table, boxes) {
  const ticked = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-tick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  document.querySelectorAll("[data-ticked]").forEach((place) => { place.textContent = ticked; });
}
