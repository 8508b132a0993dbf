import { expect } from 'chai';
import { routesOf } from '../../../modules/manifest/derive.ts';
import { readAccess } from '../../../platform/auth/access.ts';
import { grantPermission } from '../../../platform/auth/memberships.ts';
import { readCatalog } from '../../../platform/core/catalog.ts';
import { setServiceUrl } from '../../../platform/core/services.ts';
import type { Database } from '../../../platform/database/database.ts';
import { readChanges } from '../../../platform/versions.ts';
import { ACTOR, manifestOf, newMember, owned, register } from '../fixtures.ts';

export function registration(database: () => Database): void {
  describe('registers a module', () => {
    it('so that the catalog says what it declares', async () => {
      const { data, routes, services, version } = await readCatalog(database());
      expect(version).to.be.greaterThan(0);
      expect(data.modules).to.deep.include({ promoter: { type: 'base' }, finance: { type: 'addon' } });
      expect(data.packages).to.deep.include({ basic_venue: { modules: { venue: true } } });
      expect(data.addons).to.deep.include({
        ai: { modules: { ai: true } },
        finance: { modules: { finance: true }, bases: { promoter: true } },
      });
      expect(data.permissions).to.deep.include({ 'finance.expense.view': { module: 'finance' } });
      expect(data.entities).to.deep.include({
        'promoter.event': { module: 'promoter', shared: true },
        'finance.expense': { module: 'finance', shared: false },
      });
      expect(data.reads).to.deep.include({ finance: { 'promoter.event': true } });
      expect(data.routes['finance.expense.get']).to.deep.equal({
        access: 'module',
        method: 'GET',
        module: 'finance',
        permission: 'finance.expense.view',
        entity: 'finance.expense',
      });
      const finance = manifestOf('finance', 'addon', { owns: [owned('expense')] });
      expect(routes.filter(({ service }) => service === 'finance')).to.have.deep.members(routesOf(finance));
      expect(services).to.include({ finance: null });
    });

    it('twice without touching anything', async () => {
      const manifest = manifestOf('twice', 'addon', { owns: [owned('thing')], soldWith: ['venue'] });
      await register(database(), manifest);
      const before = await readCatalog(database());
      const { next } = await readChanges(database(), null);
      expect((await register(database(), manifest)).changes).to.deep.equal([]);
      expect(await readCatalog(database())).to.deep.equal(before);
      expect((await readChanges(database(), next)).changes).to.deep.equal([]);
    });

    it('again with changes, which the catalog then says', async () => {
      const manifest = manifestOf('growing', 'addon', { owns: [owned('thing')] });
      await register(database(), manifest);
      const before = await readCatalog(database());
      const things = { ...owned('thing', true), plural: 'all_things' };
      await register(database(), { ...manifest, type: 'base', owns: [things] });
      const { data, routes, version } = await readCatalog(database());
      expect(data.modules).to.deep.include({ growing: { type: 'base' } });
      expect(data.entities).to.deep.include({ 'growing.thing': { module: 'growing', shared: true } });
      expect(routes.find(({ id }) => id === 'growing.thing.list')?.path).to.equal('/api/growing/all_things');
      expect(version).to.equal(before.version + 1);
    });

    it('and takes away what it declares no longer, grants included', async () => {
      const full = manifestOf('shrinking', 'addon', {
        owns: [owned('big', true), owned('small')],
        services: ['shrinking', 'shrinking.extra'],
      });
      await register(database(), full);
      const member = await newMember(database());
      await grantPermission(database(), member, 'shrinking.big.view', ACTOR);
      await register(database(), { ...full, owns: [owned('small')], services: ['shrinking'] });
      const { data, services } = await readCatalog(database());
      const left = (keys: object): string[] => Object.keys(keys).filter((key) => key.startsWith('shrinking'));
      expect(left(data.entities)).to.deep.equal(['shrinking.small']);
      expect(left(data.permissions)).to.have.length(4);
      expect(left(data.routes)).to.have.length(5);
      expect(left(services)).to.deep.equal(['shrinking']);
      const { facts, versions } = await readAccess(database(), member.userId, member.companyId);
      expect([facts.permissions, versions.access]).to.deep.equal([[], 3]);
    });

    it('whole or not at all', async () => {
      const thief = manifestOf('thief', 'addon', { owns: [owned('loot'), owned('event', true)] });
      const error = await register(database(), thief).catch((thrown: Error) => thrown);
      expect(error).to.include({ name: 'RefusedByDatabase', code: 'owned_entities_shared_name' });
      expect((await readCatalog(database())).data.modules).to.not.have.property('thief');
    });

    it('and a system without putting it in the catalog of modules', async () => {
      const path = '/api/till/carts/{id:uuid}';
      const route = {
        id: 'till.cart.get',
        method: 'GET',
        path,
        access: 'public',
        headers: ['x-cart'],
      } as const;
      await register(
        database(),
        manifestOf('till', 'system', { routes: [{ ...route, headers: ['x-cart'] }] }),
      );
      const { data, routes, services } = await readCatalog(database());
      expect(data.modules).to.not.have.property('till');
      expect(data.routes['till.cart.get']).to.deep.equal({ access: 'public', method: 'GET' });
      expect(routes.find(({ id }) => id === 'till.cart.get')).to.deep.equal({ ...route, service: 'till' });
      expect(services).to.have.property('till', null);
      expect(data.packages).to.not.have.any.keys('till', 'basic_till');
      expect(data.addons).to.not.have.property('till');
    });

    it('and keeps where its services are', async () => {
      const manifest = manifestOf('somewhere', 'addon');
      await register(database(), manifest);
      await setServiceUrl(database(), 'somewhere', 'http://127.0.0.1:4000', ACTOR);
      await register(database(), manifest);
      expect((await readCatalog(database())).services).to.include({ somewhere: 'http://127.0.0.1:4000' });
      const bad = await setServiceUrl(database(), 'somewhere', 'http://u:p@h/x', ACTOR).catch(
        (error: Error) => error,
      );
      expect(bad).to.include({ code: 'services_base_url_shape' });
    });
  });
}
