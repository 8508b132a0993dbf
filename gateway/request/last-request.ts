import type { Duplex } from 'node:stream';

const closing = new WeakSet<Duplex>();

/**
 * From now on nothing on this connection is taken for a request. Node hands over what was pipelined behind a request
 * even when that one was refused and its answer says `connection: close`.
 */
export const takeNoMore = (socket: Duplex): void => void closing.add(socket);

export const takesNoMore = (socket: Duplex): boolean => closing.has(socket);
