// The token lives in this tab's session storage: it is gone with the tab, and no other tab, address
// or history entry has it.
const KEY = "bellwether.token";

export function read() {
  return sessionStorage.getItem(KEY) ?? "";
}

// Keeps a token as people paste it, with or without `Bearer`; an empty one is forgotten. Returns
// what is kept.
export function keep(given) {
  const token = given.trim().replace(/^bearer\s+/i, "");
  if (token) {
    sessionStorage.setItem(KEY, token);
  } else {
    sessionStorage.removeItem(KEY);
  }
  return token;
}
