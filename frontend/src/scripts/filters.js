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
