import { expect } from 'chai';
import {
  isCapabilitiesOf,
  isChangeVerdict,
  isDecision,
  isEffectiveAccess,
  isExplanation,
  isLayers,
  isLogTreatment,
  isRemedies,
} from '../../../policies/engine/answers.ts';

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
    const remedies: object[] = [];
    const grant = { type: 'grant_module', module: 'ai', who: 'tenant admin' };
    for (const answer of [
      { allow: true, reasons: [], remedies },
      { allow: false, reasons: ['no_active_base', 'permission_missing'], remedies },
      { allow: false, reasons: ['module_not_granted'], remedies: [grant] },
    ]) {
      expect(isExplanation(answer), JSON.stringify(answer)).to.equal(true);
    }
    for (const answer of [
      null,
      { allow: true },
      { allow: true, reasons: [] },
      { allow: true, reasons: [], remedies: [grant] },
      { allow: false, reasons: [], remedies },
      { allow: true, reasons: ['no_active_base'], remedies },
      { allow: false, reasons: ['permission_missing', 'no_active_base'], remedies },
      { allow: false, reasons: ['no_active_base', 'no_active_base'], remedies },
      { allow: false, reasons: ['because'], remedies },
      { allow: undefined, reasons: [], remedies },
    ]) {
      expect(isExplanation(answer), JSON.stringify(answer)).to.equal(false);
    }
  });

  it('of capabilities speaks of each module and each action of the catalog, and of nothing else', () => {
    const isCapabilities = isCapabilitiesOf({
      ...{ modules: { ai: { type: 'addon' } }, permissions: { 'ai.score.view': { module: 'ai' } } },
      ...{ packages: {}, addons: {}, routes: {}, entities: {}, reads: {} },
    });
    const open = { allow: true, reasons: [], remedies: [] };
    const shut = { allow: false, reasons: ['permission_missing'], remedies: [] };
    expect(isCapabilities({ modules: { ai: open }, actions: { 'ai.score.view': shut } })).to.equal(true);
    for (const broken of [
      null,
      {},
      { modules: { ai: open } },
      { modules: { ai: open }, actions: {} },
      { modules: { ai: open }, actions: { constructor: shut } },
      { modules: { ai: open, finance: open }, actions: { 'ai.score.view': shut } },
      { modules: { ai: true }, actions: { 'ai.score.view': shut } },
      { modules: { ai: open }, actions: { 'ai.score.view': { ...shut, allow: true } } },
      { modules: { ai: open }, actions: { 'ai.score.view': { ...shut, reasons: ['because'] } } },
    ]) {
      expect(isCapabilities(broken), JSON.stringify(broken)).to.equal(false);
    }
  });

  it('of a change is an allowance or known reasons once, in order', () => {
    expect(isChangeVerdict({ allow: true, reasons: [] })).to.equal(true);
    expect(isChangeVerdict({ allow: false, reasons: ['may_not_buy', 'target_above'] })).to.equal(true);
    for (const broken of [
      null,
      {},
      { allow: true },
      { allow: false, reasons: [] },
      { allow: true, reasons: ['may_not_buy'] },
      { allow: 'true', reasons: [] },
      { allow: false, reasons: ['target_above', 'may_not_buy'] },
      { allow: false, reasons: ['may_not_buy', 'may_not_buy'] },
      { allow: false, reasons: ['permission_missing'] },
    ]) {
      expect(isChangeVerdict(broken), JSON.stringify(broken)).to.equal(false);
    }
  });

  it('of remedies speaks in the words of the contract alone', () => {
    const grant = { type: 'grant_permission', permission: 'ai.score.view', who: 'tenant admin' };
    const buy = { type: 'add_subscription', packages: ['basic_venue'], who: 'company owner' };
    expect(isRemedies([])).to.equal(true);
    expect(isRemedies([buy, grant])).to.equal(true);
    for (const broken of [
      null,
      {},
      [null],
      [{ ...grant, type: 'bribe' }],
      [{ ...grant, who: 'a friend' }],
      [{ type: 'grant_module', module: 'ai' }],
      [{ ...grant, permission: 1 }],
      [{ ...buy, packages: 'basic_venue' }],
      [{ ...grant, because: 'input.access.permissions' }],
      [{ ...grant, constructor: 'x' }],
    ]) {
      expect(isRemedies(broken), JSON.stringify(broken)).to.equal(false);
    }
  });

  it('of layers names each in its order with what it read', () => {
    const entry = { layer: 'entry', holds: true, standing: 'module', facts: { route: 'x' } };
    const membership = { layer: 'membership', holds: null, standing: 'active', facts: {} };
    expect(isLayers([entry, membership])).to.equal(true);
    for (const broken of [
      null,
      [],
      [membership],
      [membership, entry],
      [{ ...entry, holds: 'yes' }],
      [{ ...entry, standing: null }],
      [{ ...entry, facts: null }],
    ]) {
      expect(isLayers(broken), JSON.stringify(broken)).to.equal(false);
    }
  });

  it('of the log erases only who asked', () => {
    expect(isLogTreatment({ drop: false, mask: [] })).to.equal(true);
    expect(isLogTreatment({ drop: true, mask: ['/req_id', '/subject/user_id'] })).to.equal(true);
    for (const broken of [
      null,
      { drop: false },
      { drop: 'no', mask: [] },
      { drop: false, mask: ['/input'] },
      { drop: false, mask: ['/bundles/kisum/revision'] },
      { drop: false, mask: [''] },
      { drop: false, mask: '/req_id' },
    ]) {
      expect(isLogTreatment(broken), JSON.stringify(broken)).to.equal(false);
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
