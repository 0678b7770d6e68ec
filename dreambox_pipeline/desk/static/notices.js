// Short notices at the bottom of the page, read out by screen readers.

const SHOWN_MS = 3500;

function leave(toast) {
  setTimeout(() => toast.classList.add("leaving"), SHOWN_MS);
  setTimeout(() => toast.remove(), SHOWN_MS + 500);
}

export function notice(text) {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  document.querySelector(".toasts").replaceChildren(toast);
  leave(toast);
}

// The server's own notice comes with ?done=…; a reload must not say it again.
export function forgetNotice() {
  const toast = document.querySelector("[data-done]");
  if (!toast) return;
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
  leave(toast);
}
