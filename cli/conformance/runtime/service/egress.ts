import { Socket } from 'node:net';

type Connect = (this: Socket, ...args: unknown[]) => Socket;

export interface Egress {
  refused: Set<string>;
  connects: number;
}

/** From now on this process connects to what `allowed` says (`host:port`), and whatever else it tries is kept. */
export function guardEgress(allowed: ReadonlySet<string>): Egress {
  const egress: Egress = { refused: new Set(), connects: 0 };
  const prototype = Socket.prototype as unknown as { connect: Connect };
  const { connect } = prototype;
  prototype.connect = function (...args) {
    const address = addressOf(args);
    egress.connects += 1;
    if (allowed.has(address)) return connect.apply(this, args);
    egress.refused.add(address);
    process.nextTick(() => this.destroy(new Error(`connecting to ${address} is not declared`)));
    return this;
  };
  return egress;
}

/** Every form that `connect` takes: (options), (port, host), (path), and the list that node makes of any of them. */
export function addressOf(args: readonly unknown[]): string {
  const [first, second] = args;
  if (Array.isArray(first)) return addressOf(first);
  if (typeof first === 'object' && first !== null) {
    const { path, host, port } = first as { path?: string; host?: string; port?: number | string };
    return path ? `path ${path}` : `${host ?? 'localhost'}:${port}`;
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return `path ${first}`;
  return `${typeof second === 'string' ? second : 'localhost'}:${String(first)}`;
}
