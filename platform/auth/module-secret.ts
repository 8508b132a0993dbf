import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Each module has its own secret, so that none can ask in the name of another. Hex. */
export function moduleSecret(internalApiKey: string, module: string): string {
  return createHmac('sha256', internalApiKey).update(module).digest('hex');
}

/** In a time that tells nothing about where they differ. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(one), digest(other));
}
