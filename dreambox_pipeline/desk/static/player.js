// A big play button, one video at a time, and a moving preview under the pointer.

const mayHover = matchMedia("(hover: hover) and (prefers-reduced-motion: no-preference)");

export function playOrPause(player) {
  const video = player?.querySelector("video");
  if (!video) return; // an erased dream has none
  if (video.paused) video.play().catch(() => {});
  else video.pause();
}

export function bringPlayersToLife(root) {
  for (const player of root.querySelectorAll("[data-player]")) prepare(player);
}

function prepare(player) {
  const video = player.querySelector("video");
  const button = player.querySelector(".play");
  const show = () => {
    const isFresh = video.paused && video.currentTime === 0;
    video.controls = !isFresh;
    button.hidden = !isFresh;
    player.classList.toggle("is-playing", !video.paused);
    if (!isFresh) player.querySelector(".preview").hidden = true;
  };
  player.classList.add("has-play");
  show();
  button.addEventListener("click", () => {
    video.play().catch(() => {});
    video.focus({ preventScroll: true });
  });
  video.addEventListener("play", () => {
    show();
    for (const other of document.querySelectorAll("video")) if (other !== video) other.pause();
  });
  video.addEventListener("pause", show);
  prepareRenewal(video);
  preparePreview(player, video);
}

// Signed addresses end. A page left open asks once for a new one before it gives up.
function prepareRenewal(video) {
  const card = video.closest("[data-card]");
  video.addEventListener("error", async () => {
    if (card.dataset.renewed) return;
    card.dataset.renewed = "yes";
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const label = CSS.escape(card.getAttribute("aria-labelledby"));
    const fresh = page.querySelector(`[aria-labelledby="${label}"] video`);
    if (!fresh) return;
    video.src = fresh.getAttribute("src");
    video.play().catch(() => {});
  });
  video.addEventListener("playing", () => delete card.dataset.renewed);
}

function preparePreview(player, video) {
  const preview = player.querySelector(".preview");
  player.addEventListener("pointerenter", () => {
    if (!mayHover.matches || !video.paused || video.currentTime > 0) return;
    if (!preview.src) preview.src = preview.dataset.preview;
    preview.hidden = false;
  });
  player.addEventListener("pointerleave", () => { preview.hidden = true; });
  preview.addEventListener("error", () => preview.remove());
}
