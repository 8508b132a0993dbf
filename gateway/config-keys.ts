import { listed } from './request/listed.ts';

/** One key of the environment. */
export interface Key<Value> {
  description: string;
  /** As a person would write it; `undefined` when there is none. */
  default: string | undefined;
  required: boolean;
  /** @throws Error saying what is wrong, never repeating a secret */
  parse: (text: string) => Value;
}

interface Options {
  default?: string;
  required?: true;
}

export const key = <Value>(
  description: string,
  parse: (text: string) => Value,
  options: Options,
): Key<Value> => ({
  description,
  parse,
  default: options.default,
  required: options.required ?? false,
});

export const text = (description: string, options: Options = {}) =>
  key(description, (value) => value, options);

export const integer = (
  description: string,
  { min, max, ...options }: Options & { min: number; max: number },
) =>
  key(
    description,
    (value) => {
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < min || number > max)
        throw new Error(`a whole number from ${min} to ${max}`);
      return number;
    },
    options,
  );

export const oneOf = <Value extends string>(
  description: string,
  values: readonly Value[],
  options: Options = {},
) =>
  key(
    description,
    (value) => {
      if (!values.includes(value as Value)) throw new Error(`one of ${values.join(', ')}`);
      return value as Value;
    },
    options,
  );

/** Comma-separated. */
export const list = (
  description: string,
  isItem: (text: string) => boolean,
  what: string,
  options: Options = { default: '' },
) =>
  key(
    description,
    (value) => {
      const items = listed(value);
      const wrong = items.find((it) => !isItem(it));
      if (wrong !== undefined) throw new Error(`${what}, separated by commas; "${wrong}" is not`);
      if (items.length === 0 && value !== '') throw new Error(`${what}, separated by commas; there is none`);
      return items;
    },
    options,
  );

export const url = (description: string, protocols: string[], options: Options = {}) =>
  key(description, (value) => checkUrl(value, protocols), options);

/** JSON object of name → URL. */
export const urls = (description: string, protocols: string[], options: Options = { default: '{}' }) =>
  key(
    description,
    (value) => {
      const parsed = parseJson(value);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
        throw new Error('a JSON object');
      return Object.fromEntries(
        Object.entries(parsed).map(([name, it]) => [name, checkUrl(String(it), protocols)]),
      );
    },
    options,
  );

function checkUrl(value: string, protocols: string[]): string {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Error(`a URL with ${protocols.map((it) => `${it}//`).join(' or ')}`);
  }
  return value;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new Error('JSON');
  }
}
