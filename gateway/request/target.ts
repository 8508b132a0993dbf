import { invalid, Refusal } from '../errors.ts';

/** Longest request target that is judged, in characters. */
const MAX_TARGET = 8192;

const PLAIN_PATH = /^(?:\/[\w~-]+)+$/;
/** RFC 3986 `pchar` and `/`: anything else must come percent-encoded. `;` starts path parameters, so it is out. */
const PATH_CHARACTERS = /^[\w\-.~!$&'()*+,=:@%/]*$/;
const PLAIN_QUERY = /^[\w\-.~!$'()*,:@/?=&+]*$/;
/** What a backend that decodes again would read as a separator, a dot segment or an end of string. */
const DOUBLY_ENCODED = /%(?:25)*(?:2e|2f|5c|3b|00)/i;

/** A request target in its one canonical spelling: this is what is judged and what is sent. */
export interface Target {
  /** Decoded once, re-encoded; starts with `/`. */
  path: string;
  /** Ordered pairs, re-serialised, without `?`; empty when there is none. */
  query: string;
}

/**
 * Parses the raw request target strictly.
 * @throws Refusal 400 for what two parsers could read differently, 414 for what is too long
 */
export function parseTarget(raw: string): Target {
  if (raw.length > MAX_TARGET) throw new Refusal('uri_too_long', 'the request target is too long');
  const mark = raw.indexOf('?');
  const path = mark < 0 ? raw : raw.slice(0, mark);
  const query = mark < 0 ? '' : raw.slice(mark + 1);
  return { path: canonicalPath(path), query: canonicalQuery(query) };
}

function canonicalPath(path: string): string {
  if (PLAIN_PATH.test(path)) return path;
  if (!path.startsWith('/')) throw invalid('the request target must be a path');
  if (!PATH_CHARACTERS.test(path)) throw invalid('the path has a character that must be percent-encoded');
  return path.split('/').map(canonicalSegment).join('/');
}

function canonicalSegment(segment: string): string {
  const text = decode(segment);
  if (text === '.' || text === '..') throw invalid('the path has a dot segment');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f/\\;]/.test(text))
    throw invalid('the path has an encoded separator or control byte');
  if (DOUBLY_ENCODED.test(text)) throw invalid('the path is percent-encoded twice');
  return encodeURIComponent(text);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw invalid('the path is not valid percent-encoded UTF-8', { cause });
  }
}

/** Percent-encodes whatever a strict parser would stumble over and keeps every byte's meaning. */
function canonicalQuery(query: string): string {
  if (PLAIN_QUERY.test(query)) return query;
  if (query.includes('#')) throw invalid('the request target has a fragment');
  return query.replace(/%[0-9a-f]{2}|[^\w\-.~!$'()*,:@/?=&+]/gi, (part) =>
    part.length === 3
      ? part.toUpperCase()
      : `%${part.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
