import { invalid } from './errors.ts';
import { isUuid } from './uuid.ts';

/** The row a page ended with: pages follow `(created_at, id)`, newest first. */
export interface Cursor {
  createdAt: string;
  id: string;
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function writeCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

/** Throws `validation_error` for what was not written here. */
export function readCursor(text: string): Cursor {
  const [createdAt = '', id, ...more] = Buffer.from(text, 'base64url').toString().split(' ');
  if (more.length > 0 || !MOMENT.test(createdAt) || Number.isNaN(Date.parse(createdAt)) || !isUuid(id)) {
    throw invalid('the query is not valid', { cursor: 'is not one this list gave' });
  }
  return { createdAt, id };
}
