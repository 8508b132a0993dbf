import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { lintTemplate } from '../../../cli/scaffold/lint.ts';
import { renderModule } from '../../../cli/scaffold/render.ts';
import { loadTemplate, type Template } from '../../../cli/scaffold/template.ts';
import { projectFile } from '../../../policies/root.ts';
import { emptyRoot, manifestWith } from './tree.ts';

/** The real template with one more file of this text. */
function templateWith(text: string): Template {
  const template = loadTemplate();
  const file = { template: 'more.hbs', path: 'more.txt', class: 'once' as const };
  return { ...template, files: [...template.files, file], texts: { ...template.texts, 'more.hbs': text } };
}

describe('the template of a module', () => {
  it('has no fault', () => {
    const template = loadTemplate();
    expect(template.files).to.have.length.greaterThan(8);
    expect(lintTemplate(template)).to.deep.equal([]);
    expect(lintTemplate(templateWith('{{#each entities}}{{entity}}, {{/each}}{{key}}'))).to.deep.equal([]);
  });

  const wrong: [string, string, RegExp][] = [
    ['a name nobody declares', '{{typo}}', /1:3 typo is not declared/],
    ['one that strict mode does not see', '{{#if typo}}x{{/if}}', /typo is not declared/],
    ['one inside a loop', '{{#each entities}}{{key}}{{/each}}', /key is not declared/],
    ['one after a loop', '{{#each entities}}{{/each}}{{entity}}', /entity is not declared/],
    ['a way into an object', '{{key.constructor}}', /key\.constructor is not declared/],
    ['a property every object has', '{{constructor}}', /constructor is not declared/],
    ['text without a helper', '{{title}}', /title is text: not for no helper/],
    ['text in another helper', '{{sql title}}', /title is text: not for sql/],
    ['a list as text', '{{mdText entities}}', /entities is a list/],
    ['a flag in a loop', '{{#each base}}{{/each}}', /each takes a list/],
    ['raw braces', '{{{key}}}', /is raw/],
    ['an unknown helper', '{{shout key}}', /there is no helper shout/],
    ['lookup', '{{lookup entities key}}', /there is no helper lookup/],
    ['an unknown block', '{{#with key}}{{/with}}', /is not one of if, unless, each/],
    ['a partial', '{{> other}}', /partials are not used/],
    ['a dynamic partial', '{{> (lookup . key)}}', /partials are not used/],
    ['a decorator', '{{* key}}', /decorators are not used/],
    ['a sub-expression', '{{mdText (json openapi)}}', /is not a name/],
  ];
  for (const [what, text, fault] of wrong) {
    it(`is not allowed ${what}`, () => expect(lintTemplate(templateWith(text)).join()).to.match(fault));
  }

  it('names every file it has, and has every file it names', () => {
    const template = loadTemplate();
    const { 'index.ts.hbs': index, ...texts } = template.texts;
    expect(lintTemplate({ ...template, texts }).join()).to.match(/there is no index\.ts\.hbs/);
    const forgotten = { ...template, texts: { ...template.texts, 'forgotten.hbs': index! } };
    expect(lintTemplate(forgotten).join()).to.match(/forgotten\.hbs: template.json does not name it/);
  });

  it('is rendered strictly: a name that is not there stops it', () => {
    const { manifest, text } = manifestWith();
    expect(() => renderModule(manifest, text, templateWith('{{typo}}'))).to.throw(/typo/);
    expect(() => renderModule(manifest, text, templateWith('{{shout key}}'))).to.throw(/shout/);
  });

  it('changes its integrity with every byte', () => {
    const folder = join(emptyRoot(), 'template');
    cpSync(projectFile('templates', 'module'), folder, { recursive: true });
    expect(loadTemplate(folder).integrity).to.equal(loadTemplate().integrity);
    appendFileSync(join(folder, 'part', 'index.ts.hbs'), ' ');
    expect(loadTemplate(folder).integrity).to.not.equal(loadTemplate().integrity);
  });
});
