import { DiskSource } from './disk-source.ts';
import { ServerSource } from './server-source.ts';
import type { PolicySource } from './source.ts';

export const isServerAddress = (place: string): boolean => /^https?:\/\//i.test(place);

/** @param place an archive, a folder, or the URL of a bundle server */
export function sourceAt(place: string): PolicySource {
  return isServerAddress(place) ? new ServerSource(place) : new DiskSource(place);
}
