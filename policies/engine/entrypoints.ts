/** What the compiled policy can be asked: the paths of its rules. */
export const ENTRYPOINTS = {
  decision: 'kisum/decision/decision',
  explanation: 'kisum/explain/explanation',
  effective: 'kisum/effective/effective',
  capabilities: 'kisum/capabilities/capabilities',
  delegation: 'kisum/delegation/verdict',
  layers: 'kisum/layers/layers',
  logTreatment: 'system/log/treatment',
  reasons: 'kisum/reasons/order',
  remedies: 'kisum/remedy/remedies',
} as const;

export type Entrypoint = (typeof ENTRYPOINTS)[keyof typeof ENTRYPOINTS];
