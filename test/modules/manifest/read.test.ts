import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectFile } from '../../../policies/root.ts';
import { expect } from 'chai';
import { ManifestError, parseManifest } from '../../../modules/manifest/read.ts';
import { DEMO_YAML } from '../support/demo.ts';

function faultsOf(text: string): string[] {
  try {
    parseManifest(text, 'module.yaml');
  } catch (error) {
    expect(error).to.be.instanceOf(ManifestError);
    return (error as ManifestError).faults;
  }
  return [];
}

/** The demo manifest with one line changed. */
function changed(from: string, to: string): string {
  expect(DEMO_YAML).to.include(from);
  return DEMO_YAML.replace(from, to);
}

describe('module.schema.json', () => {
  it('is itself a schema', () => {
    const file = projectFile('modules', 'manifest', 'module.schema.json');
    const ajv = new Ajv2020({ strictTypes: false });
    expect(ajv.validateSchema(JSON.parse(readFileSync(file, 'utf8')) as object), ajv.errorsText()).to.equal(
      true,
    );
  });
});

describe('a module.yaml', () => {
  it('is read with every default in place', () => {
    const manifest = parseManifest(DEMO_YAML, 'module.yaml');
    expect(manifest).to.deep.include({
      key: 'demo',
      type: 'addon',
      services: ['demo'],
      reads: [],
      integrations: [],
    });
    expect(manifest.owns).to.deep.equal([
      {
        entity: 'thing',
        plural: 'things',
        shared: false,
        actions: ['view', 'create'],
        fields: [],
        companies: ['company_id'],
        audience: 'company',
        scope: 'company',
      },
    ]);
    expect(manifest.routes[0]?.headers).to.deep.equal([]);
  });

  it('names every fault at once, each with its place', () => {
    const faults = faultsOf(
      changed('key: demo', 'key: Demo').replace('  type: addon', '  type: plugin\n  color: red'),
    );
    expect(faults).to.have.length(3);
    expect(faults.find((fault) => fault.includes('metadata.key'))).to.match(/^module\.yaml:5:3 /);
    expect(faults.find((fault) => fault.includes('spec.type'))).to.match(
      /^module\.yaml:10:3 .*base, addon, system/,
    );
    expect(faults.find((fault) => fault.includes('unknown key color'))).to.match(/^module\.yaml:11:3 /);
  });

  const refused: [what: string, text: string, fault: RegExp][] = [
    ['an anchor', changed('title: Demo', 'title: &x Demo'), /:6:\d+ anchors/],
    ['an alias', changed('title: Demo', 'title: *x'), /:6:\d+ /],
    ['a tag', changed('title: Demo', 'title: !!str Demo'), /:6:\d+ tag/],
    ['an unknown tag', changed('title: Demo', 'title: !js Demo'), /:6:\d+ /],
    ['a directive', `%YAML 1.1\n---\n${DEMO_YAML}`, /:1:1 YAML directives/],
    ['a second document', `${DEMO_YAML}---\nkey: x\n`, /documents/],
    ['a key given twice', changed('title: Demo', 'title: Demo\n  title: Demo'), /:7:3 .*unique/],
    ['a missing uid', changed('  uid: 01M834NVW89JS3E4BG1WYYDQE6\n', ''), /:3:1 .*'uid'/],
    ['an uid that is no ULID', changed('01M834NVW89JS3E4BG1WYYDQE6', '01M834'), /:4:3 metadata\.uid/],
    ['no mustNot', changed('mustNot: [be sold]', 'mustNot: []'), /spec\.mustNot/],
    ['an empty text', changed('title: Demo', 'title: " "'), /metadata\.title/],
    ['a prototype key', changed('  type: addon', '  __proto__: 1\n  type: addon'), /unknown key __proto__/],
    ['an empty file', '', /must be object/],
    [
      'an entity owned twice',
      changed('- { entity: thing', '- { entity: thing, plural: stuff }\n      - { entity: thing'),
      /entity thing .*twice/,
    ],
    [
      'a route id of another module',
      changed('demo.self.get', 'other.self.get'),
      /does not start with demo\./,
    ],
    [
      'a path of another module',
      changed('/api/demo/self', '/api/demonstration/self'),
      /does not start with \/api\/demo\//,
    ],
    [
      'a route declared twice',
      changed('/api/demo/self', '/api/demo/things'),
      /GET \/api\/demo\/things is declared twice/,
    ],
    [
      'a route id declared twice',
      changed('demo.self.get', 'demo.thing.list'),
      /demo\.thing\.list is declared twice/,
    ],
    ['a module route without permission', changed('access: authenticated', 'access: module'), /'permission'/],
    [
      'a permission nobody gives',
      changed('access: authenticated', 'access: module, permission: demo.thing.delete, entity: demo.thing'),
      /no entity gives permission demo\.thing\.delete/,
    ],
    [
      'a permission on a public route',
      changed('access: public', 'access: public, permission: demo.thing.view'),
      /permission/,
    ],
    ['a path with a dot segment', changed('/api/demo/self', '/api/demo/../self'), /pattern/],
    ['an unknown parameter type', changed('/api/demo/self', "'/api/demo/{id:regex}'"), /pattern/],
    ['a path parameter in the middle', changed('/api/demo/self', "'/api/demo/{rest:path}/self'"), /pattern/],
    [
      'an undeclared service',
      changed('access: authenticated', 'access: authenticated, service: demo.chat'),
      /service demo\.chat is not in/,
    ],
    [
      'a service of another module',
      changed('  type: addon', '  type: addon\n  services: [demo, other.chat]'),
      /does not start with demo\./,
    ],
    [
      'a read of its own',
      changed('  routes:', '    reads: [{ entity: demo.thing, why: x }]\n  routes:'),
      /is its own/,
    ],
    [
      'a base that is sold with a base',
      changed('type: addon', 'type: base\n  soldWith: [venue]'),
      /only an addon/,
    ],
    ['a system that owns data', changed('type: addon', 'type: system'), /a system owns and reads nothing/],
  ];
  for (const [what, text, fault] of refused) {
    it(`is refused with ${what}`, () => {
      expect(faultsOf(text).join('\n')).to.match(fault);
    });
  }
});
