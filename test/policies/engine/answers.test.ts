import { expect } from 'chai';
import { isDecision, isEffectiveAccess, isExplanation } from '../../../policies/engine/answers.ts';

describe('an answer', () => {
  it('of a decision is an allowance or one known reason', () => {
    expect(isDecision({ allow: true, reason: null })).to.equal(true);
    expect(isDecision({ allow: false, reason: 'no_membership' })).to.equal(true);
    for (const answer of [
      undefined,
      null,
      true,
      [],
      {},
      { allow: true },
      { allow: true, reason: 'no_membership' },
      { allow: false, reason: null },
      { allow: false, reason: 'because' },
      { allow: 'true', reason: null },
      { allow: 1, reason: null },
    ]) {
      expect(isDecision(answer), JSON.stringify(answer)).to.equal(false);
    }
  });

  it('of an explanation lists known reasons once, in order, and none for an allowance', () => {
    expect(isExplanation({ allow: true, reasons: [] })).to.equal(true);
    expect(isExplanation({ allow: false, reasons: ['no_active_base', 'permission_missing'] })).to.equal(true);
    for (const answer of [
      null,
      { allow: true },
      { allow: false, reasons: [] },
      { allow: true, reasons: ['no_active_base'] },
      { allow: false, reasons: ['permission_missing', 'no_active_base'] },
      { allow: false, reasons: ['no_active_base', 'no_active_base'] },
      { allow: false, reasons: ['because'] },
      { allow: undefined, reasons: [] },
    ]) {
      expect(isExplanation(answer), JSON.stringify(answer)).to.equal(false);
    }
  });

  it('of effective access has every list and flag', () => {
    const delegation = {
      canManageUsers: false,
      canBuyAddons: true,
      grantableModules: ['ai'],
      grantablePermissions: [],
    };
    const answer = { modules: ['ai'], permissions: [], delegation };
    expect(isEffectiveAccess(answer)).to.equal(true);
    for (const broken of [
      null,
      { ...answer, modules: null },
      { ...answer, permissions: [1] },
      { ...answer, delegation: null },
      { ...answer, delegation: { ...delegation, canBuyAddons: 'yes' } },
      { ...answer, delegation: { ...delegation, grantableModules: {} } },
    ]) {
      expect(isEffectiveAccess(broken), JSON.stringify(broken)).to.equal(false);
    }
  });
});
