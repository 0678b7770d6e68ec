// Marks the card in the middle of the screen; the styles keep its buttons within reach.

export function keepButtonsInReach() {
  const middle = new IntersectionObserver(
    (changes) => {
      for (const change of changes) change.target.classList.toggle("in-reach", change.isIntersecting);
    },
    { rootMargin: "-50% 0px -50% 0px" },
  );
  for (const card of document.querySelectorAll("[data-card]")) middle.observe(card);
}
