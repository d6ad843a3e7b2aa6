import { headers } from 'next/headers';
import './style.css';

export const metadata = { title: 'Vantus' };

export default async function Layout({ children }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en">
      <body>
        <style nonce={nonce}>{'h1 { letter-spacing: 2px }'}</style>
        {children}
      </body>
    </html>
  );
}
