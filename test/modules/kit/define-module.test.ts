import { expect } from 'chai';
import { defineModule } from '../../../modules/kit/define-module.ts';
import type { Handler } from '../../../modules/kit/handler.ts';
import { DEMO } from '../support/demo.ts';

const handler: Handler = { handle: () => ({}) };
const all = {
  'thing.list': handler,
  'thing.get': handler,
  'thing.create': handler,
  'self.get': handler,
  'hello.get': handler,
};

describe('defineModule', () => {
  it('joins every declared route with its handler', () => {
    const { routes } = defineModule(DEMO, { handlers: all });
    expect(routes.map(({ route }) => route.id)).to.have.members(
      Object.keys(all).map((name) => `demo.${name}`),
    );
  });

  it('refuses a handler nobody declared and a declaration without handler, naming all', () => {
    const rest = { 'thing.get': handler, 'thing.create': handler, 'hello.get': handler };
    expect(() =>
      defineModule(DEMO, { handlers: { ...rest, 'thing.delete': handler, 'thing.share': handler } }),
    )
      .to.throw('demo.thing.list is declared and has no handler')
      .with.property('message')
      .that.includes('demo.self.get is declared and has no handler')
      .and.includes('demo.thing.delete has a handler and is not declared')
      .and.includes('demo.thing.share has a handler and is not declared');
  });

  it('takes no handler from a prototype', () => {
    const inherited = Object.create(all) as Record<string, Handler>;
    expect(() => defineModule(DEMO, { handlers: inherited })).to.throw(
      'demo.thing.list is declared and has no handler',
    );
  });

  it('refuses a module route that names no permission, and a service without routes', () => {
    const route = {
      id: 'demo.x',
      method: 'GET',
      path: '/api/demo/x',
      access: 'module' as const,
      headers: [],
    };
    expect(() =>
      defineModule({ ...DEMO, routes: [...DEMO.routes, route] }, { handlers: { ...all, x: handler } }),
    ).to.throw('demo.x names no permission');
    expect(() => defineModule(DEMO, { handlers: {}, service: 'demo.chat' })).to.throw(
      'service demo.chat has no route',
    );
  });

  it('takes migrations from the main service alone', () => {
    const migrations = [{ name: '0001', up: ['select 1'], down: [] }];
    expect(() => defineModule(DEMO, { handlers: {}, migrations, service: 'demo.chat' })).to.throw(
      'demo.chat brings migrations: they belong to service demo',
    );
  });
});
