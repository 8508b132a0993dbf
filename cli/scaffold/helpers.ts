import { CliError, EXIT } from '../errors.ts';
import { jsonText, WIDTH } from './json-text.ts';

/**
 * The only ways text gets into a file, each named for the place it is safe in. What they cannot hold they refuse; they
 * depend on nothing but what they are given.
 */
export const HELPERS = {
  /** A JSON document. */
  json: (value: unknown) => jsonText(value),

  /** A TypeScript string of all parts, with the quotes prettier would choose. */
  tsString: (...parts: string[]) => quoted(parts.join('')),

  /** A TypeScript array of strings, as the value of a property indented by four. */
  tsStrings(list: string[]): string {
    const items = list.map(quoted);
    const line = `[${items.join(', ')}]`;
    if (line.length + '    down: ,'.length <= WIDTH) return line;
    return ['[', ...items.map((item) => `      ${item},`), '    ]'].join('\n');
  },

  /** SQL inside a template literal. */
  sql(text: string): string {
    if (/[`\\]|\$\{/.test(text)) throw unsafe('SQL', text);
    return text;
  },

  /** Prose inside one line of Markdown, where it is itself and nothing else: no markup, no HTML, no table cell. */
  mdText(text: string): string {
    const line = text.replace(/\s+/g, ' ').trim();
    return line
      .replace(/[\\`$*_[\]<>&|~]/g, '\\$&')
      .replace(/^(?:[#+=-]|\d+(?=[.)]))/, (start) => (/^\d/.test(start) ? start : `\\${start}`))
      .replace(/^(\d+)([.)])/, '$1\\$2');
  },

  /** A name as Markdown code. */
  mdCode(text: string): string {
    if (/[`|\s]/.test(text)) throw unsafe('Markdown code', text);
    return `\`${text}\``;
  },

  /** A whole file that is written as it was given. */
  document: (text: string) => text.replace(/\n*$/, ''),
};

export type HelperName = keyof typeof HELPERS;

function quoted(text: string): string {
  const json = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
  const count = (quote: string) => text.split(quote).length;
  if (count("'") > count('"')) return `"${json}"`;
  return `'${json.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function unsafe(place: string, text: string): CliError {
  return new CliError(EXIT.usage, `this cannot stand in ${place}: ${JSON.stringify(text)}`);
}
