import { hash } from 'node:crypto';

/** A strong tag of the bytes themselves. */
export const etagOf = (text: string): string => `"${hash('sha256', text, 'base64url')}"`;

/** Whether the client holds these bytes already, by its `If-None-Match`. */
export function isKnown(sent: string | undefined, etag: string): boolean {
  return sent?.split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim())) ?? false;
}
