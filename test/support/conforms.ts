import { checkRuntime } from '../../cli/conformance/runtime/check.ts';

/**
 * For a module's own test, in one line: `it('conforms', function () { … return conforms('finance') })`. Starts the
 * module and puts every probe to every route; rejects with what was found, each with what to do about it.
 */
export async function conforms(key: string): Promise<void> {
  const { findings, examined } = await checkRuntime([key]);
  if (findings.length > 0) {
    const lines = findings.map(({ rule, message, fix }) => `${rule} ${message}\n    ${fix}`);
    throw new Error(`${key} does not conform:\n  ${lines.join('\n  ')}`);
  }
  if (examined.routes === 0 || examined.probes === 0) throw new Error(`of ${key} nothing was examined`);
}
