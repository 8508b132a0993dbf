import { type Change, collection } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

const { list, get } = collection(manifest, 'venue_listing');

/** Read by everyone, written by nobody: it follows its venue. */
export const venueListings = { list, get };

/** Keeps a venue's one listing, which has the venue's id, in step with it; a deleted venue takes its own along. */
export async function publish({ before, after, tx }: Change): Promise<void> {
  if (!after) return;
  const { id, company_id, name, city, country, capacity, description, listed } = after;
  if (listed) {
    const shown = { name, city, country, capacity, description, updated_at: tx.fn.now() };
    await tx('venue_listing')
      .insert({ id, company_id, ...shown })
      .onConflict('id')
      .merge(Object.keys(shown));
  } else if (before?.['listed']) {
    await tx('venue_listing').where({ id }).delete();
  }
}
