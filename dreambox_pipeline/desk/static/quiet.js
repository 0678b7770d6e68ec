// For pages of plain forms: the notice goes by itself, and a name is asked for before a decision.
import { forgetNotice, notice } from "./notices.js";

forgetNotice();

document.addEventListener("submit", (event) => {
  const first = document.querySelector("#who-first");
  if (!first || event.target.matches("[data-introduce]")) return;
  event.preventDefault();
  first.closest("form").scrollIntoView({ block: "center" });
  first.focus();
  notice("Tell us your name first");
});
