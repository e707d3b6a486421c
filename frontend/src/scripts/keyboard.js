// Typing without the mouse. Ctrl+Enter sends the form. In a form for long typing (data-enter="next") Enter goes to the
// next field; in a table for typing (data-enter="down") Enter and the arrows go to the same column of the next row.

document.addEventListener("keydown", (event) => {
  const control = event.target;
  if (!(control instanceof HTMLElement) || event.isComposing) return;
  const form = control.closest("form");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return press(event, () => form.requestSubmit());
  const mode = control.closest("[data-enter]")?.dataset.enter;
  if (mode === "down") return inTable(event, control);
  if (mode === "next" && event.key === "Enter" && control.matches("input, select")) press(event, () => next(form, control)?.focus());
});

function press(event, act) {
  event.preventDefault();
  act();
}

function next(form, control) {
  const controls = [...form.elements].filter((other) => other.tabIndex >= 0 && !other.disabled && other.offsetParent && other.type !== "hidden");
  return controls.slice(controls.indexOf(control) + 1).find((other) => other.type !== "radio" || other.name !== control.name);
}

function inTable(event, control) {
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !control.matches("input, select") || (control.matches("select") && event.key !== "Enter")) return;
  const cell = control.closest("td, th");
  const row = cell?.parentElement;
  const other = step > 0 ? row?.nextElementSibling : row?.previousElementSibling;
  const target = other?.cells?.[cell.cellIndex]?.querySelector("input, select");
  press(event, () => {
    target?.focus();
    target?.select?.();
  });
}
