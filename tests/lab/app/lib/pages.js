// The pages, as HTML. What is inline carries the nonce of the answer's Content-Security-Policy.

/** Text on the home page; another version says something else. */
export const GREETING = 'Version one is running.';

/**
 * @param {import('./release.js').Release} release
 * @param {string} domain
 * @param {string} nonce
 */
export function homePage(release, domain, nonce) {
  return page(
    release,
    nonce,
    'Vantus',
    `<h1>Vantus</h1>
<p id="greeting">${escapeHtml(GREETING)}</p>
<p>${escapeHtml(domain)} · <code>${escapeHtml(release.commit.slice(0, 12))}</code></p>
<p><a href="/notes">Notes</a></p>`,
  );
}

/**
 * @param {import('./release.js').Release} release
 * @param {{ text: string }[]} notes
 * @param {string} nonce
 */
export function notesPage(release, notes, nonce) {
  const items = notes.map(({ text }) => `<li>${escapeHtml(text)}</li>`).join('\n');
  return page(
    release,
    nonce,
    'Notes',
    `<h1>Notes</h1>
<form method="post" action="/notes"><input name="text" required maxlength="1000"><button>Keep</button></form>
<ul>
${items}
</ul>`,
  );
}

function page({ assets, commit }, nonce, title, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="${assets['style.css'] ?? '/style.css'}">
<script src="${assets['main.js'] ?? '/main.js'}" defer></script>
<style nonce="${nonce}">body { margin: 2rem; }</style>
<script nonce="${nonce}">self.__release = ${JSON.stringify(commit)};</script>
</head>
<body>
${body}
</body>
</html>
`;
}

/** @param {string} text */
export function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (char) => entities[char]);
}
