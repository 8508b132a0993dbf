/** As in .prettierrc.json: what is rendered needs no formatting. */
export const WIDTH = 110;

/** A JSON document as prettier leaves it: what fits stands on one line. */
export function jsonText(value: unknown, indent = '', before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return open + close;
  const line = oneLine(value);
  // One more for the comma that may follow.
  if (!standsApart(value) && indent.length + before + line.length + 1 <= WIDTH) return line;
  const deeper = `${indent}  `;
  const items = entries.map(([name, item]) => {
    const label = isList ? '' : `${JSON.stringify(name)}: `;
    return deeper + label + jsonText(item, deeper, label.length);
  });
  return [open, items.join(',\n'), indent + close].join('\n');
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `${JSON.stringify(name)}: ${oneLine(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Prettier gives each record of a list its own line, and so whatever holds such a list. */
function standsApart(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const records = Array.isArray(value) && value.length > 1 && value.every(isRecord);
  return records || Object.values(value).some(standsApart);
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 1;
}
