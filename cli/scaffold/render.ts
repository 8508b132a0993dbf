import Handlebars from 'handlebars';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { HELPERS } from './helpers.ts';
import { loadTemplate, type FileClass, type Template } from './template.ts';
import { viewOf, type View } from './view.ts';

/** One file of a module, as the template makes it. */
export interface RenderedFile {
  /** Inside the module, with `/`. */
  path: string;
  class: FileClass;
  content: string;
}

/**
 * The files of a module, sorted by path. The same manifest and template give the same bytes, anywhere and at any time.
 * @param manifestText of `module.yaml`, which becomes the file as it is
 */
export function renderModule(
  manifest: Manifest,
  manifestText: string,
  template: Template = loadTemplate(),
): RenderedFile[] {
  const engine = Handlebars.create();
  engine.registerHelper(
    Object.fromEntries(Object.entries(HELPERS).map(([name, help]) => [name, plain(help)])),
  );
  const view = viewOf(manifest, manifestText);
  const fill = (text: string, values: View) =>
    engine.compile<View>(text, {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers: Object.fromEntries(Object.keys(HELPERS).map((name) => [name, true])),
    })(values);

  return template.files
    .flatMap((file) =>
      recordsOf(file.each, view).map((values) => ({
        path: fill(file.path, values),
        class: file.class,
        content: fill(template.texts[file.template]!, values),
      })),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Handlebars hands every helper its own options last. */
function plain(help: (...values: never[]) => string) {
  return (...values: unknown[]) => help(...(values.slice(0, -1) as never[]));
}

function recordsOf(list: string | undefined, view: View): View[] {
  return list === undefined ? [view] : (view[list] as View[]);
}
