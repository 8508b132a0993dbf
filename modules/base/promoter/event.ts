import { collection, invalid } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const events = collection(manifest, 'event', {
  rule({ after }) {
    if (!after?.['ends_at']) return;
    if (moment(after['ends_at']) < moment(after['starts_at'])) {
      throw invalid('the body is not valid', { ends_at: 'is before starts_at' });
    }
  },
});

/** Written as text, read back as a Date. */
function moment(value: unknown): number {
  return new Date(value as string | Date).getTime();
}
