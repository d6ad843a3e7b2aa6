// Serves the files below a directory over HTTP, read-only: `serve.js DIRECTORY ADDRESS PORT`.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

const [directory = '', address = '', port = ''] = process.argv.slice(2);

createServer(async (request, response) => {
  const path = join(directory, normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://lab').pathname)));
  const file = await stat(path).catch(() => undefined);
  if (!path.startsWith(`${directory}/`) || !file?.isFile()) {
    response.writeHead(404).end('not found\n');
    return;
  }
  response.writeHead(200, { 'content-length': file.size, 'last-modified': file.mtime.toUTCString() });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(path)
      .on('error', () => response.destroy())
      .pipe(response);
}).listen(Number(port), address);
