// The colour scheme: the system's until the person chooses, then theirs, kept in localStorage.
// A classic script in the head, so that the first paint already has the right colours.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage switched off: the choice then lasts for this page
    }
  };
  const show = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      const own = meta.media.includes("dark") ? "dark" : "light";
      meta.content = (theme || own) === "dark" ? "#161513" : "#fbf9f5";
    }
  };
  const isDark = () =>
    (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const label = () => {
    for (const button of document.querySelectorAll('[data-action="theme"]')) {
      const text = isDark() ? button.dataset.light : button.dataset.dark;
      if (button.hasAttribute("aria-label")) button.setAttribute("aria-label", text);
      else button.textContent = text;
    }
  };

  show(chosen());
  document.addEventListener("DOMContentLoaded", label);
  system.addEventListener("change", label);
  document.addEventListener("language:changed", label);
  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-action="theme"]')) return;
    const theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // as above
    }
    show(theme);
    label();
  });
})();
