// Somebody has signed out, or somebody else signed in: what was typed here goes.

/** Removes every draft; what other tabs hold open, when those have let go of it. */
export async function clear() {
  localStorage.removeItem("owner");
  await new Promise((done) => {
    const drafts = indexedDB.deleteDatabase("anchorage");
    drafts.onsuccess = drafts.onerror = drafts.onblocked = done;
  });
  document.cookie = "left=; path=/; max-age=0";
}
