// Menus and the choice of a place close with Escape, with a click beside them, and when another one opens; the drawer
// closes with Escape. The entry of this page is in sight, however long the side menu is.

const open = () => [...document.querySelectorAll("details.menu[open], details.area-filter[open]")];

document.addEventListener("click", (event) => {
  open().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const drawer = document.getElementById("menu-open");
  if (drawer?.checked) {
    drawer.checked = false;
    drawer.focus();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

const current = document.querySelector(".side [aria-current]"), menu = current?.closest(".side-inner");
if (menu && current.offsetTop + current.offsetHeight > menu.clientHeight) menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
