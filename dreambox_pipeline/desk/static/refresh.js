// Looks every 15 s for new videos and says so. It never reloads under a person's hands.

const EVERY_MS = 15_000;

export function watchForNewVideos() {
  const list = document.querySelector("[data-list]");
  if (!list) return;
  setInterval(() => { if (!document.hidden) look(list); }, EVERY_MS);
}

async function look(list) {
  const answer = await fetch("/api/videos?state=open").catch(() => null);
  if (!answer?.ok) return; // the desk is restarting; the next look will tell
  const { counts, videos, page, last_page: lastPage } = await answer.json();
  for (const [shelf, count] of Object.entries(counts)) {
    document.querySelector(`[data-count="${shelf}"]`).textContent = count;
  }
  if (list.dataset.shelf !== "open" || list.dataset.page !== "1") return;
  const fresh = videos.filter((video) => video.finished_at > list.dataset.newest).length;
  if (fresh === 0) return;
  const isIdle = list.children.length === 0 && !document.activeElement.matches("input");
  if (isIdle) location.reload();
  else announce(fresh, fresh === videos.length && lastPage > page);
}

function announce(count, isAtLeast) {
  const pill = document.querySelector("[data-pill]");
  const word = count === 1 ? "new video" : "new videos";
  pill.textContent = `${count}${isAtLeast ? "+" : ""} ${word}`;
  pill.hidden = false;
}
