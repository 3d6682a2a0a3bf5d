// The box for the token, and who it belongs to.
import { useEffect, useState } from "react";

import { send } from "./ask.js";

const WHO = "{ viewer { role member { name } agency { name } } }";

// What the server says of a token, as a sentence and whether it is good.
async function recognise(token, signal) {
  const answer = await send(token, { query: WHO }, signal);
  const viewer = answer.data?.viewer;
  if (!viewer) {
    return { good: false, text: answer.errors?.[0]?.message ?? "the token is not accepted" };
  }
  const name = viewer.member ? `${viewer.member.name}, ` : "";
  return { good: true, text: `${name}${viewer.role.toLowerCase()} of ${viewer.agency.name}` };
}

const NONE = { good: false, text: "Without a token nothing can be asked." };
const ASKING = { good: true, text: "…" };

export function TokenBar({ token, keep }) {
  const [text, setText] = useState(token);
  const [known, setKnown] = useState(NONE);

  useEffect(() => {
    if (!token) {
      setKnown(NONE);
      return undefined;
    }
    const stop = new AbortController();
    setKnown(ASKING);
    recognise(token, stop.signal).then(setKnown, (failure) => {
      if (!stop.signal.aborted) {
        setKnown({ good: false, text: failure.message });
      }
    });
    return () => stop.abort();
  }, [token]);

  const use = (given) => setText(keep(given));
  return (
    <header className="bellwether-bar">
      <strong>Bellwether</strong>
      <label htmlFor="token">Token</label>
      {/* Text, shown as dots by the style: a browser offers to remember passwords for good. */}
      <input
        id="token"
        type="text"
        autoComplete="off"
        spellCheck={false}
        placeholder="bw_…"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && use(text)}
      />
      <button type="button" onClick={() => use(text)} disabled={text.trim() === token}>
        Use
      </button>
      <button type="button" onClick={() => use("")} disabled={!token && !text}>
        Forget
      </button>
      <output htmlFor="token" className={known.good ? "good" : "bad"}>
        {known.text}
      </output>
    </header>
  );
}
