import { database } from '../lib/database.js';
import { Notes } from './notes.jsx';

export const dynamic = 'force-dynamic';

export default async function Page() {
  const client = await database();
  const notes = await client.note.findMany({ orderBy: { id: 'desc' }, take: 20, select: { id: true, text: true } });
  return (
    <main>
      <h1>Vantus</h1>
      <p id="greeting">Version one is running.</p>
      <Notes notes={notes} />
    </main>
  );
}
