// Counts a caption as TikTok does while it is typed, and shows the frame chosen as the cover.

export function helpWithWords() {
  const form = document.querySelector("[data-words]");
  if (!form) return;
  const caption = form.elements.caption;
  caption.addEventListener("input", () => count(form, caption.value));
  count(form, caption.value);
  form.elements.cover_s.addEventListener("input", (event) => showFrame(event.target));
}

function count(form, text) {
  const counter = form.querySelector("[data-counter]");
  // A string's length here is in UTF-16 units, which is what TikTok counts.
  write(counter.querySelector("[data-units]"), text.trim().length, counter.dataset.maxUnits);
  const mentions = text.match(/@[\p{L}\p{N}_.]+/gu) ?? [];
  write(counter.querySelector("[data-mentions]"), mentions.length, counter.dataset.maxMentions);
}

function write(place, number, most) {
  place.textContent = number;
  place.classList.toggle("over", number > Number(most));
}

function showFrame(input) {
  const video = document.querySelector("[data-player] video");
  const at = Number(input.value);
  if (!video || input.value === "" || !(at >= 0) || at > Number(input.max)) return;
  video.pause();
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) video.currentTime = at;
  else {
    video.addEventListener("loadedmetadata", () => { video.currentTime = at; }, { once: true });
    video.preload = "auto";
  }
}
