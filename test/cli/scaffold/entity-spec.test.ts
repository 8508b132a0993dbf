import { expect } from 'chai';
import { readAnswers } from '../../../cli/scaffold/answers.ts';
import { ENTITY_GRAMMAR } from '../../../cli/scaffold/entity-grammar.ts';
import { pluralOf, readEntity, TYPE_WORDS } from '../../../cli/scaffold/entity-spec.ts';
import { nameFaults } from '../../../cli/scaffold/names.ts';
import { entity, manifestWith } from './tree.ts';

const faultsOf = (spec: string): string => {
  const faults: string[] = [];
  readEntity(spec, (fault) => void faults.push(fault));
  return faults.join('\n');
};

describe('an entity on the command line', () => {
  const fields: [string, object][] = [
    ['text', { type: 'text' }],
    ['text(80)', { type: 'text', max: 80 }],
    ['integer', { type: 'integer' }],
    ['integer(1..10)', { type: 'integer', min: 1, max: 10 }],
    ['money', { type: 'money' }],
    ['currency', { type: 'currency' }],
    ['date', { type: 'date' }],
    ['moment', { type: 'moment' }],
    ['boolean', { type: 'boolean' }],
    ['choice(a|b)', { type: 'choice', values: ['a', 'b'] }],
    ['open|signed', { type: 'state', values: ['open', 'signed'] }],
    [
      'open>signed>void',
      { type: 'state', values: ['open', 'signed', 'void'], next: { open: ['signed'], signed: ['void'] } },
    ],
    ['booking', { type: 'reference', to: 'booking' }],
    ['promoter.event', { type: 'reference', to: 'promoter.event' }],
    ['money?', { type: 'money', required: false }],
    ['date?!filter', { type: 'date', required: false, filter: true }],
    ['open|signed!filter', { type: 'state', values: ['open', 'signed'], filter: true }],
  ];
  for (const [type, field] of fields) {
    it(`knows ${type}`, () => {
      expect(entity(`deal:field=${type}`)).to.deep.equal({
        entity: 'deal',
        plural: 'deals',
        fields: [{ name: 'field', ...field }],
      });
    });
  }

  it('may have no field, be shared, and name its plural', () => {
    expect(entity('deal')).to.deep.equal({ entity: 'deal', plural: 'deals' });
    expect(entity('income/income!shared')).to.deep.equal({
      entity: 'income',
      plural: 'income',
      shared: true,
    });
  });

  it('may have rows of business units', () => {
    expect(entity('deal!unit')).to.deep.equal({ entity: 'deal', plural: 'deals', scope: 'unit' });
    expect(entity('deal!shared!unit')).to.include({ shared: true, scope: 'unit' });
  });

  it('becomes many by a simple rule', () => {
    const plurals = ['deal', 'category', 'box', 'match', 'day', 'address'].map(pluralOf);
    expect(plurals).to.deep.equal(['deals', 'categories', 'boxes', 'matches', 'days', 'addresses']);
  });

  const wrong: [string, RegExp][] = [
    ['Deal', /entity "Deal"/],
    ['deal/x', /entity "x": it has 2 to 40/],
    ['deal!hidden', /there is no !hidden, only !shared and !unit/],
    ['deal!unit!hidden', /there is no !hidden,/],
    ['deal:amount', /deal\.amount: "" is no type/],
    ['deal:=money', /deal\.: it has 2 to 40/],
    ['deal:size=integer(3)', /"integer\(3\)" is no type/],
    ['deal:size=text(x)', /"text\(x\)" is no type/],
    ['deal:kind=choice', /"choice" is no type/],
    ['deal:kind=money(3)', /"money\(3\)" is no type/],
    ['deal:amount=money,,', /deal\.: it has/],
  ];
  for (const [spec, fault] of wrong) {
    it(`refuses ${spec}`, () => expect(faultsOf(spec)).to.match(fault));
  }

  it('is told all that is wrong, what was meant, and how it is said', () => {
    const answers = { title: 'T', owner: 'o', purpose: 'p', mustNot: [' '] };
    const read = () =>
      readAnswers('market', { ...answers, entity: ['deal:amount=mony,to=boking', 'booking:x=1'] });
    expect(read).to.throw(/did you mean money\?[^]*did you mean booking\?[^]*An entity: /);
    expect(read).to.throw(/booking\.x[^]*--must-not is empty/);
    for (const type of TYPE_WORDS) expect(ENTITY_GRAMMAR).to.include(type);
  });

  it('has no name that another file of the module has', () => {
    const { manifest } = manifestWith({ owns: [entity('index')] });
    expect(nameFaults(manifest).join('\n')).to.match(/entity index .*index\.ts/);
  });
});
