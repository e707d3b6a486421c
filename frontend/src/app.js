// Every script of the product. Pages can be read without any of it; forms can be sent without any of it.
import "./scripts/partials.js";
import "./scripts/send_once.js";
import "./scripts/typed.js";
import "./scripts/filters.js";
import "./scripts/keyboard.js";
import "./scripts/selection.js";
import "./scripts/menus.js";
import "./scripts/idle.js";
