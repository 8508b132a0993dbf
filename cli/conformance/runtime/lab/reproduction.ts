import type { Exchange } from './http.ts';

/** The request as a curl line; credentials that only this run could sign are left to the reader's own. */
export function reproduction({ sent: { method, path, headers, body } }: Exchange): string {
  const shown = headers.filter(([name]) => name !== 'x-request-id');
  const lines = shown.map(([name, value]) => `-H ${quoted(`${name}: ${stable(name, value)}`)}`);
  const data = body === undefined ? [] : [`--data-raw ${quoted(ids(body.slice(0, 300)))}`];
  return ['curl -i --path-as-is', '-X', method, `"$MODULE_URL"${quoted(ids(path))}`, ...lines, ...data].join(
    ' ',
  );
}

function stable(name: string, value: string): string {
  if (name === 'authorization') return value.replace(/[\w-]{20,}\.[\w.-]+/, '<token>');
  return name === 'x-kisum-assertion' && value.length > 20 ? '<assertion>' : ids(value);
}

/** Without what was made for this run: equal trees give equal findings. */
export function ids(text: string): string {
  return text
    .replace(/[\w-]{20,}\.[\w-]{20,}\.[\w-]*/g, '<token>')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<uuid>');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
