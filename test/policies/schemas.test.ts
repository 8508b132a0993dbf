import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { projectFile } from '../../policies/root.ts';
import { goldenCases, goldenCatalog } from './golden.ts';

/** The schemas hold Rego to the contract when it is checked; here the questions really asked are held to them. */
describe('the schemas', () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const schema = (name: string) =>
    JSON.parse(readFileSync(projectFile('policies', 'schemas', name), 'utf8')) as object;
  const decision = ajv.compile(schema('input.json'));
  const validators = {
    ...{ decision, explanation: decision, effective: ajv.compile(schema('effective.json')) },
    ...{
      capabilities: ajv.compile(schema('capabilities.json')),
      delegation: ajv.compile(schema('delegation.json')),
    },
  };
  const catalog = ajv.compile(schema('catalog.json'));

  it('describe the catalog', () => {
    expect(catalog(goldenCatalog()), ajv.errorsText(catalog.errors)).to.equal(true);
    expect(catalog({ ...goldenCatalog(), tenants: {} })).to.equal(false);
  });

  it('describe every question of the golden cases', () => {
    const cases = [...goldenCases().values()].flat();
    expect(cases).to.not.be.empty;
    for (const { name, entrypoint, input } of cases) {
      const validate = validators[entrypoint];
      expect(validate(input), `${name}: ${ajv.errorsText(validate.errors)}`).to.equal(true);
    }
  });
});
