import type { Rule } from './rule.ts';

const KINDS: [kind: Rule['kind'], title: string][] = [
  ['static', 'Found by reading the files: `kisum-cli check --static`'],
  ['runtime', 'Found by speaking to the running service: `kisum-cli check --runtime`'],
  ['audit', 'Found in a legacy code base: `kisum-cli audit <folder>`'],
];

/** Every rule on one page of Markdown. */
export function rulesPage(rules: Rule[]): string {
  const sections = KINDS.map(([kind, title]) =>
    [`## ${title}`, ...rules.filter((rule) => rule.kind === kind).map(section)].join('\n\n'),
  );
  return [
    '<!-- Made by: kisum-cli explain --markdown -->',
    '# Rules',
    'A rule that says *warn* ends no check with a failure.',
    ...sections,
  ].join('\n\n');
}

function section({ id, severity, title, why, fix }: Rule): string {
  const mark = severity === 'warn' ? ' (warn)' : '';
  return [`### ${id}${mark}: ${plain(title)}`, plain(why), `**Fix.** ${plain(fix)}`].join('\n\n');
}

/** Nothing of a rule's text is markup. */
function plain(text: string): string {
  return text.replace(/[<>*_`[\]\\|]/g, '\\$&');
}
