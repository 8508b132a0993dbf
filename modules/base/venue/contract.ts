import { collection, conflict, frozen, needs } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

const keptAsSigned = frozen('contract', 'signed', 'void');

export const contracts = collection(manifest, 'contract', {
  async rule(change) {
    keptAsSigned(change);
    const { after, take } = change;
    const status = after?.['status'];
    if (!after || (status !== 'sent' && status !== 'signed')) return;
    if (status === 'signed') needs(after, ['signed_by', 'signed_on'], 'the contract is signed');
    const deal = await take('deal', after['deal_id']);
    if (deal['status'] !== 'agreed') throw conflict(`the deal is ${String(deal['status'])}, not agreed`);
  },
});
