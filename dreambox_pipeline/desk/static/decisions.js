// Approve and reject without leaving the list: the card goes, the counts follow.
import { notice } from "./notices.js";

const WORDS = { approve: "Approved", reject: "Rejected" };
const SHELVES = { approve: "approved", reject: "rejected" };

export function decideWithoutReload() {
  for (const presets of document.querySelectorAll("[data-presets]")) preparePresets(presets);
  for (const details of document.querySelectorAll(".reject")) {
    details.addEventListener("toggle", () => {
      if (details.open) details.querySelector("input[name=reason]").focus();
    });
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }
  document.addEventListener("submit", onSubmit);
}

function preparePresets(presets) {
  presets.hidden = false;
  presets.addEventListener("click", (event) => {
    if (!event.target.matches(".preset")) return;
    const input = presets.closest("form").querySelector("input[name=reason]");
    input.value = event.target.textContent;
    input.focus();
  });
}

async function onSubmit(event) {
  const form = event.target;
  const card = form.closest("[data-card]");
  if (!form.matches("[data-decide]") || card.dataset.alone !== undefined) return;
  event.preventDefault();
  if (card.dataset.busy || !isIntroduced()) return;
  card.dataset.busy = "yes";
  const decision = event.submitter?.value ?? form.querySelector("[name=decision]").value;
  const problem = await send(form, decision);
  delete card.dataset.busy;
  if (problem) show(card, problem);
  else remove(card, decision);
}

function isIntroduced() {
  const first = document.querySelector("#who-first");
  if (!first) return true;
  first.closest("form").scrollIntoView({ block: "center" });
  first.focus();
  notice("Tell us your name first");
  return false;
}

async function send(form, decision) {
  const body = new URLSearchParams(new FormData(form));
  body.set("decision", decision);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.ok) return null;
    const { error, detail } = await answer.json();
    return `${error}. ${detail}`;
  } catch {
    return "The desk did not answer, so nothing is certain. Check that it is running, then reload the page.";
  }
}

function show(card, problem) {
  const place = card.querySelector(".problem");
  place.textContent = problem;
  place.hidden = false;
}

function remove(card, decision) {
  const title = card.querySelector(".title").textContent;
  const next = card.nextElementSibling ?? card.previousElementSibling;
  card.querySelector("video").pause();
  card.classList.add("leaving");
  notice(`${WORDS[decision]}: ${title}`);
  recount(decision);
  setTimeout(() => {
    card.remove();
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest", behavior: "smooth" });
    } else location.reload(); // the next page, or the words for an empty list
  }, 320);
}

function recount(decision) {
  const list = document.querySelector("[data-list]");
  change(list.dataset.shelf, -1);
  change(SHELVES[decision], 1);
}

function change(shelf, by) {
  const count = document.querySelector(`[data-count="${shelf}"]`);
  count.textContent = Number(count.textContent) + by;
}
