/** How long others say that what they decided may still be used, by default; sources in docs/freshness.md. */
export const PEERS: { name: string; seconds: number }[] = [
  { name: 'SpiceDB: quantized revisions', seconds: 5 },
  { name: 'OpenFGA: check cache', seconds: 10 },
  { name: 'Keycloak: path cache', seconds: 30 },
  { name: 'OPA: bundles', seconds: 120 },
  { name: 'AWS API Gateway: authorizer', seconds: 300 },
  { name: 'Kubernetes: webhook', seconds: 300 },
];
