// What pages do beside what a form and a link do. Everything works without it.

// A mark of a video seeks; the player is the one before its list.
document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-seek]");
  if (!mark) return;
  const video = mark.closest("section").querySelector("video");
  video.currentTime = Number(mark.dataset.seek);
  video.play().catch(() => {});
});

// A case that has many boxes: the tall picture scrolls to the box of the violation that is gone to.
const scrolled = () => {
  const number = /^#violation-(\d+)$/.exec(location.hash)?.[1];
  const box = number && document.querySelector(`.tall a[href="#violation-${number}"] rect`);
  const tall = box?.closest(".tall");
  if (!tall) return;
  const [from, to] = [tall.getBoundingClientRect(), box.getBoundingClientRect()];
  tall.scrollTop += to.top - from.top - tall.clientHeight / 3;
};
addEventListener("hashchange", scrolled);
addEventListener("load", scrolled);
