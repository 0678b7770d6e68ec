// Keys for a laptop: J and K move, Space plays, A approves, R rejects.
import { playOrPause } from "./player.js";

const cards = () => [...document.querySelectorAll("[data-card]:not(.leaving)")];

export function listenForKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => mark(event.target.closest?.("[data-card]")));
  document.addEventListener("pointerdown", (event) => mark(event.target.closest?.("[data-card]")));
  mark(cards()[0]);
}

function mark(card) {
  if (!card) return;
  for (const other of cards()) other.classList.toggle("is-current", other === card);
}

const current = () => document.querySelector("[data-card].is-current:not(.leaving)") ?? cards()[0];

function onKey(event) {
  // A held key repeats; nobody wants ten approvals from one long press.
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const card = current();
  const act = card && ACTIONS[event.key.toLowerCase()];
  if (!act) return;
  if (event.key === " " && event.target.closest("button, a, summary, video")) return;
  event.preventDefault();
  act(card);
}

const ACTIONS = {
  j: (card) => go(card, 1),
  k: (card) => go(card, -1),
  " ": (card) => playOrPause(card.querySelector("[data-player]")),
  a: (card) => card.querySelector(".approve:not(:disabled)")?.click(),
  r: (card) => {
    const details = card.querySelector(".reject");
    if (details) details.open = true;
  },
};

function go(card, step) {
  const all = cards();
  const next = all[all.indexOf(card) + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start", behavior: "smooth" });
  mark(next);
}
