import { defineModule, type Handler, manifestAt } from '../../modules/kit/index.ts';

/** What can be bought, as Core sells it; a stand-in for the real Checkout. */
const PLANS = [
  { key: 'basic_promoter', kind: 'package', title: 'Promoter' },
  { key: 'basic_artist', kind: 'package', title: 'Artist' },
  { key: 'basic_vendor', kind: 'package', title: 'Vendor' },
  { key: 'basic_venue', kind: 'package', title: 'Venue' },
  { key: 'finance', kind: 'addon', title: 'Finance' },
  { key: 'ai', kind: 'addon', title: 'AI' },
  { key: 'touring', kind: 'addon', title: 'Touring' },
  { key: 'venue_marketplace', kind: 'addon', title: 'Venue marketplace' },
];

const plans: Handler = { handle: () => ({ data: PLANS }) };
const session: Handler = { handle: ({ userId }) => ({ data: { userId, items: [] } }) };

export default defineModule(manifestAt(import.meta.dirname), {
  handlers: { 'plan.list': plans, 'session.get': session },
});
