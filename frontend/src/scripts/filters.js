// Filters apply by themselves when a choice changes; text, numbers and dates apply with Enter. Without scripts the button does it.

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) {
    form.requestSubmit();
  }
  nameChoice(event.target);
});

/** A closed list of places says which one is chosen. */
function nameChoice(box) {
  const summary = box.matches("input[type=radio]") && box.closest("details.area-filter")?.querySelector("summary");
  if (!summary) return;
  summary.dataset.title ??= summary.textContent.trim();
  summary.textContent = box.value ? box.parentElement.textContent.trim() : summary.dataset.title;
}

// Opening the choice of a place puts the cursor where its name is typed; typing on the closed choice opens it.
document.addEventListener("click", (event) => {
  const summary = event.target.closest?.("details.area-filter > summary");
  if (summary) setTimeout(() => { if (summary.parentElement.open) typeIn(summary.parentElement); });
});

document.addEventListener("keydown", (event) => {
  const summary = event.target;
  if (!summary.matches?.("details.area-filter > summary") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key !== "ArrowDown" && (event.key.length !== 1 || event.key === " ")) return;
  summary.parentElement.open = true;
  typeIn(summary.parentElement);
});

function typeIn(choice) {
  choice.querySelector("input[type=search]")?.focus();
}
