/** Who a validated token speaks for. */
export type Subject = User | ModuleCaller;

export interface User {
  kind: 'user';
  /** users.id, lower-case UUID */
  id: string;
  /** Absent when the token carries none: then only its expiry ends it. */
  tokenVersion: number | undefined;
}

/** A module's own service token; the user stands in the assertion it hands on. */
export interface ModuleCaller {
  kind: 'module';
  key: string;
}
