/** What the compiled policy can be asked: the paths of its rules. */
export const ENTRYPOINTS = {
  capabilities: 'kisum/capabilities/capabilities',
  decision: 'kisum/decision/decision',
  delegation: 'kisum/delegation/verdict',
  explanation: 'kisum/explain/explanation',
  effective: 'kisum/effective/effective',
  layers: 'kisum/layers/layers',
  logTreatment: 'system/log/treatment',
  reasons: 'kisum/reasons/order',
  remedies: 'kisum/remedy/remedies',
} as const;

export type Entrypoint = (typeof ENTRYPOINTS)[keyof typeof ENTRYPOINTS];
