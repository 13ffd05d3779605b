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

  const move = (slider, by) => {
    slider.value = Math.min(1, Math.max(0, Number(slider.value) + by));
  };
  input.addEventListener("change", take);
  tools.addEventListener("input", draw);
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!picture || !canvas.hasPointerCapture(event.pointerId)) return;
    const scale = side() / canvas.clientWidth;
    const [wide, high] = [picture.width - side(), picture.height - side()];
    if (wide) move(across, (-event.movementX * scale) / wide);
    if (high) move(down, (-event.movementY * scale) / high);
    draw();
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom.value = Number(zoom.value) - Math.sign(event.deltaY) * 0.1;
    draw();
  }, { passive: false });
  if (input.files.length) take(); // the browser kept the choice over a reload
}

for (const place of document.querySelectorAll("[data-crop]")) crops(place);
