// On a page whose server did not know the zone yet: its times, on this browser's clock.
const { lang } = document.documentElement;
for (const element of document.querySelectorAll('time[datetime*="T"]:not(.thread-when)')) {
  const timeStyle = element.textContent.includes(":") ? "short" : undefined;
  element.textContent = new Date(element.dateTime).toLocaleString(lang, { dateStyle: "medium", timeStyle });
}
