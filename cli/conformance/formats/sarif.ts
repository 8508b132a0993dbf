import type { Finding } from '../../outcome.ts';
import type { Rule } from '../rule.ts';
import type { Report } from './format.ts';

/** SARIF 2.1.0, as code scanners take it in. Paths stay relative to the project's root. */
export function sarif({ title, findings, rules, examined, notExamined = [] }: Report): string {
  const ids = rules.map(({ id }) => id);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'kisum-cli', rules: rules.map(descriptor) } },
        automationDetails: { id: `${title}/` },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notExamined.map(({ what, why }) => ({
              level: 'warning',
              message: { text: `not examined: ${what}: ${why}` },
            })),
          },
        ],
        results: findings.map((finding) => result(finding, ids.indexOf(finding.rule))),
        properties: { examined },
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function descriptor({ id, kind, severity, title, why, fix }: Rule) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: fix },
    defaultConfiguration: { level: level(severity) },
    properties: { tags: [kind] },
  };
}

function result(finding: Finding, ruleIndex: number) {
  const { rule, severity, module, message, fix, fingerprint } = finding;
  return {
    ruleId: rule,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: level(severity),
    message: { text: `${message}\nFix: ${fix}` },
    locations: [{ ...physical(finding), logicalLocations: [{ name: module, kind: 'module' }] }],
    ...(fingerprint === undefined ? {} : { partialFingerprints: { 'kisum/v1': fingerprint } }),
  };
}

function physical({ file, line, col }: Finding) {
  if (file === undefined) return {};
  const region = {
    ...(line === undefined ? {} : { startLine: line }),
    ...(line === undefined || col === undefined ? {} : { startColumn: col }),
  };
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      ...(line === undefined ? {} : { region }),
    },
  };
}

function level(severity: Rule['severity']): 'error' | 'warning' {
  return severity === 'error' ? 'error' : 'warning';
}
