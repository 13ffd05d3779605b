// The square that is taken of a picture: drawn as it will be shown, moved by dragging, with
// the wheel, or by sliders, which a keyboard moves too. The server cuts it by the same numbers.

function crops(place) {
  const input = place.querySelector('input[type="file"]');
  const canvas = place.querySelector("canvas");
  const before = place.querySelector(".crop-shown:not(canvas)");
  const tools = place.querySelector("[data-crop-tools]");
  const problem = place.querySelector("[data-crop-problem]");
  const [zoom, across, down] = tools.querySelectorAll("input");
  let picture = null;

  const side = () => Math.min(picture.width, picture.height) / Number(zoom.value);

  function draw() {
    const cut = side();
    const left = (picture.width - cut) * Number(across.value);
    const top = (picture.height - cut) * Number(down.value);
    const on = canvas.getContext("2d");
    on.clearRect(0, 0, canvas.width, canvas.height);
    on.drawImage(picture, left, top, cut, cut, 0, 0, canvas.width, canvas.height);
  }

  async function take() {
    const file = input.files[0];
    problem.hidden = true;
    picture = null;
    if (file) {
      try {
        picture = await createImageBitmap(file);
      } catch {
        problem.hidden = false;
        input.value = "";
      }
    }
    canvas.hidden = tools.hidden = !picture;
    before.hidden = Boolean(picture);
    if (!picture) return;
    zoom.value = 1;
    across.value = down.value = 0.5;
    draw();
  }

  // From where a drag began, not from move to move: a slider rounds, and a slow hand on a
  // long picture would move it by nothing, again and again.
  let held = null;
  const slide = (slider, from, by, room) => {
    if (room) slider.value = Math.min(1, Math.max(0, from + by / room));
  };
  input.addEventListener("change", take);
  tools.addEventListener("input", draw);
  canvas.addEventListener("pointerdown", (event) => {
    if (!picture || !event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    held = { x: event.clientX, y: event.clientY, across: Number(across.value), down: Number(down.value) };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held || !event.isPrimary) return;
    const scale = side() / canvas.clientWidth;
    slide(across, held.across, (held.x - event.clientX) * scale, picture.width - side());
    slide(down, held.down, (held.y - event.clientY) * scale, picture.height - side());
    draw();
  });
  canvas.addEventListener("lostpointercapture", () => {
    held = null;
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom.value = Number(zoom.value) - Math.sign(event.deltaY) * 0.1;
    draw();
  }, { passive: false });
  if (input.files.length) take(); // the browser kept the choice over a reload
}

for (const place of document.querySelectorAll("[data-crop]")) crops(place);
