import { expect } from 'chai';
import fc from 'fast-check';
import type { ManifestRoute } from '../../../modules/manifest/manifest.ts';
import { moreLiteralFirst } from '../../../modules/kit/path.ts';
import { RouteTable } from '../../../gateway/catalog/routes.ts';

const segment = fc.constantFrom('a', 'b', 'export', '{id:uuid}', '{name:string}');
const template = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([segments, rest]) => `/${segments.join('/')}${rest ? '/{rest:path}' : ''}`);

describe('the order of a module’s routes', () => {
  it('an export beside a row is not taken for the id of one', () => {
    const paths = ['/api/x/{id:uuid}', '/api/x/{rest:path}', '/api/x/export', '/api/x'];
    expect(paths.toSorted(moreLiteralFirst)).to.deep.equal([
      '/api/x',
      '/api/x/export',
      '/api/x/{id:uuid}',
      '/api/x/{rest:path}',
    ]);
  });

  it('is an order', () => {
    fc.assert(
      fc.property(template, template, template, (a, b, c) => {
        expect(Math.sign(moreLiteralFirst(a, b))).to.equal(-Math.sign(moreLiteralFirst(b, a)) + 0);
        if (moreLiteralFirst(a, b) <= 0 && moreLiteralFirst(b, c) <= 0)
          expect(moreLiteralFirst(a, c)).to.be.at.most(0);
      }),
    );
  });

  it('a literal path is the literal route’s, in the gateway as in the module', () => {
    const route = (id: string, path: string): ManifestRoute => ({
      id,
      path,
      method: 'GET',
      service: 'x',
      access: 'public',
      headers: [],
    });
    const table = new RouteTable([route('row', '/api/x/{name:string}'), route('export', '/api/x/export')]);
    expect(table.find('GET', '/api/x/export')?.route.id).to.equal('export');
    expect(['/api/x/{name:string}', '/api/x/export'].toSorted(moreLiteralFirst)[0]).to.equal('/api/x/export');
  });
});
