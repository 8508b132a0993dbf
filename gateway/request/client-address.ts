import { BlockList, isIP } from 'node:net';
import type { Exchange } from './exchange.ts';
import { listed } from './listed.ts';

/**
 * The client's address for the log: the socket's, or the nearest one in `X-Forwarded-For` that is no trusted proxy.
 * @param trusted addresses and CIDR ranges
 * @throws Error naming a range that is none
 */
export function clientAddresses(trusted: string[]): (exchange: Exchange) => string | undefined {
  const proxies = new BlockList();
  for (const range of trusted) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    proxies.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  const isTrusted = (address: string) => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return ({ req, socket }) => {
    const peer = socket.remoteAddress;
    if (trusted.length === 0 || !peer || !isTrusted(peer)) return peer;
    const chain = listed(String(req.headers['x-forwarded-for'] ?? ''));
    return chain.reverse().find((address) => isIP(address) !== 0 && !isTrusted(address)) ?? peer;
  };
}
