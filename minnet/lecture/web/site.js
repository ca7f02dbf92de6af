// Two comforts; without them the pages are whole: a table of contents that starts closed on a
// narrow screen, and players that draw the paths of a scene step by step.

const SECONDS = 10; // from the first step to the last

for (const list of document.querySelectorAll(".contents details")) {
  list.open = matchMedia("(min-width: 66rem)").matches;
}

for (const scene of document.querySelectorAll(".scene")) {
  const heads = scene.querySelectorAll("circle");
  const runs = [...scene.querySelectorAll("polyline")].map((line, k) => (
    { line, head: heads[k], places: line.getAttribute("points").split(" ") }
  ));
  const player = scene.querySelector(".player");
  const [button, slider, clock] = player.querySelectorAll("button, input, output");
  const last = Number(slider.max);
  let step = last, playing = false, before = 0;

  const show = (place) => {
    step = place;
    const shown = Math.floor(step);
    for (const { line, head, places } of runs) {
      line.setAttribute("points", places.slice(0, shown + 1).join(" "));
      const [x, y] = places[Math.min(shown, places.length - 1)].split(",");
      head.setAttribute("cx", x);
      head.setAttribute("cy", y);
    }
    slider.value = shown;
    clock.textContent = `step ${shown} of ${last}`;
  };
  const play = (wanted) => {
    playing = wanted;
    button.textContent = playing ? "Pause" : "Play";
    before = performance.now();
    if (playing) requestAnimationFrame(move);
  };
  const move = (now) => {
    if (!playing) return;
    show(Math.min(last, step + (Math.max(0, now - before) / 1000 / SECONDS) * last));
    before = now;
    if (step < last) requestAnimationFrame(move); else play(false);
  };
  button.addEventListener("click", () => {
    if (!playing && step >= last) show(0);
    play(!playing);
  });
  slider.addEventListener("input", () => {
    play(false);
    show(Number(slider.value));
  });
  player.hidden = false;
}
