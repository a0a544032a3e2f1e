// Everything works without this file: it only keeps figures and clocks moving, and adds rows to a form in place.
(() => {
  "use strict";

  // Regions that the server draws again: fetched every second while somebody looks.
  document.querySelectorAll("[data-live]").forEach((region) => {
    let busy = false;
    setInterval(async () => {
      if (busy || document.hidden || region.contains(document.activeElement)) return;
      busy = true;
      try {
        const answer = await fetch(region.dataset.live, { headers: { Accept: "text/html" } });
        if (!answer.ok) return;
        const open = [...region.querySelectorAll("details[open]")].map((details) => details.id);
        region.innerHTML = await answer.text();
        open.forEach((id) => { document.getElementById(id).open = true; });
      } catch {
        // The hub is away: the last figures stay, the next second asks again.
      } finally {
        busy = false;
      }
    }, 1000);
  });

  // Clocks: seconds at the moment of drawing, counted on from there.
  const drawn = Date.now();
  const write = (all) => {
    const [h, m, s] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60].map(Math.floor);
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };
  const clocks = document.querySelectorAll("[data-running]");
  if (clocks.length) {
    setInterval(() => {
      const passed = Math.floor((Date.now() - drawn) / 1000);
      clocks.forEach((clock) => {
        const seconds = Number(clock.dataset.seconds) + passed;
        clock.textContent = write(seconds);
        const late = seconds > Number(clock.dataset.late);
        clock.classList.toggle("late", late);
        clock.classList.toggle("good", !late);
      });
    }, 1000);
  }

  // A household's form: rows are added and removed without a round trip.
  const rows = document.querySelector("[data-rows]");
  const blank = document.querySelector("template[data-row]");
  if (rows && blank) {
    let next = rows.children.length;
    const number = () => rows.querySelectorAll(".nth").forEach((n, i) => { n.textContent = i + 1; });
    document.querySelector("[data-add]").addEventListener("click", (event) => {
      event.preventDefault();
      if (rows.children.length >= Number(rows.dataset.most)) return;
      rows.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__", String(next++)));
      number();
      rows.lastElementChild.querySelector("input:not([type=hidden])").focus();
    });
    rows.addEventListener("click", (event) => {
      const button = event.target.closest(".remove");
      if (!button) return;
      event.preventDefault();
      if (rows.children.length > 1) button.closest(".member").remove();
      number();
    });
  }

  document.getElementById("problems")?.focus();
})();
