'use client';
import { useActionState, useEffect, useState } from 'react';
import { keepNote } from './actions.js';

export function Notes({ notes }) {
  const [count, setCount] = useState(0);
  const [alive, setAlive] = useState(false); // nothing but scripts that run can set it
  useEffect(() => setAlive(true), []);
  const [said, keep, pending] = useActionState(keepNote, '');
  return (
    <>
      <button id="count" type="button" disabled={!alive} onClick={() => setCount(count + 1)}>
        Pressed {count} times
      </button>
      <form action={keep}>
        <input name="text" required maxLength={1000} />
        <button id="keep" type="submit" disabled={pending} name="when" value="now">
          Keep
        </button>
        <button id="later" type="submit" disabled={pending} name="when" value="later">
          Keep later
        </button>
      </form>
      <p id="said">{said}</p>
      <ul>
        {notes.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </>
  );
}
