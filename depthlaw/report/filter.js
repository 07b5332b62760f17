"use strict";
// The page can be read without this: it only hides cards that are not asked for.
const form = document.getElementById("filter");
const cards = Array.from(document.querySelectorAll("article.card"), (card) => ({
  card,
  words: card.textContent.toLowerCase(),
}));
const entries = new Map(
  Array.from(document.querySelectorAll(".index a"), (link) => [link.hash.slice(1), link.parentNode]),
);
function show() {
  const verdict = form.elements.verdict.value;
  const paper = form.elements.paper.value;
  const asked = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { card, words } of cards) {
    const fits =
      (!verdict || card.dataset.verdict === verdict) &&
      (!paper || card.dataset.paper === paper) &&
      asked.every((word) => words.includes(word));
    card.hidden = !fits;
    entries.get(card.id).hidden = !fits;
    count += fits;
  }
  for (const part of document.querySelectorAll("section.paper")) {
    part.hidden = !part.querySelector("article.card:not([hidden])");
  }
  form.querySelector("output").value = `${count} of ${cards.length} claims`;
}
form.hidden = false;
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(show));
// A link to a card that is filtered away shows it again.
addEventListener("hashchange", () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.closest("[hidden]")) {
    form.reset();
    setTimeout(() => target.scrollIntoView());
  }
});
// Paper has no way to open what is closed.
let closed = [];
addEventListener("beforeprint", () => {
  closed = Array.from(document.querySelectorAll("details:not([open])"));
  for (const part of closed) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of closed) part.open = false;
});
show();
