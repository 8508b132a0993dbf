import { Ajv2020 } from 'ajv/dist/2020.js';

const message = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1 } },
};
const level = { enum: ['none', 'note', 'warning', 'error'] };

/** The part of the SARIF 2.1.0 schema that our reports use, closed: an unknown property is a fault. */
const SCHEMA = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  rules: { type: 'array', uniqueItems: true, items: { $ref: '#/$defs/rule' } },
                },
              },
            },
          },
          automationDetails: { type: 'object', properties: { id: { type: 'string' } } },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              additionalProperties: false,
              properties: {
                executionSuccessful: { type: 'boolean' },
                toolExecutionNotifications: {
                  type: 'array',
                  items: { type: 'object', required: ['message'], properties: { level, message } },
                },
              },
            },
          },
          results: { type: 'array', items: { $ref: '#/$defs/result' } },
          properties: { type: 'object' },
        },
      },
    },
  },
  $defs: {
    rule: {
      type: 'object',
      required: ['id'],
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        shortDescription: message,
        fullDescription: message,
        help: message,
        defaultConfiguration: { type: 'object', additionalProperties: false, properties: { level } },
        properties: { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } },
      },
    },
    result: {
      type: 'object',
      required: ['message'],
      additionalProperties: false,
      properties: {
        ruleId: { type: 'string' },
        ruleIndex: { type: 'integer', minimum: 0 },
        level,
        message,
        partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
        locations: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            properties: {
              physicalLocation: {
                type: 'object',
                required: ['artifactLocation'],
                additionalProperties: false,
                properties: {
                  artifactLocation: {
                    type: 'object',
                    additionalProperties: false,
                    properties: {
                      // Relative: no scheme, no leading slash.
                      uri: { type: 'string', pattern: "^[A-Za-z0-9._~%()!*'-][^:?#\\s]*$" },
                      uriBaseId: { type: 'string' },
                    },
                  },
                  region: {
                    type: 'object',
                    additionalProperties: false,
                    properties: {
                      startLine: { type: 'integer', minimum: 1 },
                      startColumn: { type: 'integer', minimum: 1 },
                    },
                  },
                },
              },
              logicalLocations: {
                type: 'array',
                items: {
                  type: 'object',
                  additionalProperties: false,
                  properties: { name: { type: 'string' }, kind: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    },
  },
};

const validate = new Ajv2020({ allErrors: true }).compile(SCHEMA);

/** What is wrong with a SARIF log: nothing is an empty list. */
export function validSarif(log: unknown): string[] {
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
